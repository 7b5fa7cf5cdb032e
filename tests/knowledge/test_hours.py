"""Whether an entry is open: on every public holiday, across clock changes, at every edge, in words.

Holidays are worked out here from the law and the date of Easter, apart from the library.
"""

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any, Optional
from zoneinfo import ZoneInfo

import pytest
import yaml
from dateutil.easter import easter
from pydantic import ValidationError

from knowledge import FOLDER, LANGUAGES, LUXEMBOURG, Helpline, Knowledge, Language, Opening, load
from knowledge._clock import holiday
from knowledge._facts import computable
from knowledge._model import Capacity, Entry, SpecialDays

YEARS = (2025, 2026, 2027, 2028)
WEEK = "Mo-Fr 08:00-17:00"
NIGHTS = "19:00-08:00"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def _fact(value: str, **more: Any) -> dict[str, Any]:
    source = {"source": "https://example.org", "reliability": "official", "confirmed": True}
    return {"value": value, **source, **more}


def _line(
    *hours: Optional[str], facts: Optional[list[dict[str, Any]]] = None, **more: Any
) -> Helpline:
    """A helpline with a number and the given hours."""
    words = {"fr": "x", "de": "x", "lb": "x"}
    said = facts or [_fact(h, opening_hours=h) for h in hours if h]
    known = {"phone": [_fact("112")], "hours": said or None, **more.pop("known", {})}
    return Helpline(id="x", name=words, description=words, facts=known, **more)


def _reason(text: str) -> dict[str, str]:
    return {"fr": f"{text} (fr)", "de": f"{text} (de)", "lb": f"{text} (lb)"}


def _holidays(year: int) -> dict[date, str]:
    """The 11 legal holidays (Labour Code, article L. 232-2)."""
    sunday = easter(year)
    return {
        date(year, 1, 1): "new_year",
        sunday + timedelta(days=1): "easter_monday",
        date(year, 5, 1): "labour_day",
        date(year, 5, 9): "europe_day",
        sunday + timedelta(days=39): "ascension",
        sunday + timedelta(days=50): "whit_monday",
        date(year, 6, 23): "national_day",
        date(year, 8, 15): "assumption",
        date(year, 11, 1): "all_saints",
        date(year, 12, 25): "christmas",
        date(year, 12, 26): "st_stephen",
    }


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


@pytest.mark.parametrize("year", YEARS)
def test_every_public_holiday_and_no_other_day(year: int) -> None:
    expected = _holidays(year)
    assert len(expected) == 11
    day = date(year, 1, 1)
    while day.year == year:
        assert holiday(day) == expected.get(day), day
        day += timedelta(days=1)


HOLIDAYS = [(d, n) for year in YEARS for d, n in _holidays(year).items()]


@pytest.mark.parametrize(("day", "name"), HOLIDAYS, ids=lambda v: str(v))
def test_a_public_holiday(knowledge: Knowledge, day: date, name: str) -> None:
    """Closed, open as usual, or not known; never claimed to be open unless the file says so."""
    daily = "Mo-Su 08:00-17:00"
    closed = knowledge.opening(_line(daily, holidays="closed"), at=_noon(day))
    assert (closed.kind, closed.open_now) == ("holiday", False)
    as_usual = knowledge.opening(_line(daily, holidays="open"), at=_noon(day))
    assert (as_usual.kind, as_usual.open_now) == ("open", True)
    unknown = knowledge.opening(_line(daily), at=_noon(day))
    assert (unknown.kind, unknown.open_now) == ("holiday_unknown", None)
    always = knowledge.opening(_line("24/7"), at=_noon(day))
    assert always.kind == "around_the_clock"
    written = knowledge.opening(_line(f"{daily}; PH off"), at=_noon(day))
    assert (written.kind, written.open_now) == ("holiday", False)
    for language in LANGUAGES:
        called = knowledge.words(language, f"holiday_{name}")
        for state in (closed, unknown, written):
            assert called in state.words[language]
        assert f"{day.day}" in closed.words[language]
        assert knowledge.words(language, "call_first") in unknown.words[language]
    # The next day that is no holiday is the next opening, holiday known or not.
    after = day + timedelta(days=1)
    while holiday(after):
        after += timedelta(days=1)
    opens = datetime(after.year, after.month, after.day, 8, tzinfo=LUXEMBOURG)
    assert closed.next_opening == unknown.next_opening == written.next_opening == opens


