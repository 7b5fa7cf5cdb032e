"""Who answers a need: the right area first, then distance, then age."""

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Optional

import pytest

from knowledge import (
    FOLDER,
    LANGUAGES,
    Household,
    Knowledge,
    Language,
    Match,
    Place,
    UnknownId,
    load,
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def _ids(knowledge: Knowledge, need: str, place: str | None = None, age: float | None = None):
    where = knowledge.place(place) if place else None
    return [m.service.id for m in knowledge.find(need, place=where, age=age)]


@pytest.mark.parametrize(
    ("need", "place", "first"),
    [
        ("youth_house", "Bonnevoie", "maison-des-jeunes-studio-bonnevoie"),
        ("youth_house", "Gasperich", "maison-des-jeunes-gasperich"),
        ("youth_house", "Mersch", "maison-des-jeunes-mersch"),
        ("youth_house", "Grund", "maison-des-jeunes-annexe-grund"),
        ("childcare", "Esch-sur-Alzette", "maison-relais-escher-kannervilla"),
        ("senior_activities", "Remich", "club-welle-wain"),
        ("senior_activities", "Diekirch", "club-vital-an-aktiv"),
        ("community_work", "Dudelange", "ensemble-quartiers-dudelange"),
        ("debt_help", None, "surendettement"),
        ("budget_help", None, "suivi-financier-et-social"),
        ("emergency_housing", None, "premier-appel"),
        ("winter_shelter", None, "wanteraktioun-coordination-de-terrain"),
        ("company_services", None, "polygone"),
        ("about_association", None, "inter-actions-asbl"),
    ],
)  # fmt: skip
def test_the_first_answer(knowledge: Knowledge, need: str, place: str | None, first: str) -> None:
    assert _ids(knowledge, need, place)[0] == first


def test_every_need_has_an_answer(knowledge: Knowledge) -> None:
    for need in knowledge.needs:
        assert knowledge.find(need), need


def test_nearest_comes_first_where_there_is_none(knowledge: Knowledge) -> None:
    matches = knowledge.find("youth_house", place=knowledge.place("Contern"))
    near = [m for m in matches if m.reason == "near"]
    assert near[0].service.id == "maison-des-jeunes-sandweiler"
    distances = [m.distance_km for m in near]
    assert distances == sorted(d for d in distances if d is not None)
    assert near[0].distance_km is not None and 0 < near[0].distance_km < 10


def test_the_reason(knowledge: Knowledge) -> None:
    reasons = {
        m.service.id: m.reason
        for m in knowledge.find("youth_house", place=knowledge.place("Bonnevoie"))
    }
    assert reasons["maison-des-jeunes-gare"] == "quarter"
    assert reasons["maison-des-jeunes-gasperich"] == "commune"
    assert reasons["maison-des-jeunes-mersch"] == "near"


def test_age_that_does_not_fit_comes_last(knowledge: Knowledge) -> None:
    place = knowledge.place("Mersch")
    baby = knowledge.find("childcare", place=place, age=1)
    assert baby[0].service.id == "creche-klengt-butzenhaus"
    assert [m.fits for m in baby] == sorted((m.fits for m in baby), reverse=True)
    pupil = knowledge.find("childcare", place=place, age=8)
    assert pupil[0].service.type in ("maison_relais", "day_care")


def test_a_service_listed_twice_is_named_once(knowledge: Knowledge) -> None:
    found = _ids(knowledge, "community_work", "Neudorf / Weimershof")
    assert found[0] == "ensemble-neudorf-grund-neudorf"
    assert "ensemble-neudorf-grund" not in found


def test_unknown_names(knowledge: Knowledge) -> None:
    with pytest.raises(UnknownId):
        knowledge.find("no_such_need")
    with pytest.raises(UnknownId):
        knowledge.place("Atlantis")
    with pytest.raises(UnknownId):
        knowledge.service("atlantis")


def test_a_sleeping_line_is_not_first(knowledge: Knowledge) -> None:
    night = datetime(2026, 11, 24, 2, 0)
    day = datetime(2026, 11, 24, 15, 0)
    assert [x.id for x in knowledge.crisis_lines("crisis_suicide", at=night)] == [
        "112", "kanner-jugendtelefon", "sos-detresse",
    ]  # fmt: skip
    assert [x.id for x in knowledge.crisis_lines("crisis_suicide", at=day)][1] == "sos-detresse"


NIGHT, DAY = datetime(2026, 11, 24, 2, 0), datetime(2026, 11, 24, 15, 0)
AREAS = ("quarter", "commune", "national", "near")


def _asked(knowledge: Knowledge) -> list[Place]:
    return [p for p in knowledge.places.values() if p.kind in ("commune", "quarter")]


def _serves(knowledge: Knowledge, match: Match, place: Place) -> bool:
    serves = match.service.serves
    commune = place.id if place.kind == "commune" else place.commune
    return serves.national or commune in serves.communes


def test_every_place_and_need_has_answers_in_the_promised_order(knowledge: Knowledge) -> None:
    """Fitting ones first; then the area; where no service is named first, elsewhere by distance."""
    seen = set()
    for place in _asked(knowledge):
        for need, about in knowledge.needs.items():
            found = knowledge.find(need, place=place)
            assert found, (place.id, need)
            areas = [
                (not m.fits, 0 if m.service.id in about.first else AREAS.index(m.reason))
                for m in found
                if m.service.id not in about.first
            ]
            assert areas == sorted(areas), (place.id, need)
            for match in found:
                seen.add(match.reason)
                assert (match.reason == "near") is not _serves(knowledge, match, place)
                for language in LANGUAGES:
                    assert all(match.words[language]), (place.id, match.service.id)
            near = [m for m in found if m.reason == "near" and m.fits and not about.first]
            assert all(m.distance_km is not None for m in near), (place.id, need)
            kilometres = [m.distance_km for m in near if m.distance_km is not None]
            assert kilometres == sorted(kilometres), (place.id, need)
            assert [m.nearest for m in near] == [True, *[False] * (len(near) - 1)][: len(near)]
    assert seen == set(AREAS)


def test_every_place_in_order_of_area_whatever_the_person(knowledge: Knowledge) -> None:
    for place in _asked(knowledge)[::7]:
        for need in knowledge.needs:
            for age in (0, 2, 8, 16, 40, 85):
                fits = [m.fits for m in knowledge.find(need, place=place, age=age)]
                assert fits and fits == sorted(fits, reverse=True), (place.id, need, age)


def _words(
    knowledge: Knowledge, need: str, place: str, service: str, language: Language = "fr"
) -> str:
    found = knowledge.find(need, place=knowledge.place(place))
    return " ".join(next(m for m in found if m.service.id == service).words[language])


@pytest.mark.parametrize(
    ("need", "place", "service", "fr", "de", "lb"),
    [
        ("youth_house", "Eich", "maison-des-jeunes-amigo", "Pour votre quartier (Eich).",
         "Für Ihr Viertel (Eich).", "Fir Äre Quartier (Eech)."),
        ("youth_house", "Mersch", "maison-des-jeunes-mersch", "Pour votre commune (Mersch).",
         "Für Ihre Gemeinde (Mersch).", "Fir Är Gemeng (Miersch)."),
        ("debt_help", "Clervaux", "surendettement", "Pour tout le pays.", "Für das ganze Land.",
         "Fir d'ganzt Land."),
        ("youth_house", "Walferdange", "maison-des-jeunes-amigo",
         "Au plus près : Maison des jeunes. Lieu : Eich, à environ 4 km.",
         "Am nächsten: Jugendhaus. Ort: Eich, etwa 4 km entfernt.",
         "Am noosten: Jugendhaus. Plaz: Eech, ongeféier 4 km ewech."),
        # Serves five communes: in which one it is, is not known.
        ("childcare", "Clervaux", "creche-babasi",
         "Au plus près : Crèche. Pour ce secteur : Winseler, à environ 14 km.",
         "Am nächsten: Kinderkrippe (Crèche). Für diese Gegend: Winseler, etwa 14 km entfernt.",
         "Am noosten: Crèche. Fir dës Géigend: Wanseler, ongeféier 14 km ewech."),
        ("youth_house", "Schifflange", "jugendhaus-esch",
         "Voici le service le plus proche. Lieu : Esch-sur-Alzette, à environ 3 km.",
         "Das ist der nächste Dienst. Ort: Esch an der Alzette, etwa 3 km entfernt.",
         "Dat ass deen nooste Service. Plaz: Esch-Uelzecht, ongeféier 3 km ewech."),
        ("youth_house", "Luxembourg", "maison-des-jeunes-amigo",
         "Pour votre commune (Luxembourg). Lieu : Eich.",
         "Für Ihre Gemeinde (Luxemburg). Ort: Eich.",
         "Fir Är Gemeng (Lëtzebuerg). Plaz: Eech."),
    ],
)  # fmt: skip
def test_the_reason_in_words(
    knowledge: Knowledge, need: str, place: str, service: str, fr: str, de: str, lb: str
) -> None:
    for language, expected in zip(LANGUAGES, (fr, de, lb)):
        assert _words(knowledge, need, place, service, language) == expected


def test_far_kilometres_are_rounded(knowledge: Knowledge) -> None:
    """Between rough points: whole kilometres, from 20 on in steps of five."""
    said = set()
    for place in _asked(knowledge):
        for match in knowledge.find("youth_house", place=place):
            for number in re.findall(r"environ (\d+) km", " ".join(match.words["fr"])):
                said.add(int(number))
                assert match.distance_km is not None
                assert abs(int(number) - match.distance_km) <= (0.5 if int(number) < 20 else 2.5)
    assert max(said) > 20 and all(km % 5 == 0 for km in said if km > 20)


def test_distances_have_their_source(knowledge: Knowledge) -> None:
    for language in LANGUAGES:
        assert "OpenStreetMap" in knowledge.words(language, "map_attribution")


@pytest.mark.parametrize(
    ("need", "age", "out", "last"),
    [
        # Confirmed: 3 to 12 years, 0 to 4 years, 12 to 25 years.
        ("childcare", 15, {"foyers-scolaires-vdl", "creches-vdl"}, {"foyer-de-jour-pinocchio"}),
        ("childcare", 2, {"foyers-scolaires-vdl"}, {"maison-relais-chance-egalite"}),
        # A rule of thumb, or a page of 2011: offered last, with the reason.
        ("youth_house", 60, {"maison-des-jeunes-gare"},
         {"maison-des-jeunes-amigo", "maison-des-jeunes-river-clausen"}),
        ("emergency_housing", 15, {"nuetswaach-espoir"},
         {"wanteraktioun-coordination-de-terrain"}),
    ],
)  # fmt: skip
def test_who_fits_by_age(
    knowledge: Knowledge, need: str, age: float, out: set[str], last: set[str]
) -> None:
    found = {m.service.id: m for m in knowledge.find(need, place=knowledge.place("Gare"), age=age)}
    everybody = {m.service.id for m in knowledge.find(need, place=knowledge.place("Gare"))}
    assert out <= everybody and not out & found.keys()
    for service in last:
        assert found[service].misfits == ("age",)
        for language in LANGUAGES:
            reason = knowledge.words(language, "unfit_age", places="", households="")
            assert reason in found[service].words[language]


def test_any_age_is_welcome_where_the_facts_say_so(knowledge: Knowledge) -> None:
    found = knowledge.find("senior_activities", place=knowledge.place("Remich"), age=30)
    assert found[0].service.id == "club-welle-wain" and found[0].fits


def test_who_fits_by_residence(knowledge: Knowledge) -> None:
    def ids(need: str, place: str) -> list[str]:
        return [m.service.id for m in knowledge.find(need, place=knowledge.place(place))]

    # Confirmed: for parents who live in the City.
    assert "creches-vdl" in ids("childcare", "Gasperich")
    assert "creches-vdl" not in ids("childcare", "Mersch")
    # Confirmed: card of the social office of the City or of Walferdange.
    assert "cent-buttek-beggen" in ids("food_help", "Walferdange")
    assert "cent-buttek-beggen" not in ids("food_help", "Steinsel")
    # To be confirmed: last, with the reason.
    found = {m.service.id: m for m in knowledge.find("food_help", place=knowledge.place("Mersch"))}
    match = found["cent-buttek-bettembourg"]
    assert match.misfits == ("residence",)
    assert "Bettembourg" in match.words["fr"][-1] and "Beetebuerg" in match.words["lb"][-1]
    assert "cent-buttek-bettembourg" in ids("food_help", "Dudelange")


@pytest.mark.parametrize(
    ("household", "halte", "moulin"),
    [("woman", True, False), ("man", None, False), ("family", None, True), (None, True, True)],
)
def test_who_fits_by_household(
    knowledge: Knowledge, household: Optional[Household], halte: Optional[bool], moulin: bool
) -> None:
    """Confirmed: homeless women. Only described as a home for families: last, with the reason."""
    matches = knowledge.find("emergency_housing", household=household)
    found = {m.service.id: m for m in matches}
    assert found["moulin-d-eydt"].fits is moulin
    if not moulin:
        assert "familles" in found["moulin-d-eydt"].words["fr"][-1]
        assert "Familljen" in found["moulin-d-eydt"].words["lb"][-1]
    assert (
        found["halte-de-nuit-femmes"].fits if "halte-de-nuit-femmes" in found else None
    ) is halte


def test_who_helps_to_find_help(knowledge: Knowledge) -> None:
    assert knowledge.fallback(knowledge.place("Wiltz")).id == "office-social-wiltz"
    assert knowledge.fallback(knowledge.place("Eich")).id == "office-social-vdl"
    assert knowledge.fallback(knowledge.place("Vianden")).id == "inter-actions-asbl"
    assert knowledge.fallback(None).id == "inter-actions-asbl"


def test_nobody_fits(tmp_path: Path) -> None:
    """The only service for the need is confirmed to be for others."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    path = folder / "services" / "streetsport-streetart.yml"
    content = path.read_text(encoding="utf-8")
    fact = "[{value: 12-25, source: x, reliability: official, confirmed: true}]"
    content = content.replace("  ages: null", "  ages: {min: 12, max: 25}")
    path.write_text(content.replace("age_range: null", f"age_range: {fact}"), encoding="utf-8")
    changed = load(folder)
    wiltz = changed.place("Wiltz")
    assert [m.reason for m in changed.find("street_sport", place=wiltz, age=20)] == ["near"]
    (only,) = changed.find("street_sport", place=wiltz, age=50)
    assert (only.service.id, only.reason) == ("office-social-wiltz", "ask")
    assert only.words["lb"] == ("Hei hëlleft een Iech sichen.",)


def test_at_night_an_urgent_need_is_not_answered_by_who_sleeps(knowledge: Knowledge) -> None:
    day = [m.service.id for m in knowledge.find("emergency_housing", at=DAY)]
    night = [m.service.id for m in knowledge.find("emergency_housing", at=NIGHT)]
    assert sorted(day) == sorted(night)
    # Opens at 17:00: right for tonight when it is day, no first answer at two in the night.
    assert day[0] == "premier-appel" and night.index("premier-appel") == 2
    states = [knowledge.opening(knowledge.service(s), at=NIGHT) for s in night]
    asleep = [s.open_now is False or s.kind == "appointment" for s in states]
    named = len(knowledge.needs["emergency_housing"].first)
    for group in (asleep[:named], asleep[named:]):
        assert group == sorted(group) and any(group) and not all(group)
    # Not urgent: the same order at any hour.
    assert _order(knowledge, "food_help", NIGHT) == _order(knowledge, "food_help", DAY)


def test_at_night_who_is_surely_open_goes_first(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    path = folder / "partners" / "foyer-ulysse.yml"
    text = path.read_text(encoding="utf-8")
    always = "  hours:\n  - opening_hours: 24/7\n"
    path.write_text(text.replace("  hours:\n  - value:", always + "    value:"), encoding="utf-8")
    changed, luxembourg = load(folder), load(folder).place("Luxembourg")
    night = [m.service.id for m in changed.find("emergency_housing", place=luxembourg, at=NIGHT)]
    # Obenthalt is for the whole country and named first: as near as a commune can be.
    assert night[:2] == ["foyer-obenthalt", "foyer-ulysse"]
    day = [m.service.id for m in changed.find("emergency_housing", place=luxembourg, at=DAY)]
    assert day.index("foyer-ulysse") > 2


def _order(knowledge: Knowledge, need: str, at: datetime) -> list[str]:
    return [m.service.id for m in knowledge.find(need, at=at)]


@pytest.mark.parametrize("hour", range(24))
def test_the_first_line_answers_whenever_one_does(knowledge: Knowledge, hour: int) -> None:
    """At every hour of a Tuesday."""
    at = datetime(2026, 11, 24, hour)
    crises = ("crisis_suicide", "crisis_violence", "crisis_child", "crisis_medical")
    for lines in [knowledge.crisis_lines(c, at=at) for c in crises] + [
        knowledge.need_lines(n, at=at) for n in knowledge.needs
    ]:
        answers = [knowledge.opening(line, at=at).open_now for line in lines]
        if any(answers):
            assert answers[0] is True
        closed = [a is False for a in answers]
        assert closed == sorted(closed)


def test_the_order_of_the_file_decides_between_lines_that_may_answer(knowledge: Knowledge) -> None:
    lines = [x.id for x in knowledge.crisis_lines("crisis_child", at=DAY)]
    assert lines == ["113", "kanner-jugendtelefon", "one-hotline", "116000"]
    assert [x.id for x in knowledge.crisis_lines("crisis_child", at=NIGHT)][-1] == "one-hotline"


def test_a_line_that_surely_answers_goes_before_one_with_unknown_hours(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    lines = "[kanner-jugendtelefon, sos-detresse, one-hotline]"
    text = (folder / "crisis.yml").read_text(encoding="utf-8")
    changed = re.sub(r"(crisis_child: ).*", rf"\1{lines}", text)
    (folder / "crisis.yml").write_text(changed, encoding="utf-8")
    knowledge = load(folder)
    found = [x.id for x in knowledge.crisis_lines("crisis_child", at=datetime(2026, 11, 24, 9))]
    assert found == ["one-hotline", "kanner-jugendtelefon", "sos-detresse"]
    found = [x.id for x in knowledge.crisis_lines("crisis_child", at=NIGHT)]
    assert found == ["kanner-jugendtelefon", "sos-detresse", "one-hotline"]


def test_a_point_of_its_own_decides_the_distance(knowledge: Knowledge, tmp_path: Path) -> None:
    """The crèche serves five communes; with a point it is where that is, not at the nearest."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    path = folder / "services" / "creche-babasi.yml"
    boulaide = "49.8878,5.8164"
    fact = f"[{{value: '{boulaide}', source: x, reliability: official, confirmed: true}}]"
    text = path.read_text(encoding="utf-8")
    assert "coordinates: null" in text
    path.write_text(text.replace("coordinates: null", f"coordinates: {fact}"), encoding="utf-8")

    def creche(directory: Knowledge) -> Match:
        found = directory.find("childcare", place=directory.place("Clervaux"))
        return next(m for m in found if m.service.id == "creche-babasi")

    without, having = creche(knowledge), creche(load(folder))
    assert without.place and without.place.id == "winseler"
    assert without.distance_km and round(without.distance_km) == 14
    assert having.distance_km and 20 < having.distance_km < 30
    assert having.place and having.place.id == "boulaide"
    assert "Boulaide, à environ 25 km" in having.words["fr"][0]
