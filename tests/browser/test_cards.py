"""Cards: what they show, what their links do, and what is never shown when it may be wrong."""

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from knowledge import LUXEMBOURG, dialled, load
from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.talk import answers, ask, field, log

EVERYTHING: dict[str, Any] = {
    "type": "service",
    "lang": "de",
    "id": "a-service",
    "name": "Ein Dienst",
    "summary": "Was er tut.",
    "address": "1, rue Neuve, L-1234 Luxembourg",
    "place": "Luxembourg",
    "phones": [{"number": "54 77 24 22", "label": "noch zu bestätigen (Stand 2023)"}],
    "email": "a.b+c@example.lu",
    "website": "https://example.lu/x",
    "hours_text": "Montag bis Freitag",
    "open_now": True,
    "opening": "Jetzt geöffnet, bis 17:00 Uhr",
    "next_opening": None,
    "cost": "kostenlos",
    "who": "alle",
    "languages": ["Deutsch", "Französisch"],
    "verified_on": "2026-01-01",
    "confirmed": False,
    "map_url": "https://www.openstreetmap.org/?mlat=49.6&mlon=6.1#map=17/49.6/6.1",
    "alert": "Im Dezember geschlossen.",
}
LINE: dict[str, Any] = {
    "type": "helpline",
    "lang": "de",
    "id": "a-line",
    "name": "Ein Hilfetelefon",
    "number": "116 111",
    "label": "",
    "hours_text": "Montag bis Freitag",
    "open_now": True,
    "opening": "Jetzt erreichbar",
    "languages": ["de"],
}


def shown(open_page: Open, *messages: dict[str, Any], **options: Any) -> Page:
    """A page whose first answer is these messages."""
    page = open_page("/?lang=de", **options)
    answers(page, lambda body: {**body, "messages": list(messages)} if "language" in body else body)
    ask(page, "Ich brauche Hilfe")
    return page


def test_everything_a_service_has(open_page: Open) -> None:
    page = shown(open_page, EVERYTHING)
    card = page.locator("wee-weiser .card")
    for text in (
        *("Ein Dienst", "Was er tut.", "1, rue Neuve, L-1234 Luxembourg", "Montag bis Freitag"),
        *("Jetzt geöffnet, bis 17:00 Uhr", "kostenlos", "alle", "Im Dezember geschlossen."),
        *("noch zu bestätigen (Stand 2023)", "Deutsch, Französisch", "OpenStreetMap"),
    ):
        expect(card).to_contain_text(text)
    links = card.get_by_role("link")
    addresses = links.evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    assert addresses[0] == "tel:+35254772422"
    assert EVERYTHING["map_url"] in addresses
    assert "mailto:a.b%2Bc@example.lu" in addresses
    assert "https://example.lu/x" in addresses
    assert addresses[-1].endswith("/services/a-service?lang=de")


def test_what_is_unknown_is_not_shown(open_page: Open) -> None:
    bare = dict.fromkeys(EVERYTHING) | {
        **{key: EVERYTHING[key] for key in ("type", "lang", "id", "name")},
        "phones": [],
        "languages": [],
    }
    card = shown(open_page, bare).locator("wee-weiser .card")
    expect(card).to_contain_text("Den Kontakt dieses Dienstes kenne ich nicht.")
    expect(card.locator("dl")).to_have_count(0)
    expect(card).not_to_contain_text("null")
    assert card.get_by_role("link").count() == 1


def test_a_helpline_stands_out(open_page: Open) -> None:
    page = shown(open_page, LINE, EVERYTHING)
    line, service = page.locator("wee-weiser .card").all()
    expect(line).to_contain_text("Hilfetelefon")
    call = line.get_by_role("link", name="116 111 anrufen")
    expect(call).to_have_attribute("href", "tel:116111")
    look = "(node) => [getComputedStyle(node).backgroundColor, parseFloat(getComputedStyle(node).fontSize)]"
    assert line.evaluate(look)[0] != service.evaluate(look)[0]
    number = service.get_by_role("link", name="54 77 24 22 anrufen")
    assert call.evaluate(look)[1] > number.evaluate(look)[1]


def test_every_number_of_the_directory_is_dialled_as_the_directory_says(open_page: Open) -> None:
    knowledge = load()
    now = datetime.now(LUXEMBOURG)
    numbers = {
        phone["number"]
        for service in knowledge.all_services()
        for phone in knowledge.service_card(service, "fr", at=now)["phones"]
    } | {
        knowledge.helpline_card(line, "fr", at=now)["number"]
        for line in knowledge.helplines.values()
    }
    page = open_page()
    found = page.evaluate(
        """async (numbers) => {
          const {dialled} = await import('/static/widget/dom.js');
          return numbers.map(dialled);
        }""",
        sorted(filter(None, numbers)),
    )
    assert len(found) > 30
    assert found == [dialled(number) for number in sorted(filter(None, numbers))]