def test_a_holiday_without_known_hours(knowledge: Knowledge) -> None:
    entry = _line(holidays="closed")
    assert knowledge.opening(entry, at=datetime(2026, 6, 23, 10)).kind == "holiday"
    assert knowledge.opening(entry, at=datetime(2026, 6, 24, 10)).kind == "unknown"


def test_early_and_late_on_a_holiday(knowledge: Knowledge) -> None:
    early = knowledge.opening(_line(WEEK), at=datetime(2026, 6, 23, 6))
    assert early.kind == "holiday_unknown" and early.open_now is False
    assert early.next_opening == datetime(2026, 6, 24, 8, tzinfo=LUXEMBOURG)
    late = knowledge.opening(_line(WEEK), at=datetime(2026, 6, 23, 18))
    assert late.kind == "closed"
    # Saturday 15 August 2026: closed anyway, nothing about it is unsure.
    saturday = knowledge.opening(_line(WEEK), at=datetime(2026, 8, 15, 10))
    assert saturday.kind == "closed"


def test_a_night_belongs_to_the_day_it_begins_on(knowledge: Knowledge) -> None:
    entry = _line(NIGHTS, holidays="closed")
    states = {
        datetime(2026, 6, 22, 20): True,
        datetime(2026, 6, 23, 3): True,  # the night that began on the 22nd
        datetime(2026, 6, 23, 8): False,
        datetime(2026, 6, 23, 20): False,
        datetime(2026, 6, 24, 3): False,  # would have begun on the holiday
        datetime(2026, 6, 24, 19): True,
    }
    for at, expected in states.items():
        assert knowledge.opening(entry, at=at).open_now is expected, at
    unknown = knowledge.opening(_line(NIGHTS), at=datetime(2026, 6, 24, 3))
    assert (unknown.kind, unknown.open_now) == ("unsure", None)


def _last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("month", [3, 10])
def test_clock_changes(knowledge: Knowledge, year: int, month: int) -> None:
    """Every ten minutes of the night, as instants: open all the time, and until eight."""
    sunday = _last_sunday(year, month)
    entry, always = _line(NIGHTS, holidays="open"), _line("24/7")
    eight = datetime(sunday.year, sunday.month, sunday.day, 8, tzinfo=LUXEMBOURG)
    at = (eight - timedelta(days=1)).replace(hour=19).astimezone(timezone.utc)
    hours = (eight.astimezone(timezone.utc) - at).total_seconds() / 3600
    assert hours == (12 if month == 3 else 14)
    while at < eight.astimezone(timezone.utc):
        state = knowledge.opening(entry, at=at)
        assert state.open_now is True and state.until == eight, at
        for language in LANGUAGES:
            assert re.search(r"\b8(h|:)00\b", state.words[language]), (at, language)
        assert knowledge.opening(always, at=at).kind == "around_the_clock"
        at += timedelta(minutes=10)
    after = knowledge.opening(entry, at=at)
    assert after.open_now is False
    assert after.next_opening == eight.replace(hour=19)
    for language in LANGUAGES:
        assert re.search(r"\b19(h|:)00\b", after.words[language]), language
    assert after.next_opening.utcoffset() == timedelta(hours=2 if month == 3 else 1)


def test_an_opening_in_the_hour_left_out_and_in_the_one_that_comes_twice(
    knowledge: Knowledge,
) -> None:
    entry = _line("02:30-04:00")
    spring = knowledge.opening(entry, at=datetime(2026, 3, 29, 1))
    assert spring.next_opening is not None
    assert spring.next_opening.isoformat() == "2026-03-29T03:00:00+02:00"
    opened = knowledge.opening(entry, at=datetime(2026, 3, 29, 1, tzinfo=timezone.utc))
    assert opened.open_now is True
    autumn = _line("01:00-02:30")
    first = knowledge.opening(autumn, at=datetime(2026, 10, 25, 0, 10, tzinfo=timezone.utc))
    # Python never finds moments of two zones equal within the hour that comes twice.
    assert first.until is not None
    assert first.until.astimezone(timezone.utc) == datetime(
        2026, 10, 25, 0, 30, tzinfo=timezone.utc
    )
    second = knowledge.opening(autumn, at=datetime(2026, 10, 25, 1, 10, tzinfo=timezone.utc))
    assert second.until is not None
    assert second.until.astimezone(timezone.utc).hour == 1


