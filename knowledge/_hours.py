"""Whether an entry is open at a moment, in words: what the clock says, closures, alerts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Callable, Iterable, Iterator, Literal, Mapping, Optional

from knowledge._clock import Found, aware, holiday, in_season, local, look_up, season_begins
from knowledge._facts import Fact
from knowledge._languages import LANGUAGES, Language
from knowledge._model import Entry, SpecialDays
from knowledge._wording import Wording

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
#: Exceptions are announced this many days before they begin.
_ANNOUNCED = timedelta(days=14)


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
        used, found = look_up(entry, seasons, clock)
        if by_appointment:
            found = None
        if found and found.open:
            return self._open(found, used, now)
        opens = aware(found.opens, now) if found else None
        closure = next((e for e in entry.exceptions if e.hold(today) and not e.opening_hours), None)
        if closure:
            return self._closed("closure", self._closure(closure), now, opens, used)
        if seasons and not in_season(seasons, today):
            begins = season_begins(seasons, today)
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
        """Alerts that hold, and exceptions that hold or begin soon, in words."""
        today = local(at).date()
        alerts = [_sentence(a.text.in_(language)) for a in entry.alerts if a.holds(today)]
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

    def _open(self, found: Found, used: Iterable[Fact], now: datetime) -> Opening:
        if found.end is None:
            words = self._each("opening_around_the_clock")
            return self._state(now, "around_the_clock", True, words, used)
        until = aware(found.end, now)
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
        if alert.start:
            yield alert.start
        yield alert.until + _DAY
    for days in entry.exceptions:
        yield from (days.start - _ANNOUNCED, days.start)
        if days.end:
            yield days.end + _DAY


def _sentence(text: str) -> str:
    """A text with its full stop: another sentence may follow."""
    return text if text[-1:] in ".!?…" else f"{text}."


def _then(words: Mapping[Language, str], more: Mapping[Language, str]) -> dict[Language, str]:
    return {code: f"{words[code]} {more[code]}" for code in LANGUAGES}


def _opens_on(found: Found, day: date) -> bool:
    return found.opens is not None and found.opens.date() == day
