"""The columns of HSDS schedules: rules, the days they are valid, and public holidays.

A season is the time in which a rule is valid, and so are the days of an exception with hours of
its own.
"""

from datetime import date
from typing import Any, Iterable, Optional

from knowledge._clock import LUXEMBOURG, season_near
from knowledge._facts import Fact
from knowledge._model import Entry, SpecialDays
from knowledge._rules import holidays_held, rules


def timetable(entry: Entry, fact: Fact, today: date) -> list[dict[str, Any]]:
    """The computable columns of a fact's schedules; one empty part where it is text only.

    What holds in a season only gets the days of the present or the next one. Where these are
    still to be confirmed nothing is computed: a day has no room for a notice.
    """
    seasons = [f for f in entry.facts.get("hours") if f.season]
    if any(not f.confirmed for f in seasons):
        return [{}]
    valid: dict[str, Any] = {}
    if seasons:
        days = season_near(seasons, today)
        if days is None:
            return [{}]
        valid = {"valid_from": days[0].isoformat(), "valid_to": days[1].isoformat()}
    if fact.season:
        return [valid]
    held = holidays_held(str(fact.opening_hours), entry.holidays)
    return [{**row, "x_holidays": held, **valid} for row in _columns(fact.opening_hours)] or [{}]


def exceptional(days: SpecialDays, today: date) -> list[dict[str, Any]]:
    """The columns of the schedules of an exception with hours of its own that is not over."""
    if days.end is not None and days.end < today:
        return []
    valid = {"valid_from": days.start.isoformat()}
    if days.end:
        valid["valid_to"] = days.end.isoformat()
    return [{**row, "x_holidays": "open", **valid} for row in _columns(days.opening_hours)]


def _columns(expression: Optional[str]) -> Iterable[dict[str, Any]]:
    for rule in rules(expression) or () if expression else ():
        yield {
            "freq": rule.freq,
            "interval": 1,
            "byday": rule.byday,
            "opens_at": rule.opens_at,
            "closes_at": rule.closes_at,
            "x_timezone": LUXEMBOURG.key,
        }