def test_a_moment_elsewhere_is_converted(knowledge: Knowledge) -> None:
    entry = _line(WEEK)
    lisbon = datetime(2026, 11, 24, 7, 30, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert knowledge.opening(entry, at=lisbon).open_now is True
    assert knowledge.opening(entry, at=datetime(2026, 11, 24, 7, 30)).open_now is False


@pytest.mark.parametrize(
    ("at", "kind", "opens"),
    [
        (datetime(2026, 11, 14, 23, 59), "season_over", None),
        (datetime(2026, 11, 15, 0, 0), "closed", None),
        (datetime(2026, 11, 15, 12, 0), "open", None),
        (datetime(2027, 4, 15, 20, 0), "open", None),
        (datetime(2027, 4, 16, 3, 0), "open", None),  # the last night goes on
        (datetime(2027, 4, 16, 8, 45), "season_over", "2027-11-15T12:00+01:00"),
        (datetime(2027, 7, 1, 12, 0), "season_over", "2027-11-15T12:00+01:00"),
    ],
)
def test_a_season(knowledge: Knowledge, at: datetime, kind: str, opens: Optional[str]) -> None:
    season = _fact("season", season="Nov 15-Apr 15")
    hours = _fact("hours", opening_hours="12:00-16:00,19:15-08:45")
    state = knowledge.opening(_line(facts=[season, hours], holidays="open"), at=at)
    assert state.kind == kind
    if opens:
        assert state.next_opening and state.next_opening.isoformat(timespec="minutes") == opens
    if kind == "season_over":
        for language, words in (
            ("fr", "La prochaine saison commence le 15 novembre."),
            ("de", "Die nächste Saison beginnt am 15. November."),
            ("lb", "Déi nächst Saison fänkt um 15. November un."),
        ):
            assert words in state.words[language]


def test_a_season_that_is_not_set_yet(knowledge: Knowledge) -> None:
    entry = _line(facts=[_fact("season", season="2025 Nov 15-2026 Apr 15")])
    state = knowledge.opening(entry, at=datetime(2026, 5, 1, 12))
    assert state.kind == "season_over" and "Demandez quand" in state.words["fr"]
    assert knowledge.opening(entry, at=datetime(2026, 4, 15, 12)).kind == "unknown"


def test_the_winter_action(knowledge: Knowledge) -> None:
    service = knowledge.service("wanteraktioun-coordination-de-terrain")
    summer = knowledge.opening(service, at=datetime(2026, 7, 1, 20))
    assert summer.kind == "season_over" and summer.open_now is False
    # The dates are decided each year: no bare date, and the notice in the words.
    assert summer.next_opening is None and "à confirmer" in summer.words["fr"]
    evening = knowledge.opening(service, at=datetime(2026, 12, 1, 20))
    assert evening.open_now is True and "nach ze confirméieren" in evening.words["lb"]
    # From 23:00 on nobody is sure to be let in.
    assert knowledge.opening(service, at=datetime(2026, 12, 2, 2)).open_now is None


CLOSURE = {"from": "2026-12-24", "to": "2027-01-02", "reason": _reason("Umbau")}


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (datetime(2026, 12, 23, 16, 59), "open"),
        (datetime(2026, 12, 24, 0, 0), "closure"),
        (datetime(2026, 12, 25, 12, 0), "closure"),
        (datetime(2027, 1, 2, 23, 59), "closure"),
        (datetime(2027, 1, 3, 0, 0), "closed"),
        (datetime(2027, 1, 4, 8, 0), "open"),
    ],
)
def test_a_closure(knowledge: Knowledge, at: datetime, kind: str) -> None:
    state = knowledge.opening(_line(WEEK, exceptions=[CLOSURE]), at=at)
    assert state.kind == kind
    if kind == "closure":
        assert state.next_opening == datetime(2027, 1, 4, 8, tzinfo=LUXEMBOURG)
        assert "Fermé jusqu'au 2 janvier inclus (Umbau (fr))." in state.words["fr"]
        assert "Geschlossen bis einschließlich 2. Januar (Umbau (de))." in state.words["de"]
        assert "Zou bis zum 2. Januar abegraff (Umbau (lb))." in state.words["lb"]


def test_a_closure_closes_a_line_that_never_sleeps(knowledge: Knowledge) -> None:
    entry = _line("24/7", exceptions=[CLOSURE])
    assert knowledge.opening(entry, at=datetime(2026, 12, 24, 0)).kind == "closure"
    before = knowledge.opening(entry, at=datetime(2026, 12, 20, 12))
    assert before.until == datetime(2026, 12, 24, tzinfo=LUXEMBOURG)
    back = knowledge.opening(entry, at=datetime(2027, 1, 3))
    assert back.kind == "around_the_clock"


