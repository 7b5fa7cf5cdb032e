"""When an entry is open, by the clock: hours, holidays, seasons and closures, without words.

The library computes regular hours; what depends on the day a span *starts* on (public holidays,
closures, seasons) is decided here, because its `off` ends a night at midnight.
"""

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Iterable, NamedTuple, Optional
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from knowledge._facts import Fact
from knowledge._model import Entry

LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
_DAY = timedelta(days=1)
#: How far ahead an opening is looked for: first near, then past a whole season.
_NEAR, _FAR = 14, 400
_FIXED = {
    (1, 1): "new_year",
    (5, 1): "labour_day",
    (5, 9): "europe_day",
    (6, 23): "national_day",
    (8, 15): "assumption",
    (11, 1): "all_saints",
    (12, 25): "christmas",
    (12, 26): "st_stephen",
}


class _Span(NamedTuple):
    """Local time on the clock, end excluded; `day` is the one it started on."""

    start: datetime
    end: datetime
    day: date
    sure: bool


class Found(NamedTuple):
    """What the hours say of a moment, local time: True open, False closed, None not sure."""

    open: Optional[bool]
    end: Optional[datetime]
    opens: Optional[datetime]
    unsure_today: bool


def local(at: datetime) -> datetime:
    """The moment in Luxembourg; a naive one is taken as Luxembourg's time."""
    return at.astimezone(LUXEMBOURG) if at.tzinfo else at.replace(tzinfo=LUXEMBOURG)


@lru_cache(maxsize=2048)
def holiday(day: date) -> Optional[str]:
    """The name (a wording key without `holiday_`) of a public holiday of Luxembourg, or None."""
    if not _evaluator("PH").is_open(datetime.combine(day, time(12))):
        return None
    fixed = _FIXED.get((day.month, day.day))
    if fixed:
        return fixed
    if day.weekday() == 3:
        return "ascension"
    # Easter Monday is never later than 26 April, Whit Monday never earlier than 11 May.
    return "easter_monday" if day.month < 5 else "whit_monday"


@lru_cache(maxsize=1024)
def _evaluator(hours: str) -> OpeningHours:
    # Times go in and come out as the clock shows them; a far horizon bounds the search.
    return OpeningHours(hours, country="LU", max_interval_days=_FAR)


def season_near(seasons: Iterable[Fact], day: date) -> Optional[tuple[date, date]]:
    """First and last day of the season that holds on that day, or else of the next one."""
    found = (_season_from(str(f.season), day) for f in seasons)
    return min((days for days in found if days), default=None)


def _season_from(season: str, day: date) -> Optional[tuple[date, date]]:
    days = (s for s in _regular(season, day - _FAR * _DAY, 2 * _FAR) if s.start != s.end)
    run: list[date] = []
    for span in days:
        if run and span.day - run[-1] > _DAY:
            if run[-1] >= day:
                break
            run = []
        run.append(span.day)
    return (run[0], run[-1]) if run and run[-1] >= day else None


def in_season(seasons: Iterable[Fact], day: date) -> bool:
    return any(_within(str(f.season), day) for f in seasons)


@lru_cache(maxsize=2048)
def _within(season: str, day: date) -> bool:
    return _evaluator(season).is_open(datetime.combine(day, time(12)))


def season_begins(seasons: Iterable[Fact], day: date) -> Optional[date]:
    noon = datetime.combine(day, time(12))
    starts = [_evaluator(str(f.season)).next_change(noon) for f in seasons]
    return min((s.date() for s in starts if s), default=None)


def look_up(
    entry: Entry, seasons: list[Fact], clock: datetime
) -> tuple[list[Fact], Optional[Found]]:
    """The facts computed with, and what they say; nothing found where they cannot be computed.

    Facts that may be shown add to each other. Where a contradicted one says otherwise, the
    moment is not sure.
    """
    known = entry.facts.in_use("hours")
    facts = [f for f in known if f.opening_hours]
    shown = [f for f in entry.facts.get("hours") if f in facts and not f.contradicted]
    against = [[f] for f in facts if f.contradicted]
    if any(f.confirmed for f in shown):
        against = []
    elif not shown and len(against) < len(known):
        # One of the contradicting values cannot be computed with: it may say anything.
        return [], None
    claims = [shown, *against] if shown else against
    if not claims:
        return [], None
    days = _Days(entry, seasons)
    for ahead in (_NEAR, _FAR):
        read = [days.spans(claim, clock.date() - _DAY, ahead) for claim in claims]
        found = _at(read, clock, ahead)
        if found.open or found.opens:
            break
    return [*(shown or (f for claim in claims for f in claim)), *seasons], found