def test_the_map_is_asked_only_on_a_click(open_page: Open, server: Server) -> None:
    """In the page of another site, whose headers protect nobody."""
    asked: list[str] = []
    html = "<!doctype html><html lang=de><title>A site</title><h1>Site</h1>" + server.script
    page = open_page(html=html.replace("defer", "defer data-open"))
    answers(page, lambda body: {**body, "messages": [EVERYTHING]} if "language" in body else body)
    ask(page, "Ich brauche Hilfe")
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.route("**openstreetmap**", lambda route: route.fulfill(body="a map"))
    log(page).evaluate("(node) => { node.scrollTop = 0; }")
    assert not [url for url in asked if "openstreetmap" in url]
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Auf der Karte ansehen").click()
    opened.value.wait_for_load_state()
    assert [url for url in asked if "openstreetmap" in url]
    # The map does not learn where the visitor came from.
    assert opened.value.evaluate("[document.referrer, window.opener]") == ["", None]


def test_open_now_is_not_said_later(open_page: Open) -> None:
    """After a while, and after a reload hours later, only the hours as a text are left."""
    page = shown(open_page, EVERYTHING)
    card = page.locator("wee-weiser .card")
    expect(card).to_contain_text("Jetzt geöffnet")
    page.evaluate(
        """() => {
          const state = JSON.parse(sessionStorage.getItem('weeweiser'));
          for (const entry of state.entries) entry.at -= 3 * 3600 * 1000;
          sessionStorage.setItem('weeweiser', JSON.stringify(state));
        }"""
    )
    page.reload()
    expect(card).to_contain_text("Montag bis Freitag")
    expect(card).not_to_contain_text("Jetzt geöffnet")


def test_open_now_goes_away_by_itself(open_page: Open) -> None:
    page = open_page("/?lang=de")
    page.clock.install()
    page.reload()
    answers(page, lambda body: {**body, "messages": [EVERYTHING]} if "language" in body else body)
    field(page).fill("Ich brauche Hilfe")
    field(page).press("Enter")
    page.clock.run_for(1000)
    card = page.locator("wee-weiser .card")
    expect(card).to_contain_text("Jetzt geöffnet")
    page.clock.run_for(11 * 60_000)
    expect(card).not_to_contain_text("Jetzt geöffnet")
    expect(card).to_contain_text("Montag bis Freitag")


def test_printing_a_card(open_page: Open) -> None:
    page = open_page("/?lang=de", wait=False)
    page.context.add_init_script(
        "window.print = () => { top.printed = [document.title, document.body.innerText]; }"
    )
    page.reload()
    expect(page.locator("wee-weiser .msg.bot").first).to_be_visible()
    answers(page, lambda body: {**body, "messages": [EVERYTHING]} if "language" in body else body)
    ask(page, "Ich brauche Hilfe")
    page.get_by_role("button", name="Drucken Ein Dienst").click()
    title, text = page.evaluate("window.printed")
    assert title == "Ein Dienst"
    for part in (
        "54 77 24 22 (+35254772422) – noch zu bestätigen (Stand 2023)",
        "rue Neuve",
        "Im Dezember",
    ):
        assert part in text
    # "Open now" would be wrong tomorrow.
    assert "Jetzt geöffnet" not in text
    page.evaluate(
        "document.querySelector('iframe').contentWindow.dispatchEvent(new Event('afterprint'))"
    )
    expect(page.locator("iframe")).to_have_count(0)


def test_sharing_hands_over_the_page_of_the_service(open_page: Open) -> None:
    page = shown(open_page, EVERYTHING)
    page.evaluate("navigator.share = async (what) => { window.shared = what; }")
    page.get_by_role("button", name="Teilen Ein Dienst").click()
    assert page.evaluate("window.shared.title") == "Ein Dienst"
    assert page.evaluate("window.shared.url").endswith("/services/a-service?lang=de")


def test_sharing_copies_the_address_where_nothing_else_is_there(open_page: Open) -> None:
    page = shown(open_page, EVERYTHING, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.share = undefined")
    page.get_by_role("button", name="Teilen Ein Dienst").click()
    expect(page.locator("wee-weiser .root > [role=status]")).to_have_text("Der Link ist kopiert.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/services/a-service?lang=de")


def test_a_card_kept_for_later(open_page: Open) -> None:
    page = shown(open_page, EVERYTHING)
    keep = page.get_by_role("button", name="Merken Ein Dienst")
    expect(keep).to_have_attribute("aria-pressed", "false")
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(keep).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Menü").click()
    kept = page.get_by_role("region", name="Was ich mir gemerkt habe")
    expect(kept.get_by_role("link", name="Ein Dienst")).to_have_attribute(
        "href", page.url.split("?")[0] + "services/a-service?lang=de"
    )
    expect(kept.get_by_role("link", name="54 77 24 22")).to_have_attribute(
        "href", "tel:+35254772422"
    )
    kept.get_by_role("button", name="Entfernen Ein Dienst").click()
    expect(kept.get_by_role("link")).to_have_count(0)
    expect(kept).to_be_focused()


@pytest.mark.parametrize("language", ["fr", "de", "lb"])
def test_a_card_keeps_its_own_words(open_page: Open, language: str) -> None:
    labels = {"fr": "Adresse", "de": "Öffnungszeiten", "lb": "Ëffnungszäiten"}
    page = open_page("/?lang=fr")
    card = {**EVERYTHING, "lang": language}
    answers(page, lambda body: {**body, "messages": [card]} if "language" in body else body)
    ask(page, "Bonjour")
    expect(page.locator("wee-weiser .card")).to_contain_text(labels[language])
