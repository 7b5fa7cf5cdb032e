"""The desk's calls and referrals in a real browser: by keyboard alone, without barriers, on paper."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, BrowserContext, Page

from bot import problems
from bot.desk import create_router
from bot.desk.accounts import Accounts
from bot.desk.sheets import sheet
from bot.desk.times import today
from bot.desk.triage import Triage
from bot.settings import ROOT
from bot.store import Calls, Handoffs, Referrals, Workers, open_database
from knowledge import directory
from tests.browser.server import Server
from tests.browser.test_desk import PASSWORD, Keys, wait_for_focus
from tests.browsing import barriers, printed, serving, sheets
from tests.desk.conftest import understood
from tests.desk.test_sheets import AT, WORDS

#: From the ring to the sheet, beside the notes themselves.
MOST_STEPS = 20
NOTES = {
    "fr": "mme 34 ans, dettes, huissier demain, Esch",
    "de": "Frau 34 Jahre, Schulden, Gerichtsvollzieher morgen, Esch",
    "lb": "Fra 34 Joer, Scholden, Huissier muer, Esch",
}
#: A sign of French that a narrow screen may set at the beginning of a line.
LONELY = re.compile(r"\S+ (?=[?!:;»])|« \S*")
TITLE = {"fr": "Un service pour vous", "de": "Ein Dienst für Sie", "lb": "E Service fir Iech"}


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/desk/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")


@pytest.mark.parametrize("language", ["fr", "de", "lb"])
def test_from_the_ring_to_the_sheet(server: Server, browser: Browser, language: str) -> None:
    engine = open_database(f"sqlite:///{server.database}")
    Accounts(Workers(engine)).add(f"ring {language}", "worker", PASSWORD)
    context = browser.new_context(locale=f"{language}-LU")
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto(f"{server.address}/desk/login?lang={language}")
    sign_in(page, server.address, f"ring {language}")

    page.goto(f"{server.address}/desk/call")
    keys = Keys(page)
    wait_for_focus(page, "notes")
    page.keyboard.type(NOTES[language])
    page.wait_for_selector("#services input")
    assert page.locator("#need0").input_value() == "debt_help"
    keys.press("Tab", "Tab", "ArrowDown")  # the action: information
    keys.press("Tab", "Tab", "Tab", "Tab", "Space", "Control+Enter")
    page.wait_for_url("**/desk?saved=*")
    page.wait_for_function("document.activeElement.classList.contains('main')")
    keys.press("Shift+Tab", "Enter")
    page.wait_for_url("**/desk/calls/*")
    call = Calls(engine).get(int(page.url.rpartition("/")[2]))
    assert call and call.record["action"] == "information"
    (service,) = call.record["services"]
    page.wait_for_function("document.activeElement.matches('a[href*=\"?service=\"]')")
    keys.press("Enter")
    page.wait_for_url("**/refer?service=*")
    wait_for_focus(page, "kind")
    keys.press("ArrowDown", "Control+Enter")
    page.wait_for_url("**/desk/referrals/*")
    referral = Referrals(engine).get(int(page.url.rpartition("/")[2]))
    assert referral and (referral.call, referral.service) == (call.id, service)
    assert (referral.kind, referral.state, referral.name) == ("cold", "requested", None)
    page.wait_for_function("document.activeElement.matches('a[href$=\"/sheet\"]')")
    keys.press("Enter")
    page.wait_for_url("**/sheet")
    wait_for_focus(page, "in")
    # The call names no other language than the first of the list: French.
    assert TITLE["fr"] in page.locator("article").inner_text()
    if language != "fr":
        keys.press(*["ArrowDown"] * ("fr", "de", "lb").index(language), "Tab", "Enter")
        page.wait_for_url("**/sheet?in=*")
        assert TITLE[language] in page.locator("article").inner_text()
    name = directory().current.service(service).name.in_(language)  # type: ignore[arg-type]
    assert name in page.locator("article h2").inner_text()
    assert keys.steps <= MOST_STEPS, keys.steps
    assert wrong == []
    context.close()


class Desk(NamedTuple):
    """A desk without the model, with one call, one referral, and who signs in."""

    address: str
    calls: Calls
    call: int
    referral: int


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'desk.db'}")
    app = FastAPI()
    app.state.workers = Workers(engine)
    app.state.calls = Calls(engine)
    app.state.referrals = Referrals(engine)
    app.state.handoffs = Handoffs(engine)
    app.state.triage = Triage(understood, lambda: directory().current)
    Accounts(app.state.workers).add("anna", "worker", PASSWORD)
    problems.install(app)
    app.include_router(create_router(secure=False, public_url="https://weeweiser.example"))
    app.mount("/static", StaticFiles(directory=ROOT / "bot" / "web"))
    record = {
        "type": "counselling", "risk": "C", "needs": ["debt_help"], "place": "Esch-sur-Alzette",
        "services": ["surendettement", "polygone"], "notes": "Huissier le 20\nDonaudampfschiff" * 9,
        "wanted": "en", "outcome": "partly", "reason": "waiting_list",
    }  # fmt: skip
    more = {"consent": "agreed", "name": "Maximiliane Musterfrau-Mustermann", "phone": "621 000"}
    call = app.state.calls.add(1, record, follow_up=today() - timedelta(days=1), **more)
    for _ in range(21):
        app.state.calls.add(1, record, follow_up=today())
    longest = max(
        directory().current.all_services(),
        key=lambda s: len(sheet(directory().current, s, "fr", WORDS["fr"]["sheet"], AT).text),
    )
    state = ("cold", "requested")
    referral = app.state.referrals.add(call, 1, longest.id, *state, note="mine " * 50, **more)
    app.state.referrals.move(referral, 1, 0, "rejected", reason="full", note="none till May")
    with serving(app) as address:
        yield Desk(address, app.state.calls, call, referral)


def signed_in(browser: Browser, desk: Desk, language: str, **options: object) -> BrowserContext:
    # The checker is a script of its own, which the policy of the pages would not let in.
    context = browser.new_context(locale=f"{language}-LU", bypass_csp=True, **options)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{desk.address}/desk/login?lang={language}")
    sign_in(page, desk.address, "anna")
    return context


def wide(page: Page) -> list[str]:
    """What has to be scrolled sideways."""
    return list(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? []
              : [...document.querySelectorAll('main *')].filter((node) =>
                  node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.outerHTML.slice(0, 120))
                .concat('the page')"""
        )
    )


