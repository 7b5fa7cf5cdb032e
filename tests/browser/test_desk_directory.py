"""The directory editor with the keyboard only, and a visitor who asks meanwhile."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from bot.store import Workers, open_database
from tests.browser.server import Server
from tests.browsing import barriers

#: What the issue allows between a save and the assistant's answer.
MOST_SECONDS = 5.0
HOME = "/desk/directory/services/surendettement"


def signed_in(server: Server, browser: Browser) -> Page:
    workers = Workers(open_database(f"sqlite:///{server.database}"))
    key = workers.open(workers.add("edith", "editor", "no hash"))
    context = browser.new_context(locale="fr-FR", viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": "desk", "value": key, "url": server.address}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def tab_to(page: Page, selector: str, most: int = 400) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def asked(server: Server) -> str:
    """What a visitor is told of debts: by the assistant, in its own process."""
    with httpx.Client(base_url=server.address, timeout=60) as client:
        begun = client.post("/api/conversations", json={"lang": "fr"}).json()
        answer = client.post(
            f"/api/conversations/{begun['id']}/messages",
            json={"text": "J'ai des dettes, où trouver de l'aide au surendettement ?"},
            headers={"Authorization": f"Bearer {begun['token']}"},
        )
        return answer.text


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One of its own: what is edited stays edited."""
    started = Server(tmp_path / "edited.db")
    started.start()
    yield started
    started.stop()


def test_an_edit_with_the_keyboard_reaches_visitors(server: Server, browser: Browser) -> None:
    before = asked(server)
    assert "Conseil en surendettement" in before and "24 87 33 44" not in before
    page = signed_in(server, browser)
    for path in ("/desk/directory?q=surend", HOME, f"{HOME}/edit", "/desk/directory/new/helplines"):
        page.goto(server.address + path)
        assert barriers(page) == [], path
        assert fits(page), path

    page.goto(f"{server.address}{HOME}")
    tab_to(page, "a[href$='/edit']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    tab_to(page, "[name='facts.phone.0.value']")
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    page.keyboard.press("Enter")  # the first button: a preview, nothing is saved by a slip
    page.wait_for_selector("#wrong")
    assert barriers(page) == []
    tab_to(page, "#wrong a")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "facts-phone-0-value"
    page.keyboard.press("Control+a")
    page.keyboard.type("24 87 33 44")
    page.keyboard.press("Enter")
    page.wait_for_selector("#preview")
    assert "24 87 33 44" in page.locator("#preview").inner_text()
    assert barriers(page) == [] and fits(page)
    assert page.evaluate("document.activeElement.value") == "save"
    page.keyboard.press("Enter")
    page.wait_for_url("**?said=saved")
    saved = time.monotonic()
    while "24 87 33 44" not in (told := asked(server)):
        assert time.monotonic() - saved < MOST_SECONDS, told[:500]
    page.goto(f"{server.address}{HOME}/history")
    assert barriers(page) == [] and fits(page)
    page.context.close()