class _Days:
    """Applies to each day's hours what else is known of that day."""

    def __init__(self, entry: Entry, seasons: list[Fact]) -> None:
        self._entry = entry
        self._seasons = seasons

    def spans(self, facts: Iterable[Fact], first: date, ahead: int) -> list[_Span]:
        """What the facts say of `ahead` days from `first` on, each span by the day it starts."""
        kept = []
        for fact in facts:
            hours = str(fact.opening_hours)
            for span in _regular(hours, first, ahead):
                if not any(e.hold(span.day) for e in self._entry.exceptions):
                    kept += self._on(span, hours)
        for special in self._entry.exceptions:
            if special.opening_hours:
                regular = _regular(special.opening_hours, first, ahead)
                kept += [s for s in regular if special.hold(s.day)]
        return kept

    def _on(self, span: _Span, hours: str) -> list[_Span]:
        if self._seasons and not in_season(self._seasons, span.day):
            return []
        if hours == "24/7" or "PH" in hours or not holiday(span.day):
            return [span]
        if self._entry.holidays == "closed":
            return []
        return [span if self._entry.holidays == "open" else span._replace(sure=False)]


@lru_cache(maxsize=256)
def _regular(hours: str, first: date, ahead: int) -> tuple[_Span, ...]:
    """The spans of regular hours. One longer than a day has no day of its own: cut at midnight."""
    begin = datetime.combine(first, time(0))
    found = []
    for start, end, state, _ in _evaluator(hours).intervals(
        begin - 2 * _DAY, begin + (ahead + 2) * _DAY
    ):
        if state == State.CLOSED:
            continue
        sure = state == State.OPEN
        while end - start > _DAY:
            midnight = datetime.combine(start.date() + _DAY, time(0))
            found.append(_Span(start, midnight, start.date(), sure))
            start = midnight
        found.append(_Span(start, end, start.date(), sure))
    return tuple(s for s in found if first <= s.day)


def _at(claims: list[list[_Span]], clock: datetime, ahead: int) -> Found:
    """What the claims say together of a moment, and of what follows it."""
    edges = {edge for spans in claims for s in spans for edge in (s.start, s.end)}
    later = sorted(e for e in edges if e > clock)
    now = _together(claims, clock)
    change = opens = None
    if now:
        change = next((e for e in later if not _together(claims, e)), None)
        # Past the days looked at nothing is known: an opening that lasts that long has no end.
        if change and change >= clock + (ahead - 1) * _DAY:
            change = None
    else:
        # Nothing opens but where a sure span starts.
        starts = sorted({s.start for spans in claims for s in spans if s.sure and s.start > clock})
        opens = next((e for e in starts if _together(claims, e)), None)
    today = [e for e in later if e.date() == clock.date()]
    unsure = any(_together(claims, e) is None for e in (clock, *today))
    return Found(now, change, opens, unsure)


def _together(claims: list[list[_Span]], clock: datetime) -> Optional[bool]:
    said = [_says(spans, clock) for spans in claims]
    return said[0] if all(s is said[0] for s in said) else None


def _says(spans: list[_Span], clock: datetime) -> Optional[bool]:
    here = [s.sure for s in spans if s.start <= clock < s.end]
    return any(here) or (None if here else False)


def aware(clock: Optional[datetime], now: datetime) -> Optional[datetime]:
    """A time of the clock after `now`, as a moment.

    In the hour that comes twice it is the first one still to come; in the one left out it is
    the end of that hour, when the clock has passed it.
    """
    if clock is None:
        return None
    moment = clock.replace(tzinfo=LUXEMBOURG)
    utc = moment.astimezone(timezone.utc)
    if utc.astimezone(LUXEMBOURG).replace(tzinfo=None) != clock:
        return moment.replace(hour=moment.hour + 1, minute=0)
    return moment.replace(fold=1) if utc <= now.astimezone(timezone.utc) else moment