def test_a_closure_without_an_end(knowledge: Knowledge) -> None:
    entry = _line(WEEK, exceptions=[{"from": "2026-03-02", "reason": _reason("Waasserschued")}])
    state = knowledge.opening(entry, at=datetime(2026, 9, 1, 10))
    assert state.kind == "closure" and state.next_opening is None
    assert state.words["de"] == "Bis auf Weiteres geschlossen (Waasserschued (de))."


def test_other_hours_for_some_days(knowledge: Knowledge) -> None:
    days = {**CLOSURE, "opening_hours": "10:00-12:00"}
    entry = _line(WEEK, exceptions=[days], holidays="closed")
    assert knowledge.opening(entry, at=datetime(2026, 12, 28, 9)).open_now is False
    assert knowledge.opening(entry, at=datetime(2026, 12, 28, 10)).open_now is True
    # The exception was written for these very days, the holiday among them.
    assert knowledge.opening(entry, at=datetime(2026, 12, 25, 10)).open_now is True
    assert knowledge.opening(entry, at=datetime(2027, 1, 4, 9)).open_now is True


def _notices(knowledge: Knowledge, entry: Helpline, at: datetime, language: Language) -> str:
    card = knowledge.helpline_card(entry, language, at=at)
    return str(card["opening"]).replace(knowledge.opening(entry, at=at).words[language], "")


def test_alerts_end_and_closures_are_announced(knowledge: Knowledge) -> None:
    alert = {"text": _reason("Nei Nummer"), "until": "2026-12-01"}
    entry = _line(WEEK, alerts=[alert], exceptions=[CLOSURE])
    assert "Nei Nummer (lb)" in _notices(knowledge, entry, datetime(2026, 12, 1, 23, 59), "lb")
    assert _notices(knowledge, entry, datetime(2026, 12, 2), "lb") == ""
    said = {
        "fr": "Du 24 décembre au 2 janvier\u00a0: fermé (Umbau (fr)).",
        "de": "Vom 24. Dezember bis 2. Januar: geschlossen (Umbau (de)).",
        "lb": "Vum 24. Dezember bis zum 2. Januar: zou (Umbau (lb)).",
    }
    for language in LANGUAGES:
        assert _notices(knowledge, entry, datetime(2026, 12, 9, 23), language) == ""
        assert said[language] in _notices(knowledge, entry, datetime(2026, 12, 10), language)
        assert _notices(knowledge, entry, datetime(2027, 1, 3), language) == ""


def _at(knowledge: Knowledge, entry: Helpline, at: datetime) -> Opening:
    return knowledge.opening(entry, at=at)


