"""Answers as Messenger shows them: within its limits, losing nothing, the number first."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messenger._cards import e164
from bot.channels.messenger._payloads import RATE_DOWN, RATE_UP, page_of
from bot.channels.messenger._render import more_choices, plain, render
from bot.channels.messenger._words import catalogue
from bot.settings import ROOT
from knowledge import LANGUAGES, LUXEMBOURG, load
from tests.channels.messenger.graph import said
from tests.channels.messenger.graph_rules import refusal

KNOWLEDGE = load()
NOW = datetime(2026, 11, 28, 10, tzinfo=LUXEMBOURG)
SITE = "https://weeweiser.example"

language = st.sampled_from(LANGUAGES)
words = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["Mat engem Mënsch schwätzen", "Ech brauch Hëllef. " * 110, "👩‍👩‍👦 " * 260, "x" * 2100]
)
maybe = st.none() | words
texts = st.builds(lambda text, lang: {"type": "text", "text": text, "lang": lang}, words, language)
choice = st.fixed_dictionaries({"title": words, "payload": words})
choices = st.builds(
    lambda text, lang, some: {"type": "choices", "text": text, "lang": lang, "choices": some},
    words,
    language,
    st.lists(choice, max_size=30),
)
phone = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["54 77 24 22", "112", "621 123 456", "116 111", ""]),
        "label": words,
    }
)
links = st.none() | st.just("https://www.openstreetmap.org/?mlat=49.6&mlon=6.1#map=17/49.6/6.1")
services = st.fixed_dictionaries(
    {
        "type": st.just("service"),
        "lang": language,
        "id": st.sampled_from(["surendettement", "é/ü?"]),
        **dict.fromkeys(("name", "summary", "address", "place", "email", "website"), maybe),
        **dict.fromkeys(("hours_text", "opening", "cost", "who", "alert"), maybe),
        "phones": st.lists(phone, max_size=3),
        "languages": st.lists(words, max_size=3),
        "verified_on": st.sampled_from([None, "2025", "2025-04-30"]),
        "map_url": links,
    }
)
helplines = st.fixed_dictionaries(
    {
        "type": st.just("helpline"),
        "lang": language,
        "id": st.just("sos-detresse"),
        "number": st.sampled_from(["45 45 45", "112", None]),
        **dict.fromkeys(("name", "label", "hours_text", "opening"), maybe),
        "languages": st.lists(st.sampled_from(["lb", "fr", "pt", "??"]), max_size=3),
    }
)
replies = st.lists(texts | choices | services | helplines, max_size=6)


def card(**known: Any) -> dict[str, Any]:
    """A service of which only this is known."""
    fields = ("summary", "address", "email", "website", "hours_text", "cost", "who", "map_url")
    nothing = dict.fromkeys((*fields, "verified_on", "alert", "opening"))
    lists: dict[str, Any] = {"phones": [], "languages": []}
    base = {"type": "service", "lang": "fr", "id": "x", "name": "Service X"}
    return {**base, **nothing, **lists, **known}


def offer(count: int, lang: str = "fr", text: str = "Quel thème ?") -> dict[str, Any]:
    options = [{"title": f"Thème {i}", "payload": f"/theme_{i}"} for i in range(1, count + 1)]
    return {"type": "choices", "lang": lang, "text": text, "choices": options}


def taps(bodies: list[dict[str, Any]]) -> list[str]:
    """Every payload that can be tapped."""
    found = []
    for body in bodies:
        payload = body.get("attachment", {}).get("payload", {})
        buttons = payload.get("buttons", []) + body.get("quick_replies", [])
        found += [b["payload"] for b in buttons if "payload" in b]
    return found


def _elements(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    payloads = [b["attachment"]["payload"] for b in bodies if "attachment" in b]
    return [e for p in payloads for e in p.get("elements", [])]


# Long texts are the point here.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(deadline=None)
@given(replies, language, st.sampled_from([None, SITE]), st.booleans())
def test_whatever_is_answered_the_platform_takes_it(
    reply: list[dict[str, Any]], lang: str, site: str, rate: bool
) -> None:
    for body in render(reply, lang, public_url=site, rate=rate):
        assert refusal(body) is None
        for text_only in plain(body):
            assert refusal(text_only) is None
            assert text_only.keys() == {"text"}


@settings(deadline=None)
@given(st.lists(texts, max_size=4), language)
def test_every_word_of_a_text_arrives(reply: list[dict[str, Any]], lang: str) -> None:
    sent = "".join(body["text"] for body in render(reply, lang))
    wanted = "".join(
        m["text"].encode("utf-16", "surrogatepass").decode("utf-16", "replace") for m in reply
    )
    assert re.sub(r"\s", "", sent) == re.sub(r"\s", "", wanted)


def _real_cards() -> Iterator[tuple[str, dict[str, Any]]]:
    for lang in LANGUAGES:
        for service in KNOWLEDGE.all_services():
            yield lang, KNOWLEDGE.service_card(service, lang, at=NOW)
        for line in KNOWLEDGE.helplines.values():
            yield lang, KNOWLEDGE.helpline_card(line, lang, at=NOW)


def test_every_entry_of_the_directory_is_shown_whole() -> None:
    for lang, entry in _real_cards():
        bodies = render([entry], lang, public_url=SITE)
        assert [refusal(body) for body in bodies] == [None] * len(bodies)
        shown = re.sub(r"\s+", " ", "\n".join(said(body) for body in bodies))
        fields = ("name", "summary", "address", "hours_text", "email", "website", "who", "cost")
        for field in (*fields, "alert", "opening", "number", "label"):
            if entry.get(field):
                assert re.sub(r"\s+", " ", entry[field].strip()) in shown, (entry["id"], field)
        for phone in entry.get("phones", []):
            assert phone["number"] in shown
            assert phone["label"] in shown


def test_a_call_button_dials_exactly_the_number_that_is_shown() -> None:
    seen = 0
    for lang, entry in _real_cards():
        for body in render([entry], lang):
            payload = body.get("attachment", {}).get("payload", {})
            for part in [payload, *payload.get("elements", [])]:
                for button in part.get("buttons", []):
                    if button["type"] == "phone_number":
                        seen += 1
                        digits = re.sub(r"\D", "", button["payload"])
                        assert digits.startswith("352")
                        shown = re.sub(r"\D", "", said(body))
                        assert digits[3:] in shown, entry["id"]
    assert seen > 100


@pytest.mark.parametrize(
    ("printed", "dialled"),
    [
        ("54 77 24 22", "+35254772422"),
        ("(+352) 45 45 45", "+352454545"),
        ("8002 1234", "+35280021234"),
        ("621 123 456", "+352621123456"),
        ("112", None),
        ("116 111", None),
        ("2755", None),
        ("+33 1 42 68 53 00", None),
        ("", None),
        ("pas de numéro", None),
    ],
)
def test_numbers_are_dialled_as_e164_and_short_ones_not_at_all(printed: str, dialled: Any) -> None:
    assert e164(printed) == dialled


def test_services_can_be_called_found_and_read_about() -> None:
    known = card(
        phones=[{"number": "54 77 24 22", "label": "à confirmer"}],
        map_url="https://www.openstreetmap.org/#map=17/1/2",
        opening="Ouvert jusqu'à 17h00.",
    )
    first, text = render([known, known], "fr", public_url=SITE)
    assert len(_elements([first])) == 2
    shown = _elements([first])[0]
    assert shown["subtitle"] == "54 77 24 22 – à confirmer · Ouvert jusqu'à 17h00."
    assert [(b["type"], b["title"], b.get("payload") or b["url"]) for b in shown["buttons"]] == [
        ("phone_number", "Appeler 54 77 24 22", "+35254772422"),
        ("web_url", "Voir sur la carte", "https://www.openstreetmap.org/#map=17/1/2"),
        ("web_url", "En savoir plus", f"{SITE}/services/x?lang=fr"),
    ]
    assert text["text"].splitlines()[:3] == [
        "Service X",
        "Ouvert jusqu'à 17h00.",
        "Téléphone : 54 77 24 22 – à confirmer",
    ]


def test_a_service_of_which_nothing_is_known_is_still_shown() -> None:
    for lang, unknown in (
        ("fr", "Ses coordonnées ne me sont pas connues."),
        ("de", "Die Kontaktdaten sind mir nicht bekannt."),
        ("lb", "D'Kontaktdate si mir net bekannt."),
    ):
        bodies = render([card(lang=lang)], lang)
        assert all(refusal(body) is None for body in bodies)
        assert "buttons" not in _elements(bodies)[0]
        assert unknown in said(bodies[1])


def test_a_helpline_of_which_nothing_is_known_says_so() -> None:
    nothing = {"type": "helpline", "lang": "de", "id": "x", "languages": []}
    (body,) = render([nothing], "de", public_url=SITE)
    assert refusal(body) is None
    assert "nicht bekannt" in said(body)


def test_a_button_whose_payload_would_change_on_the_way_is_only_read() -> None:
    message = offer(2)
    message["choices"][0]["payload"] = "/theme_1 "
    message["choices"][1]["payload"] = "\ud800"
    (body,) = render([message], "fr")
    assert body == {"text": "Quel thème ?\nThème 1\nThème 2"}


def test_the_text_of_one_service_is_not_torn_to_fill_a_message() -> None:
    short, long = card(summary="Une phrase. " * 60), card(summary="Une phrase. " * 120)
    _, *written = render([short, short, long], "fr")
    assert [said(body).count("Service X") for body in written] == [2, 1]
    assert all(said(body).startswith("Service X") for body in written)


def test_eleven_services_are_two_carousels() -> None:
    bodies = render([card(id=str(i)) for i in range(11)], "fr")
    assert [len(_elements([b])) for b in bodies if "attachment" in b] == [10, 1]


def test_a_helpline_stands_alone_with_its_number_first() -> None:
    line = KNOWLEDGE.helpline_card(KNOWLEDGE.helplines["sos-detresse"], "lb", at=NOW)
    (body,) = render([line], "lb", public_url=SITE)
    payload = body["attachment"]["payload"]
    assert payload["text"].startswith(line["number"])
    assert line["name"] in payload["text"]
    assert payload["buttons"][0]["type"] == "phone_number"
    assert "👍" not in payload["text"]


def test_the_emergency_number_has_no_button_that_would_ring_nowhere() -> None:
    line = KNOWLEDGE.helpline_card(KNOWLEDGE.helplines["112"], "de", at=NOW)
    (body,) = render([line], "de")
    assert body["text"].startswith("112")
    assert body["text"].splitlines()[0] == line["name"], "which begins with the number"


def test_three_choices_are_buttons_that_stay() -> None:
    (body,) = render([offer(3)], "fr")
    payload = body["attachment"]["payload"]
    assert payload["text"] == "Quel thème ?"
    assert [b["payload"] for b in payload["buttons"]] == ["/theme_1", "/theme_2", "/theme_3"]


def test_a_long_question_before_buttons_is_said_whole() -> None:
    question = "Voici une longue explication. " * 60
    *before, last = render([offer(2, text=question)], "fr")
    assert all(refusal(body) is None for body in [*before, last])
    assert "".join(said(b) for b in [*before, last]).count("longue explication.") == 60


def test_thirteen_choices_are_one_page_of_quick_replies() -> None:
    (body,) = render([offer(13)], "fr")
    assert len(body["quick_replies"]) == 13
    assert not any(page_of(payload) for payload in taps([body]))


@settings(deadline=None)
@given(st.integers(14, 90))
def test_more_choices_are_turned_page_by_page_and_all_are_reached(count: int) -> None:
    message = offer(count)
    bodies = render([message], "fr")
    reached = []
    page = 1
    while True:
        assert all(refusal(body) is None for body in bodies)
        *shown, turn = taps(bodies)
        reached += shown
        following = page_of(turn)
        assert following is not None
        if following == 1:
            break
        page = following
        bodies = more_choices(message, page)
    assert reached == [c["payload"] for c in message["choices"]]
    assert more_choices(message, page + 1) == render([message], "fr")


def test_titles_that_would_read_the_same_are_numbered_and_said_in_full() -> None:
    message = offer(2)
    message["choices"][0]["title"] = "Maison des jeunes de Gasperich"
    message["choices"][1]["title"] = "Maison des jeunes de Bonnevoie"
    (body,) = render([message], "fr")
    titles = [b["title"] for b in body["attachment"]["payload"]["buttons"]]
    assert titles == ["1. Maison des…", "2. Maison des…"]
    assert "1. Maison des jeunes de Gasperich\n2. Maison des jeunes de Bonnevoie" in said(body)


def test_a_cut_title_is_said_in_full_above() -> None:
    message = offer(1)
    message["choices"][0]["title"] = "Consultation sociale de quartier"
    (body,) = render([message], "fr")
    assert said(body) == "Quel thème ?\n– Consultation sociale de quartier\nConsultation…"


def test_a_choice_that_cannot_be_a_button_is_still_read() -> None:
    message = offer(2)
    message["choices"][1]["payload"] = "/" + "x" * 1000
    (body,) = render([message], "fr")
    assert taps([body]) == ["/theme_1"]
    assert "Thème 2" in said(body)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_title_of_the_dialogue_fits_or_has_a_short_form(lang: str) -> None:
    """Whoever adds a long title gives it a short one in bot/wording/messenger_titles.yml."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    titles = {KNOWLEDGE.words(lang, key) for key in ("elsewhere", "unknown_age")}
    titles |= {about.label.in_(lang) for about in KNOWLEDGE.needs.values()}
    for variations in domain["responses"].values():
        for variation in variations:
            if variation["condition"][0]["value"] == lang:
                titles |= {b["title"] for b in variation.get("buttons") or []}
    short = catalogue("messenger_titles.yml")[lang]
    assert {t for t in titles if len(t) > 20} - short.keys() == set()
    assert short.keys() - titles == set(), "no longer said"
    assert [s for s in short.values() if len(s) > 20] == []
    assert len(set(short.values())) >= len(short) - 2


