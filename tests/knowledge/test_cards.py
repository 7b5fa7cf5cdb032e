"""What a card says: never an unconfirmed value without the notice, never a guess."""

from datetime import datetime

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from knowledge import LANGUAGES, Knowledge, Language, dialled, load, sentences, spoken

AT = datetime(2026, 11, 24, 15, 0)
SERVICE_KEYS = {
    "type", "lang", "id", "name", "summary", "address", "place", "phones", "email", "website",
    "hours_text", "open_now", "next_opening", "cost", "who", "languages", "verified_on",
    "confirmed", "map_url", "alert", "opening",
}  # fmt: skip
HELPLINE_KEYS = {
    "type",
    "lang",
    "id",
    "name",
    "number",
    "label",
    "hours_text",
    "open_now",
    "languages",
    "opening",
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_have_the_fields_of_the_contract(knowledge: Knowledge, language: Language) -> None:
    for service in knowledge.all_services():
        card = knowledge.service_card(service, language, at=AT)
        assert set(card) == SERVICE_KEYS
        assert card["name"] and card["summary"] and card["lang"] == language
    for line in knowledge.helplines.values():
        card = knowledge.helpline_card(line, language, at=AT)
        assert set(card) == HELPLINE_KEYS


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "à confirmer"), ("de", "noch zu bestätigen"), ("lb", "nach ze confirméieren")],
)
def test_flagged_values_carry_the_notice(
    knowledge: Knowledge, language: Language, words: str
) -> None:
    for service in knowledge.all_services():
        card = knowledge.service_card(service, language, at=AT)
        for field, key in (("address", "address"), ("hours", "hours_text")):
            facts = service.facts.get(field)
            if any(not f.confirmed for f in facts):
                assert words in card[key], (service.id, key)
                assert card["confirmed"] is False
        for fact, phone in zip(service.facts.get("phone"), card["phones"]):
            assert (words in phone["label"]) is not fact.confirmed
        emails = service.facts.get("email")
        if emails and not emails[0].confirmed:
            assert words in card["alert"]
    flagged = 0
    for line in knowledge.helplines.values():
        phones = line.facts.get("phone")
        if phones and not phones[0].confirmed:
            flagged += 1
            assert words in knowledge.helpline_card(line, language, at=AT)["label"], line.id
    assert flagged


def test_sentences_begin_with_a_capital() -> None:
    assert sentences(["ouvert.", "tous les jours"]) == "ouvert. Tous les jours"
    assert sentences(["online.", "https://a.lu"]) == "online. https://a.lu"
    assert sentences([]) is None


def test_the_year_of_the_source_is_said(knowledge: Knowledge) -> None:
    card = knowledge.service_card(knowledge.association, "fr", at=AT)
    assert card["phones"] == [{"number": "49 26 60", "label": "à confirmer (information de 2019)"}]


def test_unknown_is_null(knowledge: Knowledge) -> None:
    card = knowledge.service_card(knowledge.service("maison-des-jeunes-sandweiler"), "lb", at=AT)
    assert card["address"] is card["email"] is card["hours_text"] is card["open_now"] is None
    assert card["phones"] == []


def test_a_contradicted_value_never_stands_alone(knowledge: Knowledge) -> None:
    address = knowledge.service_card(knowledge.service("a-vos-cotes"), "fr", at=AT)["address"]
    assert "rue de Strasbourg" in address
    assert "21" not in address.split("(")[0] and "27" not in address.split("(")[0]
    hours = knowledge.helpline_card(knowledge.helplines["helpline-violence"], "fr", at=AT)
    assert "les sources ne sont pas d'accord" in hours["hours_text"]


def test_general_facts_fill_what_the_house_does_not_say(knowledge: Knowledge) -> None:
    cost = knowledge.text(knowledge.service("maison-relais-nic-welter"), "cost", "fr", at=AT)
    assert cost and "chèque-service" in cost


@pytest.mark.parametrize(
    ("printed", "said", "dials"),
    [
        ("54 77 24 - 22", "54 77 24 22", "+35254772422"),
        ("(00352) 49 26 60", "49 26 60", "+352492660"),
        ("+352 28 33 85 00", "28 33 85 00", "+35228338500"),
        ("352490260", "49 02 60", "+352490260"),
        ("8002-4444", "8002 4444", "+35280024444"),
        ("2060 1060", "2060 1060", "+35220601060"),
        ("116 111", "116 111", "116111"),
        ("+352 621 148 508", "621 148 508", "+352621148508"),
        ("+352 40 21 31 904", "40 21 31 904", "+352402131904"),
        ("112", "112", "112"),
        ("2755", "2755", "2755"),
        ("45 45 45", "45 45 45", "+352454545"),
        ("12344", "12344", "12344"),
        ("00352 8002-9393", "8002 9393", "+35280029393"),
    ],
)
def test_numbers(printed: str, said: str, dials: str) -> None:
    assert spoken(printed) == said
    assert dialled(printed) == dials


def test_numbers_of_all_lines_can_be_said(knowledge: Knowledge) -> None:
    for line in knowledge.helplines.values():
        for fact in line.facts.get("phone"):
            assert spoken(fact.value).replace(" ", "").isdigit(), line.id


def test_every_number_dials_in_e164_or_is_a_short_number(knowledge: Knowledge) -> None:
    for entry in [*knowledge.all_services(), *knowledge.helplines.values()]:
        for fact in entry.facts.get("phone"):
            number = dialled(fact.value)
            if not number.startswith("+"):
                assert number in ("112", "113", "116000", "116111", "2755"), entry.id
                continue
            parsed = phonenumbers.parse(number)
            assert phonenumbers.is_valid_number(parsed), (entry.id, number)
            assert phonenumbers.format_number(parsed, PhoneNumberFormat.E164) == number
