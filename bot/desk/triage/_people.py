"""Who a note is about: ages and the household."""

from pathlib import Path
from typing import Any, Literal, Mapping, Optional, Union

import yaml

from bot.desk.triage._note import RULES, Note
from bot.desk.triage._patterns import compiled, hits
from knowledge import Household

#: As a worker notes it; the directory knows no service for pregnant women only.
Home = Union[Household, Literal["pregnant"]]
_OLDEST, _ADULT = 115, 18


class People:
    """Finds people by rules/people.yml."""

    def __init__(self, folder: Path = RULES) -> None:
        rules: Any = yaml.safe_load((folder / "people.yml").read_text(encoding="utf-8"))
        self._households = {name: compiled(found) for name, found in rules["households"].items()}
        self._ages = compiled(rules["ages"])
        self._months = compiled(rules["months"])
        self._not_ages = compiled(rules["not_ages"])

    def household(self, note: Note) -> Optional[Home]:
        """With whom the person lives, if a word says so."""
        return next((h for h, p in self._households.items() if hits(p, note.plain.text)), None)

    def ages(self, note: Note, heard: list[Mapping[str, Any]]) -> list[float]:
        """The ages in a note, in its order. `heard`: entities of its parse, with their places."""
        text = note.plain.text
        dates = [note.plain.span(*m.span(1)) for p in self._not_ages for m in p.finditer(text)]
        found: dict[int, float] = {}
        for entity in heard:
            start, end = int(entity.get("start", 0)), int(entity.get("end", 0))
            if entity["entity"] == "age" and not any(a < end and start < b for a, b in dates):
                found[_number_at(note.full, start, end)] = float(entity["value"])
        for pattern in self._ages:
            for m in pattern.finditer(text):
                for group in range(1, (m.lastindex or 0) + 1):
                    start, end = note.plain.span(*m.span(group))
                    years = int(m.group(group))
                    if years <= _OLDEST and not any(a < end and start < b for a, b in dates):
                        found.setdefault(start, float(years))
        for pattern in self._months:
            for m in pattern.finditer(text):
                start, _ = note.plain.span(*m.span(1))
                found[start] = round(int(m.group(1)) / 12, 2)
        ordered = [found[start] for start in sorted(found)]
        return list(dict.fromkeys(ordered))


def of_whom(ages: list[float], *, child: bool) -> Optional[float]:
    """The age that decides for a service: the youngest child's, else the oldest person's."""
    young = [age for age in ages if age < _ADULT]
    if child:
        return min(young, default=None)
    return max(ages, default=None)


def _number_at(text: str, start: int, end: int) -> int:
    """Where the first digit of an age is: both readings of one age meet there."""
    return next((i for i in range(start, min(end, len(text))) if text[i].isdigit()), start)
