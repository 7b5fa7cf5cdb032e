"""Opening hours in OpenStreetMap syntax as recurrence rules (RFC 5545), for other formats.

The hours are evaluated, not parsed: what repeats on every same weekday of two years, or on every
same n-th weekday of a month, is a rule; anything else (seasons, years, comments) is not. Public
holidays are apart: these formats have no rule for them.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Iterator, Literal, Optional

from opening_hours import OpeningHours, State

from knowledge._model import Holidays

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FROM, _TO = date(2024, 1, 1), date(2026, 1, 1)
_DAY = timedelta(days=1)
_YEAR = re.compile(r"\b\d{4}\b")
_CLOSED_ON_HOLIDAYS = re.compile(r"\bPH\s+(off|closed)\b")
_OWN_TIMES_ON_HOLIDAYS = re.compile(r"(^|;)\s*PH\s+\d")

#: Opening and closing time, "HH:MM:SS"; a closing time not after the opening is on the next day.
Span = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """One line of a timetable, as HSDS writes it."""

    freq: Literal["WEEKLY", "MONTHLY"]
    byday: str
    opens_at: str
    closes_at: str


def holidays_held(expression: str, otherwise: Holidays) -> Holidays:
    """Whether the hours hold on public holidays; `otherwise` where they do not say so."""
    if _CLOSED_ON_HOLIDAYS.search(expression):
        return "closed"
    if _OWN_TIMES_ON_HOLIDAYS.search(expression):
        return "unknown"
    if expression.strip() == "24/7" or re.search(r"\bPH\b", expression):
        return "open"
    return otherwise


def rules(expression: str) -> Optional[list[Rule]]:
    """The rules that say the same as `expression`, or None when none can."""
    if _YEAR.search(expression):
        return None
    spans = _spans(expression)
    if not spans:
        return None
    weekly: dict[Span, list[str]] = defaultdict(list)
    monthly: dict[Span, list[str]] = defaultdict(list)
    for weekday, name in enumerate(_DAYS):
        by_rank = _by_rank(spans, weekday)
        if by_rank is None:
            return None
        same = len(set(by_rank.values())) == 1
        for rank, day_spans in by_rank.items():
            for span in day_spans:
                if not same:
                    monthly[span].append(f"{rank}{name}")
                elif name not in weekly[span]:
                    weekly[span].append(name)
    found = [Rule("WEEKLY", ",".join(days), *span) for span, days in weekly.items() if days]
    found += [Rule("MONTHLY", ",".join(days), *span) for span, days in monthly.items() if days]
    return sorted(found, key=lambda r: (_DAYS.index(r.byday[-2:]), r.opens_at, r.byday))


def _by_rank(
    spans: dict[date, tuple[Span, ...]], weekday: int
) -> Optional[dict[int, tuple[Span, ...]]]:
    """The spans of the first, second … such weekday of a month; None when months differ."""
    found: dict[int, tuple[Span, ...]] = {}
    day = _FROM + timedelta(days=(weekday - _FROM.weekday()) % 7)
    while day < _TO:
        rank = (day.day - 1) // 7 + 1
        if found.setdefault(rank, spans.get(day, ())) != spans.get(day, ()):
            return None
        day += 7 * _DAY
    return found


def _spans(expression: str) -> Optional[dict[date, tuple[Span, ...]]]:
    """The opening spans of each day, by the day they begin; None when any is uncertain."""
    hours = OpeningHours(expression)
    start = datetime.combine(_FROM - 2 * _DAY, datetime.min.time())
    end = datetime.combine(_TO + 2 * _DAY, datetime.min.time())
    found: dict[date, list[Span]] = defaultdict(list)
    for begins, ends, state, comment in hours.intervals(start, end):
        if state == State.UNKNOWN or (state == State.OPEN and comment):
            return None
        if state == State.OPEN:
            for opens, closes in _days_of(begins, ends or end):
                found[opens.date()].append(_span(opens, closes))
    return {day: tuple(spans) for day, spans in found.items() if _FROM <= day < _TO}


def _days_of(begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    """An opening cut at midnight when it lasts a day or longer; a night stays whole."""
    while ends - begins >= _DAY:
        midnight = datetime.combine(begins.date() + _DAY, datetime.min.time())
        yield begins, midnight
        begins = midnight
    if ends > begins:
        yield begins, ends


def _span(opens: datetime, closes: datetime) -> Span:
    # A whole day ends at 23:59: readers take two equal times for "closed".
    last = closes - timedelta(minutes=1) if closes - opens == _DAY else closes
    return opens.strftime("%H:%M:%S"), last.strftime("%H:%M:%S")
