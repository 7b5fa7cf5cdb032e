"""How old a fact is at the moment of asking, and what the card says of it."""

from datetime import datetime
from typing import Any, Optional

import pytest

from knowledge import Language, load
from knowledge._facts import Fact, Facts
from knowledge._freshness import is_stale, known_on

AT = datetime(2026, 3, 15, 10, 0)


def _fact(date: Optional[str] = None, year: Optional[int] = None, **other: Any) -> Fact:
    given = {"value": "112", "source": "x", "reliability": "official", "confirmed": True}
    return Fact(**{**given, "date": date, "year": year, **other})


@pytest.mark.parametrize(
    ("date", "year", "stale"),
    [
        ("2025-03-15", None, False),
        ("2025-03-14", None, True),
        ("2025-03-16", 2025, False),
        ("2025-04", 2025, False),
        ("2025-03", 2025, True),  # may be the first of March
        ("2026", None, False),
        ("2025", None, True),
        (None, 2025, True),
        (None, 2026, False),
        (None, None, False),
        ("2024-03-15", 2024, True),
    ],
)
def test_stale_after_twelve_months(date: Optional[str], year: Optional[int], stale: bool) -> None:
    assert is_stale(_fact(date, year), AT) is stale


def test_a_leap_day() -> None:
    fact = _fact("2024-02-29")
    assert not is_stale(fact, datetime(2025, 2, 28))
    assert is_stale(fact, datetime(2025, 3, 1))


def test_undated_is_unknown() -> None:
    assert known_on(_fact()) is None


@pytest.mark.parametrize(
    ("language", "dated", "year_only"),
    [
        ("fr", "à jour en mars 2024", "à jour en 2024"),
        ("de", "Stand März 2024", "Stand 2024"),
        ("lb", "Stand Mäerz 2024", "Stand 2024"),
    ],
)
def test_an_old_fact_is_shown_with_its_date(language: Language, dated: str, year_only: str) -> None:
    knowledge = load()
    model = knowledge.service("polygone")
    facts = Facts(
        address=(_fact("2024-03-20", value="1, rue Exemple"),),
        phone=(_fact("2024-03", value="27 40 01 15"), _fact("2025-12", value="27 40 01 16")),
        hours=(_fact(None, 2024, value="Mo-Fr"),),
        email=(_fact("2024-03", value="a@i-a.lu"),),
        website=(_fact("2026-01", value="https://i-a.lu"),),
    )
    card = knowledge.service_card(model.copy(update={"facts": facts}), language, at=AT)
    assert card["address"] == f"1, rue Exemple – {dated}"
    assert card["phones"] == [
        {"number": "27 40 01 15", "label": dated},
        {"number": "27 40 01 16", "label": ""},
    ]
    assert card["hours_text"] == f"Mo-Fr – {year_only}"
    assert card["alert"].count(dated) == 1 and "E-" in card["alert"]
    assert card["confirmed"] is True


def test_every_old_fact_of_the_directory_says_its_year() -> None:
    knowledge = load()
    seen = 0
    for service in knowledge.all_services():
        card = knowledge.service_card(service, "fr", at=AT)
        for field, shown in (("address", "address"), ("hours", "hours_text")):
            for fact in service.facts.get(field):
                if is_stale(fact, AT):
                    seen += 1
                    assert str(known_on(fact))[:4] in card[shown], (service.id, field)
        for fact, phone in zip(service.facts.get("phone"), card["phones"]):
            if is_stale(fact, AT):
                seen += 1
                assert str(known_on(fact))[:4] in phone["label"], service.id
    assert seen > 20


def test_superseded_facts_are_never_shown() -> None:
    facts = Facts(
        phone=(_fact(value="112", superseded="x"), _fact(value="113")),
        hours=(_fact(value="always", superseded="x"),),
    )
    assert [f.value for f in facts.get("phone")] == ["113"]
    assert facts.get("hours") == ()