def paths(desk: Desk) -> list[str]:
    """Every page of calls and referrals, and the first ones of the desk."""
    call, referral = f"/desk/calls/{desk.call}", f"/desk/referrals/{desk.referral}"
    return [
        "/desk", "/desk?saved=1", "/desk/call", "/desk/calls", "/desk/calls?number=77777", call,
        f"{call}/change", f"{call}/refer", f"{call}/refer?q=Polygone",
        f"{call}/refer?service=surendettement", "/desk/referrals?state=all", referral,
        f"{referral}/sheet?client=yes",
    ]  # fmt: skip


def test_no_barrier_on_any_page(browser: Browser, desk: Desk) -> None:
    """axe, on a narrow screen in light colours and on a wide one in dark ones."""
    context = signed_in(browser, desk, "de")
    page = context.pages[0]
    found = {}

    def look(name: str) -> None:
        for width, scheme in ((320, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found[f"{name} {width} {scheme}"] = [*barriers(page), *wide(page)]

    for path in paths(desk):
        page.goto(desk.address + path)
        look(path)
    conflict(page, desk)
    look("conflict")
    context.clear_cookies()
    page.goto(f"{desk.address}/desk/login")
    look("login")
    context.close()
    assert len(found) == 30
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("language", ["fr", "lb"])
def test_no_language_is_too_wide(browser: Browser, desk: Desk, language: str) -> None:
    context = signed_in(browser, desk, language, viewport={"width": 320, "height": 800})
    page = context.pages[0]
    found = {}
    for path in paths(desk):
        page.goto(desk.address + path)
        assert page.locator("html").get_attribute("lang") == language
        found[path] = wide(page)
        if language == "fr":
            # What services write of themselves is theirs.
            own = page.locator("main")
            own.evaluate(
                "main => main.querySelectorAll('.about, article').forEach(n => n.remove())"
            )
            found[path] += LONELY.findall(own.inner_text())
    context.close()
    assert {name: what for name, what in found.items() if what} == {}


def conflict(page: Page, desk: Desk) -> None:
    """The form as it comes back when somebody else was faster."""
    page.goto(f"{desk.address}/desk/calls/{desk.call}/change")
    page.fill("#notes", "mine")
    kept = desk.calls.get(desk.call)
    assert kept
    words = {"consent": kept.consent, "name": kept.name, "phone": kept.phone}
    record = {**kept.record, "notes": "theirs", "risk": "D"}
    desk.calls.change(kept.id, 1, kept.version, record, follow_up=kept.follow_up, **words)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[role=alert] dl")
    assert "theirs" in page.locator("[role=alert]").first.inner_text()
    assert page.locator("#notes").input_value() == "mine"


def test_without_scripts_all_can_be_done(browser: Browser, desk: Desk) -> None:
    context = signed_in(browser, desk, "de", java_script_enabled=False)
    page = context.pages[0]
    page.goto(f"{desk.address}/desk/calls/{desk.call}/refer?service=polygone")
    page.check("#consent")
    page.click("main form button")
    page.wait_for_url("**/desk/referrals/*")
    assert "Maximiliane" in page.locator("main").inner_text()
    for state, more in (("accepted", {}), ("completed", {"#output": "Wohnung gefunden"})):
        page.select_option("#state", state)
        for field, text in more.items():
            page.fill(field, text)
        page.click("main form button")
        page.wait_for_load_state()
    assert "Wohnung gefunden" in page.locator("main").inner_text()
    page.goto(f"{desk.address}/desk/calls/{desk.call}")
    page.select_option("#outcome", "met")
    page.click("button[value=close]")
    page.wait_for_selector("button[value=reopen]")
    page.click("button[value=reopen]")
    page.wait_for_selector("button[value=close]")
    context.close()


def test_the_longest_sheet_is_one_page_of_paper(browser: Browser, desk: Desk) -> None:
    # Signed in once: five times a minute is the most for one name.
    context = signed_in(browser, desk, "fr")
    page = context.pages[0]
    for language in ("fr", "de", "lb"):
        path = f"/desk/referrals/{desk.referral}/sheet?in={language}&client=yes"
        page.goto(desk.address + path)
        paper = sheets(page)
        assert len(paper) == 1
        assert (round(paper[0].mediabox.width), round(paper[0].mediabox.height)) == (595, 842)
        words = printed(page)
        assert TITLE[language] in words and "Maximiliane" in words
        assert "PDF" not in words and "Weeweiser" not in words.replace("weeweiser.example", "")
    context.close()
