"""Test sets: TSV files with the columns text, lang, intent and optional also, place, age, noise."""

import csv
from pathlib import Path
from typing import Any

Case = dict[str, str]
Parsed = dict[str, Any]
_REQUIRED = ("text", "lang", "intent")


class BadTestSet(Exception):
    """The file is not a test set; the message names the column or line."""


def read_cases(path: Path) -> list[Case]:
    """The rows of a test set, every missing optional column as an empty text.

    `also` names further intents of the same message, separated by commas.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows:
        raise BadTestSet(f"{path} holds no rows")
    for column in _REQUIRED:
        if column not in rows[0]:
            raise BadTestSet(f"{path} has no column '{column}'")
    for number, row in enumerate(rows, 2):
        if any(not row[column] for column in _REQUIRED):
            raise BadTestSet(f"{path}:{number}: text, lang and intent must be filled")
    return [{key: value or "" for key, value in row.items() if key} for row in rows]