@pytest.mark.parametrize(
    ("hours", "at", "fr", "de", "lb"),
    [
        (WEEK, datetime(2026, 11, 24, 15), "Ouvert maintenant, jusqu'à 17h00.",
         "Jetzt geöffnet, bis 17:00 Uhr.", "Elo op, bis 17:00 Auer."),
        ("24/7", datetime(2026, 11, 24, 2), "Ouvert 24 heures sur 24.",
         "Rund um die Uhr geöffnet.", "Ronderëm d'Auer op."),
        (WEEK, datetime(2026, 11, 24, 7), "Fermé maintenant. Ouvre aujourd'hui à 8h00.",
         "Jetzt geschlossen. Öffnet heute um 8:00 Uhr.", "Elo zou. Mécht haut um 8:00 Auer op."),
        (WEEK, datetime(2026, 11, 24, 17), "Fermé maintenant. Ouvre demain à 8h00.",
         "Jetzt geschlossen. Öffnet morgen um 8:00 Uhr.", "Elo zou. Mécht muer um 8:00 Auer op."),
        (WEEK, datetime(2026, 11, 27, 18), "Fermé maintenant. Ouvre lundi à 8h00.",
         "Jetzt geschlossen. Öffnet am Montag um 8:00 Uhr.",
         "Elo zou. Mécht e Méindeg um 8:00 Auer op."),
        ("Tu 08:30-12:00", datetime(2026, 11, 24, 12, 0),
         "Fermé maintenant. Ouvre le 1er décembre à 8h30.",
         "Jetzt geschlossen. Öffnet am 1. Dezember um 8:30 Uhr.",
         "Elo zou. Mécht um 1. Dezember um 8:30 Auer op."),
        ("Tu 08:30-12:00", datetime(2026, 11, 25, 12, 0), "Fermé maintenant. Ouvre mardi à 8h30.",
         "Jetzt geschlossen. Öffnet am Dienstag um 8:30 Uhr.",
         "Elo zou. Mécht en Dënschdeg um 8:30 Auer op."),
        (NIGHTS, datetime(2026, 11, 24, 20), "Ouvert maintenant. Ferme demain à 8h00.",
         "Jetzt geöffnet. Schließt morgen um 8:00 Uhr.", "Elo op. Mécht muer um 8:00 Auer zou."),
        (NIGHTS, datetime(2026, 11, 25, 3), "Ouvert maintenant, jusqu'à 8h00.",
         "Jetzt geöffnet, bis 8:00 Uhr.", "Elo op, bis 8:00 Auer."),
        ("17:00-24:00", datetime(2026, 11, 24, 20), "Ouvert maintenant, jusqu'à minuit.",
         "Jetzt geöffnet, bis Mitternacht.", "Elo op, bis Mëtternuecht."),
        (None, datetime(2026, 11, 24, 20), "Horaires inconnus. Appelez d'abord.",
         "Öffnungszeiten unbekannt. Rufen Sie vorher an.",
         "Ëffnungszäiten onbekannt. Rufft fir d'éischt un."),
        ("Mo-Fr 07:00-19:00 unknown", datetime(2026, 11, 24, 15),
         "Il n'est pas sûr que ce soit ouvert maintenant. Appelez d'abord.",
         "Es ist nicht sicher, ob jetzt geöffnet ist. Rufen Sie vorher an.",
         "Et ass net sécher, ob elo op ass. Rufft fir d'éischt un."),
        ("Mo-Fr 07:00-19:00 unknown", datetime(2026, 11, 28, 15), "Fermé maintenant.",
         "Jetzt geschlossen.", "Elo zou."),
    ],
)  # fmt: skip
def test_words(
    knowledge: Knowledge, hours: Optional[str], at: datetime, fr: str, de: str, lb: str
) -> None:
    state = _at(knowledge, _line(hours), at)
    assert state.words == {"fr": fr, "de": de, "lb": lb}


def test_words_of_a_holiday(knowledge: Knowledge) -> None:
    state = _at(knowledge, _line(WEEK, holidays="closed"), datetime(2026, 6, 23, 10))
    assert state.words == {
        "fr": "Fermé aujourd'hui, 23 juin : jour férié (fête nationale). Ouvre demain à 8h00.",
        "de": "Heute, 23. Juni, geschlossen: Feiertag (Nationalfeiertag)."
        " Öffnet morgen um 8:00 Uhr.",
        "lb": "Haut, 23. Juni, zou: Feierdag (Nationalfeierdag). Mécht muer um 8:00 Auer op.",
    }


def test_only_by_appointment(knowledge: Knowledge) -> None:
    known = {"appointment": [_fact("only by appointment", only=True)]}
    entry = _line(WEEK, known=known, holidays="closed")
    state = _at(knowledge, entry, datetime(2026, 11, 24, 10))
    assert (state.kind, state.open_now) == ("appointment", None)
    assert state.words["lb"] == "Nëmme mat Rendez-vous."
    assert _at(knowledge, entry, datetime(2026, 6, 23, 10)).kind == "holiday"


def test_flagged_hours_carry_the_notice(knowledge: Knowledge) -> None:
    flagged = _fact("hours", opening_hours=WEEK, confirmed=False, year=2019)
    state = _at(knowledge, _line(facts=[flagged]), datetime(2026, 11, 24, 10))
    assert state.confirmed is False
    assert state.words["fr"].endswith("jusqu'à 17h00 – à confirmer (information de 2019)")


def test_sources_that_disagree_make_a_moment_unsure(knowledge: Knowledge) -> None:
    premier_appel = knowledge.service("premier-appel")  # until 22:00, or until midnight
    evening = datetime(2026, 11, 24, 21)
    assert knowledge.opening(premier_appel, at=evening).open_now is True
    assert knowledge.opening(premier_appel, at=evening.replace(hour=23)).open_now is None
    assert knowledge.opening(premier_appel, at=datetime(2026, 11, 24, 3)).open_now is False
    sos = knowledge.helplines["sos-detresse"]  # the nights of the weekend
    assert knowledge.opening(sos, at=datetime(2026, 11, 24, 2)).open_now is False
    assert knowledge.opening(sos, at=datetime(2026, 11, 28, 2)).open_now is None
    # Confirmed hours are not put in doubt by a source that contradicts them.
    sure = _fact("hours", opening_hours=WEEK)
    other = _fact("other", opening_hours="24/7", confirmed=False, contradicted=True)
    state = _at(knowledge, _line(facts=[sure, other]), datetime(2026, 11, 24, 2))
    assert state.open_now is False


