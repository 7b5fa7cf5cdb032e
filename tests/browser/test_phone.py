"""On a cheap phone: little room, a keyboard of glass, an old browser, a line that breaks."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, show
from tests.browser.server import Server
from tests.browser.talk import ask, field, focused, log

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
}
PAGE = (
    "<!doctype html><html lang=fr><meta name=viewport content='width=device-width'>"
    "<title>A site</title><body><h1>A site</h1>"
)
OLD = "delete CSSStyleSheet.prototype.replaceSync"


def test_what_covers_half_the_screen_goes_away_after_sending(open_page: Open) -> None:
    """The keyboard of glass is there for what has the focus: the answer would lie under it."""
    page = open_page(**PHONE)
    field(page).tap()
    field(page).fill("J'ai des dettes")
    page.locator("wee-weiser .send").tap()
    expect(log(page)).to_be_focused()
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    expect(log(page)).to_be_focused()


def test_opened_by_hand_the_field_does_not_take_the_focus(open_page: Open, server: Server) -> None:
    page = open_page(html=PAGE + server.script, wait=False, **PHONE)
    page.get_by_role("button", name="Besoin d'aide ?").tap()
    expect(page.locator("wee-weiser .msg.bot").first).to_be_visible()
    assert focused(page) == "panel"


@pytest.mark.parametrize("embedded", [True, False])
@pytest.mark.parametrize("size", [(320, 480), (640, 320)])
def test_an_answer_is_in_sight_where_there_is_little_height(
    open_page: Open, server: Server, size: tuple[int, int], embedded: bool
) -> None:
    """There the panel, or the page, scrolls as a whole; it goes to where the answer begins."""
    options = {**PHONE, "viewport": {"width": size[0], "height": size[1]}}
    if embedded:
        page = open_page(html=PAGE + server.script, wait=False, **options)
        page.get_by_role("button", name="Besoin d'aide ?").tap()
    else:
        page = open_page(**options)
    for text in ("J'ai des dettes", "mon mari me frappe"):
        ask(page, text)
        asked = page.locator("wee-weiser .msg.you").last
        box = asked.bounding_box()
        assert box
        assert 0 <= box["y"] < 30, (text, box)
        expect(page.locator("wee-weiser .msg.you + .msg.bot").last).to_be_in_viewport()
    if embedded:
        assert page.evaluate("scrollY") == 0  # the page around stays where it was


def test_nothing_is_wider_than_the_smallest_phone(open_page: Open) -> None:
    page = open_page(**{**PHONE, "viewport": {"width": 280, "height": 653}})
    ask(page, "J'ai des dettes")
    assert page.evaluate("document.documentElement.scrollWidth") == 280
    page.locator("wee-weiser .head [aria-controls=menu]").tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 280


def lose(page: Page, name: str) -> None:
    page.route(f"**/static/widget/{name}", lambda route: route.abort())


@pytest.mark.parametrize("lost", ["element.js", "catalogue.js"])
@pytest.mark.parametrize(
    "language, words",
    [
        ("fr", "Besoin d'aide ?"),
        ("de-LU", "Brauchen Sie Hilfe?"),
        ("lb", "Braucht Dir Hëllef?"),
        ("", "Besoin d'aide ?"),
    ],
)
def test_where_a_part_does_not_arrive_a_link_leads_to_the_page_of_forms(
    open_page: Open, server: Server, lost: str, language: str, words: str
) -> None:
    page = open_page("", wait=False)
    lose(page, lost)
    show(page, PAGE.replace("lang=fr", f"lang='{language}'") + server.script, server)
    link = page.get_by_role("link", name=words)
    expect(link).to_have_attribute(
        "href", f"{server.address}/?lang={language[:2] or 'fr'}", timeout=10_000
    )
    expect(link).to_be_in_viewport()
    page.unroute(f"**/static/widget/{lost}")
    link.click()
    expect(page.locator("wee-weiser .msg.bot").first).to_be_visible()


def test_in_a_browser_too_old_for_the_element(open_page: Open, server: Server) -> None:
    page = open_page("", wait=False)
    page.context.add_init_script(OLD)
    show(page, PAGE + server.script.replace("defer", "defer data-lang=de"), server)
    page.get_by_role("link", name="Brauchen Sie Hilfe?").click()
    # There, too, the forms stay; they need nothing of that.
    page.locator("#text").fill("Ich habe Schulden")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(page.locator("a.call").first).to_have_attribute("href", "tel:+35254772422")


def test_the_forms_stay_until_the_widget_works(open_page: Open, server: Server) -> None:
    """A widget that fails while it begins must not leave an empty page."""
    page = open_page("", wait=False)
    failed: list[str] = []

    def break_(route: Route) -> None:
        failed.append(route.request.url)
        body = route.fetch().text().replace("#start() {", "#start() {\n    return;", 1)
        route.fulfill(body=body, content_type="text/javascript")

    page.route("**/static/widget/element.js", break_)
    page.goto(f"{server.address}/?lang=fr")
    page.wait_for_function("() => customElements.get('wee-weiser')")
    expect(page.locator("#text")).to_be_visible()
    assert failed
