"""Who answers a need: the right area first, then distance, then age."""

from datetime import datetime

import pytest

from knowledge import Knowledge, UnknownId, load


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
    distances = [m.distance_km for m in near if m.service.operator == "inter-actions"]
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
