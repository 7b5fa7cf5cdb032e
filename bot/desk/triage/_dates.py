"""The days a note names, as days from now."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Optional

import yaml

from bot.desk.triage._note import RULES, Span
from bot.desk.triage._patterns import compiled


class Day(NamedTuple):
    """A day in the folded text, and in how many days it is (0: today)."""

    span: Span
    days: int


class Calendar:
    """Finds days by rules/dates.yml."""

    def __init__(self, folder: Path = RULES) -> None:
        rules: Any = yaml.safe_load((folder / "dates.yml").read_text(encoding="utf-8"))
        self._days = [(re.compile(e["words"]), int(e["in"])) for e in rules["days"]]
        self._weekdays = compiled(rules["weekdays"])
        self._of_month = compiled(rules["of_month"])
        self._spans = [(re.compile(e["words"]), int(e["days"])) for e in rules["spans"]]
        self._numbers = {str(k): int(v) for k, v in rules["numbers"].items()}
        self._months = {str(k): int(v) for k, v in rules["months"].items()}

    def find(self, text: str, today: date) -> list[Day]:
        """Every day from today on that the folded text names, the nearest first."""
        return sorted(self._found(text, today), key=lambda day: day.days)

    def _found(self, text: str, today: date) -> Iterator[Day]:
        for pattern, days in self._days:
            yield from (Day(m.span(), days) for m in pattern.finditer(text))
        for weekday, pattern in enumerate(self._weekdays):
            ahead = (weekday - today.weekday()) % 7 or 7
            yield from (Day(m.span(), ahead) for m in pattern.finditer(text))
        for pattern, unit in self._spans:
            for m in pattern.finditer(text):
                yield Day(m.span(), self._number(m.group(1)) * unit)
        for pattern in self._of_month:
            for m in pattern.finditer(text):
                month = m.group(2) if (m.lastindex or 1) > 1 else None
                days_ahead = self._ahead(self._number(m.group(1)), month, today)
                if days_ahead is not None:
                    yield Day(m.span(), days_ahead)

    def _number(self, word: str) -> int:
        return int(word) if word.isdigit() else self._numbers.get(word, 1)

    def _ahead(self, day: int, month: Optional[str], today: date) -> Optional[int]:
        """Days until the next such day; None when no such day comes within a year."""
        wanted = None if month is None else int(month) if month.isdigit() else self._months[month]
        for ahead in range(366):
            that = today + timedelta(days=ahead)
            if that.day == day and wanted in (None, that.month):
                return ahead
        return None