def test_hours_of_which_one_value_is_only_words(knowledge: Knowledge) -> None:
    one = _fact("12-20", opening_hours="12:00-20:00", confirmed=False, contradicted=True)
    words = _fact("sometimes", confirmed=False, contradicted=True)
    assert _at(knowledge, _line(facts=[one, words]), datetime(2026, 11, 24, 15)).kind == "unknown"


@pytest.mark.parametrize(
    "hours", ["whenever", "Mo-Fr 25:00-27:00", "SH Mo-Fr 07:00-19:00", "10:00-10:00", "19:00+"]
)
def test_hours_that_cannot_be_computed_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match=hours.split()[0].replace("+", r"\+")):
        computable(hours)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"exceptions": [{**CLOSURE, "from": "2027-02-01"}]}, "before"),
        ({"exceptions": [{**CLOSURE, "from": 2026}]}, "no day"),
        ({"exceptions": [{"from": "2026-12-24"}]}, "reason"),
        ({"exceptions": [{**CLOSURE, "opening_hours": "always"}]}, "syntax"),
        ({"alerts": [{"text": _reason("x"), "until": "soon"}]}, "no day"),
        ({"holidays": "maybe"}, "holidays"),
        ({"facts": [_fact("x", season="Nov 15-Apr 15 10:00-12:00")]}, "days only"),
    ],
)
def test_impossible_days_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        _line(**more)


def test_every_entry_has_a_state_in_words_at_every_hour_of_a_week(knowledge: Knowledge) -> None:
    """Real entries over Christmas: a state, words, and `open_now` that agrees with its kind."""
    entries = [*knowledge.all_services(), *knowledge.helplines.values()]
    start = datetime(2026, 12, 23)
    for entry in entries:
        for hours in range(0, 7 * 24, 5):
            at = start + timedelta(hours=hours)
            state = knowledge.opening(entry, at=at)
            assert all(state.words[language] for language in LANGUAGES)
            assert (state.kind in ("open", "around_the_clock")) is (state.open_now is True)
            if state.kind == "unknown":
                assert state.open_now is None
            for moment in (state.until, state.next_opening):
                assert moment is None or moment > at.replace(tzinfo=LUXEMBOURG)
            if holiday(at.date()) and entry.holidays != "open" and state.open_now:
                # A night that began the day before, or hours that name holidays themselves.
                assert at.hour < 9 or state.kind == "around_the_clock", (entry.id, at)


def test_the_example_of_the_guide(knowledge: Knowledge) -> None:
    """docs/knowledge.md shows every key; what it says of them comes true."""
    guide = (FOLDER.parent / "docs" / "knowledge.md").read_text(encoding="utf-8")
    section = guide.split("## Hours, closures, alerts")[1].split("\n## ")[0]
    for hours in re.findall(r"^\| `([^`]+)` \|", section, re.M):
        assert computable(hours) == hours
    example = yaml.safe_load(section.split("```yaml")[1].split("```")[0])
    # What is retired is said at the desk (docs/desk-directory.md), not in a file of hours; services
    # alone have a capacity.
    assert set(Entry.__fields__) - {"retired"} | {"capacity"} == set(example)
    assert set(SpecialDays.schema()["properties"]) == {k for e in example["exceptions"] for k in e}
    capacity = example.pop("capacity")
    assert set(capacity) <= set(Capacity.__fields__)
    entry = _line(**{**example, "facts": example["facts"]["hours"]})
    kinds = {
        datetime(2026, 11, 24, 10): "open",
        datetime(2026, 12, 24, 10): "closure",
        datetime(2027, 3, 15, 9): "closed",
        datetime(2027, 3, 15, 10): "open",
        datetime(2027, 3, 29, 10): "holiday",
        datetime(2027, 7, 1, 10): "season_over",
    }
    assert {at: knowledge.opening(entry, at=at).kind for at in kinds} == kinds
    assert "hannert dem Haus" in _notices(knowledge, entry, datetime(2026, 12, 11), "lb")
    assert "Formatioun" in _notices(knowledge, entry, datetime(2027, 3, 10), "lb")
