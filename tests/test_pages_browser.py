"""The public pages in a real browser: without JavaScript, on paper, for screen readers."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.channels import pages
from bot.settings import ROOT
from knowledge import LANGUAGES, load
from tests.browsing import barriers, chromium, needs_chromium, printed, serving, sheets

pytestmark = needs_chromium
AT = datetime(2026, 11, 24, 15, 0)
#: Much known, nothing known, a map point, a helpline, the list, an unknown entry.
EXAMPLES = [
    "/services/surendettement",
    "/services/foyer-obenthalt",
    "/services/wanteraktioun-coordination-de-terrain",
    "/helplines/sos-detresse",
    "/services",
    "/services/nothing",
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    app = FastAPI()
    app.include_router(pages.create_router(clock=lambda: AT))
    app.mount("/static", StaticFiles(directory=ROOT / "bot" / "web"))
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def scriptless(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_on_one_sheet(
    scriptless: BrowserContext, server: str, language: str
) -> None:
    knowledge = load()
    page = scriptless.new_page()
    names = [f"/services/{service.id}" for service in knowledge.all_services()]
    names += [f"/helplines/{name}" for name in knowledge.helplines]
    too_long = {}
    for name in names:
        page.goto(f"{server}{name}?lang={language}")
        if (count := len(sheets(page))) != 1:
            too_long[name] = count
    page.close()
    assert too_long == {}


def test_paper_says_what_is_needed(scriptless: BrowserContext, server: str) -> None:
    page = scriptless.new_page()
    page.goto(f"{server}/services/surendettement?lang=fr")
    sheet, text = sheets(page)[0], printed(page)
    page.close()
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
    for said in ("54 77 24 22", "à confirmer", "Page du 24.11.2026", "dettes-net.lu"):
        assert said in text
    # "Open now" would be wrong tomorrow.
    assert "Ouvert maintenant" not in text and "Imprimer" not in text


def test_everything_is_there_without_javascript(scriptless: BrowserContext, server: str) -> None:
    asked: list[str] = []
    page = scriptless.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/services")
    page.locator("main").get_by_role("link", name="Conseil en surendettement").first.click()
    expect(page.locator("h1")).to_have_text("Conseil en surendettement")
    expect(page.locator("a.call")).to_have_attribute("href", "tel:+35254772422")
    expect(page.locator(".state")).to_contain_text("Ouvert maintenant, jusqu'à 17h00")
    page.get_by_role("link", name="Lëtzebuergesch").click()
    expect(page.locator("html")).to_have_attribute("lang", "lb")
    expect(page.locator(".code svg")).to_be_visible()
    # What needs a script stays away.
    expect(page.locator("button:visible")).to_have_count(0)
    assert asked and all(url.startswith(server) for url in asked)
    assert scriptless.cookies() == []
    page.close()


def test_the_policy_stops_nothing_of_ours(browser: Browser, server: str) -> None:
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{server}/services/maison-relais-eimab?lang=de")
    expect(page.get_by_role("button", name="Drucken")).to_be_visible()
    data = page.evaluate(
        "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)"
    )
    assert data["@type"] == "Service"
    assert page.evaluate("getComputedStyle(document.querySelector('.code')).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert said == []
    page.close()


def test_sharing_hands_over_the_canonical_address(browser: Browser, server: str) -> None:
    page = browser.new_page()
    page.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    page.goto(f"{server}/services/streetwork?lang=fr")
    page.get_by_role("button", name="Partager").click()
    assert page.evaluate("window.shared.url") == f"{server}/services/streetwork?lang=fr"
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_is_found(
    browser: Browser, server: str, language: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # for axe itself
    )
    page = context.new_page()
    for path in EXAMPLES:
        page.goto(f"{server}{path}?lang={language}")
        assert barriers(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_dark_is_dark(browser: Browser, server: str) -> None:
    """So that the check above looks at two different pages."""

    def paper(page: Page) -> str:
        page.goto(f"{server}/services/streetwork")
        found: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        return found

    dark = browser.new_page(color_scheme="dark")
    light = browser.new_page(color_scheme="light")
    assert (paper(light), paper(dark)) == ("rgb(245, 246, 244)", "rgb(20, 25, 27)")
