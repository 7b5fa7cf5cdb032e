"""Whether an entry is open at a moment, in words: hours, holidays, seasons, closures, alerts.

The library computes regular hours; what depends on the day a span *starts* on (public holidays,
closures, seasons) is decided here, because its `off` ends a night at midnight.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Callable, Iterable, Iterator, Literal, Mapping, NamedTuple, Optional
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from knowledge._model import LANGUAGES, Entry, Fact, Language, SpecialDays
from knowledge._wording import Wording

LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
#: `open` and `around_the_clock` are open; `unsure`: hours are known, but not for this moment.
Kind = Literal[
    "open",
    "around_the_clock",
    "closed",
    "holiday",
    "holiday_unknown",
    "closure",
    "season_over",
    "appointment",
    "unsure",
    "unknown",
]
_DAY = timedelta(days=1)
#: How far ahead an opening is looked for: first near, then past a whole season.
_NEAR, _FAR = 14, 400
#: Exceptions are announced this many days before they begin.
_ANNOUNCED = timedelta(days=14)
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


@dataclass(frozen=True)
class Opening:
    """The state of an entry at a moment.

    `open_now` is None where it is not known. `until`: when the present opening ends (None around
    the clock). `next_opening`: the next moment it is known to open. Both are aware, in
    Luxembourg's time. `confirmed` is False where flagged hours were used; `words` then say so. How
    old hours are is said with the hours themselves.
    """

    kind: Kind
    open_now: Optional[bool]
    words: Mapping[Language, str]
    until: Optional[datetime] = None
    next_opening: Optional[datetime] = None
    confirmed: bool = True


class _Span(NamedTuple):
    """Local time on the clock, end excluded; `day` is the one it started on."""

    start: datetime
    end: datetime
    day: date
    sure: bool


class _Found(NamedTuple):
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


class Hours:
    """Says whether entries are open, with the words of the catalogues.

    `noticed` adds the notice of a flagged fact to a text.
    """

    def __init__(
        self, wording: Wording, noticed: Callable[[str, Fact, Language, datetime], str]
    ) -> None:
        self._words = wording
        self._noticed = noticed

    def opening(self, entry: Entry, at: datetime) -> Opening:
        """The state at a moment; a naive one is Luxembourg's time."""
        now = local(at)
        clock = now.replace(tzinfo=None)
        today = clock.date()
        seasons = [f for f in entry.facts.get("hours") if f.season and not f.contradicted]
        by_appointment = [f for f in entry.facts.get("appointment") if f.only]
        used, found = _look_up(entry, seasons, clock)
        if by_appointment:
            found = None
        if found and found.open:
            return self._open(found, used, now)
        opens = _aware(found.opens, now) if found else None
        closure = next((e for e in entry.exceptions if e.hold(today) and not e.opening_hours), None)
        if closure:
            return self._closed("closure", self._closure(closure), now, opens, used)
        if seasons and not _in_season(seasons, today):
            begins = _season_begins(seasons, today)
            confirmed = all(f.confirmed for f in used)
            # The words carry the notice; a bare date would look certain.
            sure = opens if confirmed else None
            return self._state(now, "season_over", False, self._season(begins), seasons, opens=sure)
        name = holiday(today)
        closes = entry.holidays == "closed" or any("PH" in str(f.opening_hours) for f in used)
        if name and closes and not (found and (found.unsure_today or _opens_on(found, today))):
            return self._closed("holiday", self._holiday(name, today), now, opens, used)
        if by_appointment:
            return self._state(
                now, "appointment", None, self._each("opening_appointment"), by_appointment
            )
        first = self._each("call_first" if entry.facts.get("phone") else "ask_first")
        if found is None:
            return self._state(
                now, "unknown", None, _then(self._each("opening_unknown"), first), ()
            )
        if name and entry.holidays == "unknown" and found.unsure_today:
            words = self._each("opening_holiday_unknown", holiday=f"holiday_{name}")
            return self._state(
                now, "holiday_unknown", found.open, _then(words, first), (), opens=opens
            )
        if found.open is None:
            words = _then(self._each("opening_unsure"), first)
            return self._state(now, "unsure", None, words, (), opens=opens)
        return self._closed("closed", self._each("opening_closed"), now, opens, used)

    def notices(self, entry: Entry, at: datetime, language: Language) -> list[str]:
        """Alerts that are not over, and exceptions that hold or begin soon, in words."""
        today = local(at).date()
        alerts = [a.text.in_(language) for a in entry.alerts if today <= a.until]
        return [*alerts, *self.exceptions(entry, at, language, until=today + _ANNOUNCED)]

    def exceptions(
        self, entry: Entry, at: datetime, language: Language, *, until: date = date.max
    ) -> list[str]:
        """Exceptions that are not over and have begun by the day `until`, in words."""
        today = local(at).date()
        return [
            self._announced(e, language)
            for e in entry.exceptions
            if e.start <= until and (e.end is None or today <= e.end)
        ]

    def _open(self, found: _Found, used: Iterable[Fact], now: datetime) -> Opening:
        if found.end is None:
            words = self._each("opening_around_the_clock")
            return self._state(now, "around_the_clock", True, words, used)
        until = _aware(found.end, now)
        assert until is not None
        words = {code: self._until(until, now, code) for code in LANGUAGES}
        return self._state(now, "open", True, words, used, until=until)

    def _closed(
        self,
        kind: Kind,
        words: dict[Language, str],
        now: datetime,
        opens: Optional[datetime],
        used: Iterable[Fact],
    ) -> Opening:
        if opens is None:
            return self._state(now, kind, False, words, used if kind == "closed" else ())
        later = {
            code: self._words(
                code,
                "opening_next",
                day=self._day(opens.date(), now.date(), code),
                time=self._time(opens, code),
            )
            for code in LANGUAGES
        }
        return self._state(now, kind, False, _then(words, later), used, opens=opens)

    def _state(
        self,
        now: datetime,
        kind: Kind,
        open_now: Optional[bool],
        words: Mapping[Language, str],
        used: Iterable[Fact],
        *,
        until: Optional[datetime] = None,
        opens: Optional[datetime] = None,
    ) -> Opening:
        flagged = next((f for f in used if not f.confirmed), None)
        if flagged:
            words = {code: self._noticed(words[code], flagged, code, now) for code in LANGUAGES}
        return Opening(kind, open_now, words, until, opens, flagged is None)

    def _each(self, key: str, **keys: str) -> dict[Language, str]:
        """A text per language; its gaps are filled with other texts, given by their keys."""
        return {
            code: self._words(code, key, **{g: self._words(code, k) for g, k in keys.items()})
            for code in LANGUAGES
        }

    def _until(self, until: datetime, now: datetime, language: Language) -> str:
        day = until.date()
        if until.time() == time(0):
            day -= _DAY
        said = self._time(until, language, closing=True)
        if day == now.date():
            return self._words(language, "opening_open", time=said)
        said_day = self._day(until.date(), now.date(), language)
        said = self._time(until, language)
        return self._words(language, "opening_open_day", day=said_day, time=said)

    def _closure(self, closure: SpecialDays) -> dict[Language, str]:
        key = "opening_closure" if closure.end else "opening_closure_open"
        return {
            code: self._words(
                code,
                key,
                date=self._date(closure.end, code) if closure.end else "",
                reason=closure.reason.in_(code),
            )
            for code in LANGUAGES
        }

    def _holiday(self, name: str, day: date) -> dict[Language, str]:
        return {
            code: self._words(
                code,
                "opening_holiday",
                date=self._date(day, code),
                holiday=self._words(code, f"holiday_{name}"),
            )
            for code in LANGUAGES
        }

    def _season(self, begins: Optional[date]) -> dict[Language, str]:
        over = self._each("opening_season_over")
        if begins is None:
            return _then(over, self._each("opening_season_ask"))
        begin = {
            code: self._words(code, "opening_season_next", date=self._date(begins, code))
            for code in LANGUAGES
        }
        return _then(over, begin)

    def _announced(self, days: SpecialDays, language: Language) -> str:
        text = days.reason.in_(language)
        if not days.opening_hours:
            text = self._words(language, "special_closed", reason=text)
        gaps = {"start": self._date(days.start, language), "text": text}
        if days.end is None:
            return self._words(language, "special_from", **gaps)
        if days.end == days.start:
            return self._words(language, "special_day", **gaps)
        return self._words(language, "special_days", end=self._date(days.end, language), **gaps)

    def _day(self, day: date, today: date, language: Language) -> str:
        """Today, tomorrow, a weekday, or a date when it is more than six days ahead."""
        ahead = (day - today).days
        if ahead <= 1:
            return self._words(language, "tomorrow" if ahead else "today")
        if ahead <= 6:
            return self._words(language, "weekdays").split(", ")[day.weekday()]
        return self._words(language, "on_date", date=self._date(day, language))

    def _date(self, day: date, language: Language) -> str:
        month = self._words(language, "months").split(", ")[day.month - 1]
        key = "date_first" if day.day == 1 else "date"
        return self._words(language, key, day=day.day, month=month)

    def _time(self, moment: datetime, language: Language, *, closing: bool = False) -> str:
        if closing and moment.time() == time(0):
            return self._words(language, "midnight")
        return self._words(language, "time", hour=moment.hour, minute=f"{moment.minute:02}")