def test_the_words_are_there_in_every_language_and_fit() -> None:
    cards = catalogue("messenger_cards.yml")
    assert set(cards) == set(LANGUAGES)
    for lang in LANGUAGES:
        assert cards[lang].keys() == cards["fr"].keys()
        for key in ("call", "map", "more", "next", "back", "rate_up", "rate_down"):
            assert len(cards[lang][key].encode("utf-16-le")) // 2 <= 20, (lang, key)
        assert len(cards[lang]["call_number"].format(number="54 77 24 22")) <= 20


def test_thumbs_stand_below_an_answer() -> None:
    *_, last = render([card()], "lb", rate=True)
    assert taps([last]) == [RATE_UP, RATE_DOWN]
    *_, asked = render([offer(2)], "lb", rate=True)
    assert asked["text"] == "Ass dës Äntwert hëllefräich?"
    (shared,) = render([offer(5)], "lb", rate=True)
    assert taps([shared])[-2:] == [RATE_UP, RATE_DOWN]
    (full,) = render([offer(13)], "lb", rate=True)
    assert RATE_UP not in taps([full])
    assert render([card()], "lb") == render([card()], "lb", rate=False)
    assert RATE_UP not in taps(render([card()], "lb"))


def test_thumbs_are_never_shown_with_a_helpline() -> None:
    line = KNOWLEDGE.helpline_card(KNOWLEDGE.helplines["112"], "fr", at=NOW)
    after = {"type": "text", "text": "Je reste là.", "lang": "fr"}
    assert RATE_UP not in taps(render([card(), line, after], "fr", rate=True))


def test_a_message_of_an_unknown_kind_is_said_by_its_text() -> None:
    assert render([{"type": "new", "text": "Moien"}], "lb") == [{"text": "Moien"}]
    assert render([{"type": "new"}], "lb") == []
    assert render([], "lb", rate=True) == []


def test_plain_keeps_numbers_and_addresses() -> None:
    known = card(phones=[{"number": "54 77 24 22", "label": ""}])
    (body, _) = render([known], "fr", public_url=SITE)
    (text,) = plain(body)
    assert "+35254772422" in text["text"]
    assert f"{SITE}/services/x?lang=fr" in text["text"]
    (body,) = render([offer(5)], "fr")
    assert "Thème 5" in plain(body)[0]["text"]
