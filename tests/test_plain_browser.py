"""The chat without JavaScript in a real browser: conversations, barriers, paper, going back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.app import create_app
from bot.channels.html import catalogue
from bot.settings import Settings
from knowledge import LANGUAGES, Language, load
from tests.browsing import barriers, chromium, needs_chromium, printed, serving

pytestmark = needs_chromium
DEBTS = {"fr": "j'ai des dettes", "de": "ich habe Schulden", "lb": "ech hu Scholden"}
DANGER = {"fr": "je veux mourir", "de": "ich will sterben", "lb": "ech wëll stierwen"}
SEND = {"fr": "Envoyer", "de": "Senden", "lb": "Schécken"}
PERSON = {
    "fr": "Parler à une personne",
    "de": "Mit einem Menschen sprechen",
    "lb": "Mat engem Mënsch schwätzen",
}


@pytest.fixture(scope="module")
def app(model: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    database = tmp_path_factory.mktemp("plain") / "weeweiser.db"
    settings = Settings(database=f"sqlite:///{database}", deadline_seconds=60)
    return create_app(settings, model)


@pytest.fixture(scope="module")
def server(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 420, "height": 800})
    context.set_default_timeout(60_000)
    yield context
    context.close()


def say(page: Page, language: Language, text: str) -> None:
    page.locator("#text").fill(text)
    page.get_by_role("button", name=SEND[language], exact=True).click()
    expect(page.locator("li.you .words").last).to_have_text(text)


def cry(page: Page, language: Language) -> None:
    """Says that one wants to die: the words are not kept, so that only the answer appears."""
    page.locator("#text").fill(DANGER[language])
    page.get_by_role("button", name=SEND[language], exact=True).click()
    expect(page.locator(".card.urgent").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_conversation(
    scriptless: BrowserContext, server: str, app: FastAPI, language: Language
) -> None:
    asked: list[str] = []
    page = scriptless.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/?lang={language}")
    expect(page.locator("li.bot").first).to_contain_text("Weeweiser")
    say(page, language, DEBTS[language])
    # The newest exchange is what one sees first, wherever the page is long.
    assert page.url.endswith("#latest")
    expect(page.locator("#latest")).to_be_in_viewport()
    name = load().service("surendettement").name.in_(language)
    card = page.locator(".card", has_text=name).first
    expect(card.locator("a.call")).to_have_attribute("href", "tel:+35254772422")
    with page.context.expect_page() as opened:
        card.locator('a[href^="/services/"]').click()
    expect(opened.value.locator("h1")).to_have_text(name)
    opened.value.close()
    page.locator(".choices").first.get_by_role("button", name=PERSON[language]).click()
    expect(page.locator("li.you .words").last).to_have_text(PERSON[language])
    expect(page.locator("li.bot").last).to_contain_text("49 26 60")
    cry(page, language)
    first = page.locator("#latest .card.urgent").first
    expect(first.locator("a.call")).to_have_attribute("href", "tel:112")
    expect(first.locator("a.call")).to_be_in_viewport()
    page.reload()
    expect(page.locator("li.you")).to_have_count(2)
    page.go_back()
    expect(page.locator("li.you")).to_have_count(2)
    page.go_forward()
    say(page, language, "<b>merci</b>")
    expect(page.locator("li.you")).to_have_count(3)
    assert scriptless.cookies() == []
    assert asked and all(url.startswith(server) for url in asked)
    page.locator("summary").click()
    page.locator("details button").click()
    expect(page.locator('[role="status"]')).to_be_visible()
    expect(page.locator("li.you")).to_have_count(0)
    page.close()


def test_another_language_for_all_texts(scriptless: BrowserContext, server: str) -> None:
    page = scriptless.new_page()
    page.goto(f"{server}/?lang=fr")
    say(page, "fr", DEBTS["fr"])
    page.locator("#text").fill("pas encore fini")
    page.get_by_role("button", name="Lëtzebuergesch").click()
    expect(page.locator("html")).to_have_attribute("lang", "lb")
    expect(page.locator("#text")).to_have_value("pas encore fini")
    expect(page.get_by_role("button", name="Schécken", exact=True)).to_be_visible()
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_rated(scriptless: BrowserContext, server: str, language: Language) -> None:
    page = scriptless.new_page()
    page.goto(f"{server}/?lang={language}")
    say(page, language, DEBTS[language])
    words = {code: catalogue("chat")[code] for code in LANGUAGES}[language]
    group = page.get_by_role("group", name=words["useful"])
    page.locator("#text").fill("...")
    group.get_by_role("button", name=words["rate_down"], exact=True).click()
    expect(group.get_by_role("status")).to_have_text(words["thanks"])
    expect(group).to_be_in_viewport()
    pressed = group.get_by_role("button", pressed=True)
    expect(pressed).to_have_text(words["rate_down"])
    expect(page.locator("#text")).to_have_value("...")
    word = group.get_by_role("textbox", name=words["one_word"])
    word.fill("xyz")
    # In a field of one line Enter would press some button of the page.
    word.press("Enter")
    expect(word).to_have_value("xyz\n")
    group.get_by_role("button", name=words["send_word"]).click()
    expect(word).to_have_count(0)
    expect(group.get_by_role("status")).to_have_text(words["thanks"])
    expect(page.locator("li.you")).to_have_count(1)
    page.close()


def test_leaving_quickly(scriptless: BrowserContext, server: str) -> None:
    page = scriptless.new_page()
    page.route("https://www.meteolux.lu/", lambda route: route.fulfill(body="sunny"))
    page.goto(f"{server}/?lang=de")
    say(page, "de", DEBTS["de"])
    page.get_by_role("button", name="Schnell weg").click()
    expect(page.locator("body")).to_have_text("sunny")
    page.go_back()
    expect(page.locator("li.you")).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text(DEBTS["de"])
    page.close()


def test_by_keyboard_alone(scriptless: BrowserContext, server: str) -> None:
    page = scriptless.new_page()
    page.goto(f"{server}/?lang=fr")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        # No script runs in the page; the browser says what has the focus.
        focused = page.locator(":focus")
        reached.append(f"{focused.get_attribute('id') or ''} {focused.inner_text()}".strip())
        if reached[-1].startswith("text"):
            break
    assert reached[0] == "Aller au contenu"
    for wanted in ("Quitter vite", "112", "49 26 60", "Dettes"):
        assert any(wanted in name for name in reached), wanted
    page.keyboard.type("j'ai des dettes")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("li.you .words")).to_have_text("j'ai des dettes")
    page.close()


def test_on_paper(scriptless: BrowserContext, server: str) -> None:
    page = scriptless.new_page()
    page.goto(f"{server}/?lang=fr")
    say(page, "fr", DEBTS["fr"])
    text = printed(page)
    page.close()
    for said in ("j'ai des dettes", "54 77 24 22", "à confirmer", "112"):
        assert said in text
    for said in ("Envoyer", "Quitter vite", "Ouvert maintenant", "Effacer"):
        assert said not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_is_found(
    browser: Browser, server: str, language: Language, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # for axe itself
    )
    context.set_default_timeout(60_000)
    # The page's own script makes it the widget; here the page of forms is looked at.
    context.route("**/static/page.js", lambda route: route.abort())
    page = context.new_page()

    def look(where: str) -> None:
        assert barriers(page) == [], where
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where
        small = page.evaluate(
            "[...document.querySelectorAll('button, summary, a.call, a.button')]"
            ".filter(e => e.checkVisibility())"
            ".map(e => [e.textContent, e.getBoundingClientRect()])"
            ".filter(([, b]) => b.height < 24 || b.width < 24).map(([t]) => t)"
        )
        assert small == [], where

    for path in ("/privacy", "/accessibility", "/"):
        page.goto(f"{server}{path}?lang={language}")
        look(path)
    say(page, language, DEBTS[language])
    look("cards")
    page.locator(".rate button").first.click()
    expect(page.locator("#word")).to_be_visible()
    look("rated")
    cry(page, language)
    look("danger")
    context.close()


def test_the_policy_stops_nothing_of_ours(browser: Browser, server: str) -> None:
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/?lang=de", "/privacy", "/docs"):
        page.goto(f"{server}{path}")
        page.wait_for_load_state("networkidle")
    assert said == []
    page.close()