def turning_days(entry: Entry) -> Iterator[date]:
    """The days on which what is said of an entry changes by itself: notices come and go."""
    for alert in entry.alerts:
        yield alert.until + _DAY
    for days in entry.exceptions:
        yield from (days.start - _ANNOUNCED, days.start)
        if days.end:
            yield days.end + _DAY


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


def _then(words: Mapping[Language, str], more: Mapping[Language, str]) -> dict[Language, str]:
    return {code: f"{words[code]} {more[code]}" for code in LANGUAGES}


def _in_season(seasons: Iterable[Fact], day: date) -> bool:
    return any(_within(str(f.season), day) for f in seasons)


@lru_cache(maxsize=2048)
def _within(season: str, day: date) -> bool:
    return _evaluator(season).is_open(datetime.combine(day, time(12)))


def _season_begins(seasons: Iterable[Fact], day: date) -> Optional[date]:
    noon = datetime.combine(day, time(12))
    starts = [_evaluator(str(f.season)).next_change(noon) for f in seasons]
    return min((s.date() for s in starts if s), default=None)


def _look_up(
    entry: Entry, seasons: list[Fact], clock: datetime
) -> tuple[list[Fact], Optional[_Found]]:
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


def _opens_on(found: _Found, day: date) -> bool:
    return found.opens is not None and found.opens.date() == day


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
        if self._seasons and not _in_season(self._seasons, span.day):
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


def _at(claims: list[list[_Span]], clock: datetime, ahead: int) -> _Found:
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
    return _Found(now, change, opens, unsure)


def _together(claims: list[list[_Span]], clock: datetime) -> Optional[bool]:
    said = [_says(spans, clock) for spans in claims]
    return said[0] if all(s is said[0] for s in said) else None


def _says(spans: list[_Span], clock: datetime) -> Optional[bool]:
    here = [s.sure for s in spans if s.start <= clock < s.end]
    return any(here) or (None if here else False)


def _aware(clock: Optional[datetime], now: datetime) -> Optional[datetime]:
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
