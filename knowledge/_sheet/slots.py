"""A week as people write it, "08:00-12:00, 13:00-17:00" a day, and as `opening_hours` syntax."""

import re
from itertools import groupby
from typing import Mapping, Optional

from knowledge._languages import Language
from knowledge._wording import Wording

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
HOLIDAYS = "ph"

Slot = tuple[int, int]  # minutes after midnight; an end before the start is the next morning
Slots = tuple[Slot, ...]

_DAY_MINUTES = 24 * 60
_NIGHT_FROM, _NIGHT_UNTIL = 17 * 60, 12 * 60
_TIME = r"(\d{1,2})(?:[:.hH](\d{2})?)?"
_SLOT = re.compile(rf"{_TIME}\s*[-–]\s*{_TIME}")
_RULE = re.compile(r"(?:([A-Za-z]{2}(?:[-,][A-Za-z]{2})*) )?([\d:,-]+|off|closed)")


class BadSlots(ValueError):
    """`key` of the problem in the catalogue, and the part of the text it is about."""

    def __init__(self, key: str, text: str) -> None:
        self.key = key
        self.text = text
        super().__init__(f"{key}: {text}")


def parse(text: str) -> Slots:
    """The time slots of one day, in order. Raises BadSlots.

    A slot may run past midnight when it begins at 17:00 or later and ends by noon.
    """
    slots = []
    for part in filter(None, re.split(r"\s*[,;\n]\s*", text.strip())):
        found = _SLOT.fullmatch(part)
        if not found:
            raise BadSlots("bad_time", part)
        start, end = _minutes(found[1], found[2], part), _minutes(found[3], found[4], part)
        night = start >= _NIGHT_FROM and end <= _NIGHT_UNTIL
        if start in (_DAY_MINUTES, end) or (end < start and not night):
            raise BadSlots("time_order", part)
        slots.append((start, end))
    slots.sort()
    for (start, end), (following, _) in zip(slots, slots[1:]):
        if end < start or following < end:
            raise BadSlots("time_overlap", text)
    return tuple(slots)


def _minutes(hour: str, minute: Optional[str], part: str) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > _DAY_MINUTES:
        raise BadSlots("bad_time", part)
    return total


def syntax(week: Mapping[str, Slots], holidays: Optional[Slots]) -> str:
    """The week as `opening_hours`, with the times of public holidays where they have their own."""
    rules = [f"{_span(days)} {_times(slots)}" for days, slots in _groups(week) if slots]
    if holidays:
        rules.append(f"PH {_times(holidays)}")
    return "; ".join(rules)


def week_of(opening_hours: str) -> Optional[dict[str, Slots]]:
    """The slots of each day (and of `ph` where it is said); None when it is not a simple week."""
    if opening_hours == "24/7":
        return dict.fromkeys(DAYS, ((0, _DAY_MINUTES),))
    week: dict[str, Slots] = {}
    for rule in opening_hours.split(";"):
        found = _RULE.fullmatch(rule.strip())
        days = _days(found[1] or "Mo-Su") if found else None
        if found is None or days is None or week.keys() & days:
            return None
        try:
            slots = () if found[2] in ("off", "closed") else parse(found[2])
        except BadSlots:
            return None
        week.update(dict.fromkeys(days, slots))
    return week


def shown(slots: Slots) -> str:
    """As written in a cell: "08:00-12:00, 13:00-17:00"."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in slots)


def words(
    week: Mapping[str, Slots], holidays: Optional[Slots], language: Language, wording: Wording
) -> str:
    """The week in words: "lundi à vendredi : 8h00-12h00 ; fermé les jours fériés"."""
    names = dict(zip(DAYS, wording(language, "days").split()))

    def times(slots: Slots) -> str:
        mark = wording(language, "hour_mark")
        return ", ".join(f"{s // 60}{mark}{s % 60:02}-{e // 60}{mark}{e % 60:02}" for s, e in slots)

    parts = []
    for days, slots in _groups(week):
        if slots:
            first, last = names[days[0]], names[days[-1]]
            span = first if len(days) == 1 else f"{first}-{last}"
            parts.append(wording(language, "on_days", days=span, times=times(slots)))
    if holidays is None:
        parts.append(wording(language, "holidays_usual"))
    elif holidays:
        parts.append(wording(language, "holidays_at", times=times(holidays)))
    else:
        parts.append(wording(language, "holidays_closed"))
    return wording(language, "between_days").join(parts)


def _groups(week: Mapping[str, Slots]) -> list[tuple[list[str], Slots]]:
    """Days that follow each other and have the same slots."""
    slots_of = {day: week.get(day, ()) for day in DAYS}
    return [(list(days), slots) for slots, days in groupby(DAYS, key=slots_of.__getitem__)]


def _span(days: list[str]) -> str:
    first, last = days[0].title(), days[-1].title()
    return first if len(days) == 1 else f"{first}-{last}"


def _times(slots: Slots) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in slots)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(text: str) -> Optional[set[str]]:
    days: set[str] = set()
    for part in text.lower().split(","):
        first, _, last = part.partition("-")
        if first == HOLIDAYS and not last:
            days.add(HOLIDAYS)
        elif first in DAYS and (last or first) in DAYS:
            begin, end = DAYS.index(first), DAYS.index(last or first)
            if end < begin:
                return None
            days.update(DAYS[begin : end + 1])
        else:
            return None
    return days
