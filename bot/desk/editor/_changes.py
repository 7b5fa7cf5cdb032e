"""What differs between versions of a document, field by field; merging and taking back."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Iterator, Optional

from knowledge import Document

#: Compared part by part: two people rarely mean the same part.
_NESTED = ("facts", "serves", "name", "description")
#: What a service tells of its free places.
_PLACES = ("availability", "free_places")


@dataclass(frozen=True)
class Difference:
    """One leaf that differs. `path` as in the form: "facts.phone.0.value"; None: not there."""

    path: str
    old: Optional[str]
    new: Optional[str]


def changed(old: Document, new: Document) -> list[str]:
    """The fields that differ, as "facts.phone" or "needs"."""
    return [path for path in _fields(old, new) if part(old, path) != part(new, path)]


def differences(old: Document, new: Document) -> list[Difference]:
    """Every leaf that differs, in the order of the fields."""
    before, after = dict(_leaves(old, "")), dict(_leaves(new, ""))
    return [
        Difference(path, before.get(path), after.get(path))
        for path in {**before, **after}
        if before.get(path) != after.get(path)
    ]


def merged(base: Document, theirs: Document, mine: Document) -> tuple[Document, list[str]]:
    """Mine, with what only they changed; and the fields that both changed otherwise."""
    result, both = mine, []
    for path in changed(base, theirs):
        if part(mine, path) == part(base, path):
            result = with_part(result, path, part(theirs, path))
        elif part(mine, path) != part(theirs, path):
            both.append(path)
    return result, both


def part(document: Document, path: str) -> Any:
    """What a field says; None when nothing."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def with_part(document: Document, path: str, value: Any) -> Document:
    """A copy that says something else in one field; None: nothing."""
    name, _, rest = path.partition(".")
    if rest:
        value = with_part(document.get(name) or {}, rest, value)
    copy = {**document, name: value}
    if value is None:
        del copy[name]
    return copy


def dated(old: Document, new: Document, today: date) -> Document:
    """New, with today as the day of its free places, where these changed and the day did not."""
    before, after = old.get("capacity") or {}, new.get("capacity") or {}
    # A file holds numbers and days, a form texts.
    same = all(str(before.get(name)) == str(after.get(name)) for name in _PLACES)
    day = after.get("told_on")
    if same or not after.get("availability") or (day and str(day) != str(before.get("told_on"))):
        return new
    return {**new, "capacity": {**after, "told_on": today.isoformat()}}


def _fields(old: Document, new: Document) -> Iterator[str]:
    for name in {**old, **new}:
        if name in _NESTED:
            for inner in {**(old.get(name) or {}), **(new.get(name) or {})}:
                yield f"{name}.{inner}"
        else:
            yield name


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{number}")
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    elif isinstance(value, bool):
        yield path, "yes" if value else "no"
    elif value is not None:
        yield path, str(value)
