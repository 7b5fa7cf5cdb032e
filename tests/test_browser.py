"""The chat page in a real browser: a visitor asks, taps, deletes; nobody else is asked."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bot.settings import ROOT
from tests.test_rasa_cli import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"
)


@pytest.fixture(scope="module")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    database = tmp_path_factory.mktemp("browser") / "weeweiser.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=ROOT,
        env={
            **os.environ,
            "WEEWEISER_PORT": str(port),
            "WEEWEISER_DATABASE": f"sqlite:///{database}",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/healthz", timeout=2).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.5)
    yield address
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def shared_page(server: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_page(viewport={"width": 420, "height": 860}, locale="de-DE")
        browser.close()


@pytest.fixture
def page(shared_page: Page, server: str) -> Page:
    shared_page.goto(f"{server}/?lang=de")
    expect(shared_page.locator("#messages li.bot").first).to_be_visible()
    return shared_page


def ask(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_visitor_asks_and_gets_cards(page: Page) -> None:
    expect(page.locator("#messages li.bot").first).to_contain_text("automatische Assistent")
    ask(page, "Wo ist das nächste Jugendhaus in Bonneweg?")
    card = page.locator(".card h2").first
    expect(card).to_contain_text("Studio Bonnevoie")
    more = page.locator(".card").first.get_by_role("link", name="Mehr dazu")
    expect(more).to_have_attribute("href", "/services/maison-des-jeunes-studio-bonnevoie?lang=de")
    ask(page, "Ech hu Scholden")
    expect(page.locator("html")).to_have_attribute("lang", "lb")
    call = page.locator('a[href="tel:+35254772422"]')
    expect(call).to_contain_text("54 77 24 22")
    expect(page.locator(".card", has=call)).to_contain_text("nach ze confirméieren")


def test_a_crisis_shows_numbers_to_tap(page: Page) -> None:
    ask(page, "mein Mann schlägt mich")
    first = page.locator(".card.urgent a").first
    expect(first).to_have_attribute("href", "tel:113")
    expect(page.locator(".card.urgent").nth(1)).to_contain_text("2060 1060")


def test_buttons_and_deleting(page: Page) -> None:
    page.get_by_role("button", name="Jugendliche").first.click()
    page.get_by_role("button", name="Mersch").click()
    expect(page.locator(".card h2").first).to_contain_text("Mersch")
    page.locator("#erase").click()
    expect(page.locator("#messages")).to_contain_text("Das Gespräch ist gelöscht.")
    expect(page.locator(".card")).to_have_count(0)


def test_markup_is_shown_as_text(page: Page) -> None:
    ask(page, "<img src=x onerror=document.title='hacked'> ich habe Schulden")
    expect(page.locator("li.you").last).to_contain_text("<img src=x")
    assert page.title() == "Weeweiser"
    expect(page.locator("#messages img")).to_have_count(0)


def test_nobody_else_is_asked_and_no_cookie_is_set(page: Page, server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    ask(page, "ich brauche eine Wohnung")
    assert asked and all(url.startswith(server) for url in asked)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_keyboard_reaches_everything(page: Page) -> None:
    page.locator("#text").focus()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"Senden", "Français", "112"} <= reached


def test_a_lost_connection_is_said(page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "hallo")
    expect(page.locator("li.bot").last).to_contain_text("112")
    page.context.set_offline(False)
    ask(page, "ich habe Schulden")
    expect(page.locator(".card").first).to_be_visible()
