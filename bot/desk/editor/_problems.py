"""Which sentence of the catalogue tells an editor what a check found."""

import re
from collections import defaultdict

from knowledge import Problem

_KEYS = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"`availability", "places"),
        (r"^(field required|none is not an allowed|ensure this value has at least)", "missing"),
        (r"is no date", "date"),
        (r"is not the year of the date", "year"),
        (r"is no day|invalid date", "day"),
        (r"not in opening_hours syntax", "hours"),
        (r"school holidays", "hours_school"),
        (r"a span must not end", "hours_span"),
        (r"an open end", "hours_open_end"),
        (r"must name days only", "season"),
        (r"post code", "postcode"),
        (r"not an e-mail", "email"),
        (r"not a web address", "website"),
        (r"must be two ages", "ages"),
        (r"latitude and longitude", "point"),
        (r"telephone number", "phone"),
        (r"is before `from`", "order"),
        (r"min is greater", "ages_order"),
        (r"name the communes it serves", "area"),
        (r"is not a known|is not in types|names no service|enumeration|unexpected value", "choice"),
        (r"belongs to `", "misplaced"),
        (r"answers fall back on it|must always be known|leaves nobody for", "needed"),
        (r"is also the id of", "id_taken"),
        (r"does not match regex", "id_form"),
        (r"points back to itself", "ring"),
        (r"not a valid integer|greater than or equal|less than or equal", "number"),
    )
)  # fmt: skip
OTHER = "other"


def key_of(message: str) -> str:
    """The key of the sentence for a message of the checks."""
    return next((key for pattern, key in _KEYS if pattern.search(message)), OTHER)


def by_path(problems: list[Problem], key: str) -> tuple[dict[str, list[str]], list[Problem]]:
    """Keys of sentences by the path of the field, and the problems of other files."""
    own: dict[str, list[str]] = defaultdict(list)
    others = []
    for problem in problems:
        if problem.file.as_posix().endswith(f"/{key}.yml"):
            said = key_of(problem.message)
            if said not in own[problem.field]:
                own[problem.field].append(said)
        else:
            others.append(problem)
    return dict(own), others
