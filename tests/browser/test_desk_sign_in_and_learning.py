"""In real Chromium: the way back from an OpenID provider on another site, and one key to teach."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, Page, expect

from bot import problems, review_file
from bot.desk import create_router, provider_of
from bot.settings import ROOT
from bot.store import Calls, Handoffs, Review, SignIns, Workers, open_database
from tests.browser.test_desk import wait_for_focus
from tests.browsing import barriers, serving
from tests.desk.conftest import Near, Understanding
from tests.desk.openid_provider import OpenIdProvider
from tests.desk.test_openid import settings


class Desk(NamedTuple):
    """A desk without the model, whose editors sign in elsewhere."""

    address: str
    provider: OpenIdProvider
    workers: Workers
    review: Review
    file: Path
    assistant: Understanding


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'desk.db'}")
    app, elsewhere = FastAPI(), OpenIdProvider()
    elsewhere.person["groups"] = ["Editors"]
    app.state.workers, app.state.sign_ins = Workers(engine), SignIns(engine)
    app.state.handoffs, app.state.review = Handoffs(engine), Review(engine)
    app.state.calls = Calls(engine)
    app.state.review_folder = tmp_path / "review"
    app.state.assistant = assistant = Understanding()
    app.mount("/static", StaticFiles(directory=ROOT / "bot" / "web"))
    problems.install(app)
    with serving(app) as address:
        # The provider is at 127.0.0.1: another site, so that strict cookies stay behind.
        here = address.replace("127.0.0.1", "localhost")
        provider = provider_of(settings(elsewhere.issuer, public_url=here))
        app.include_router(create_router(secure=False, public_url=here, provider=provider))
        file = app.state.review_folder / review_file.FILE
        yield Desk(here, elsewhere, app.state.workers, app.state.review, file, assistant)
    elsewhere.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="de-LU", bypass_csp=True)  # axe is a script of its own
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def enter(page: Page, desk: Desk) -> None:
    """By the association's account; the provider asks nothing."""
    page.goto(f"{desk.address}/desk/login")
    link = page.locator("a[href='/desk/oidc']")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")


def test_back_from_the_provider_one_is_signed_in(page: Page, desk: Desk) -> None:
    enter(page, desk)
    expect(page.locator("body")).to_contain_text("olga")
    olga = desk.workers.named("olga")
    assert olga and olga.role == "editor"
    held = {cookie["name"]: cookie for cookie in page.context.cookies(desk.address)}
    assert held["desk"]["sameSite"] == "Strict" and held["desk"]["httpOnly"]
    assert "desk_oidc" not in held, "the mark of the way is given back"
    assert page.locator("a[href='/desk/learning']").count() == 1
    assert page.locator("a[href='/desk/audit']").count() == 0
    # Left all groups since: back from the provider there is a sentence, and no session.
    page.locator("form[action='/desk/logout'] button").click()
    page.wait_for_url("**/desk/login?out=1")
    desk.provider.person["groups"] = []
    page.locator("a[href='/desk/oidc']").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    assert "/desk/oidc/back" in page.url and barriers(page) == []
    page.goto(f"{desk.address}/desk")
    page.wait_for_url("**/desk/login")


def test_one_key_for_each_message(page: Page, desk: Desk) -> None:
    about = {"language": "fr", "reason": "rated_down", "guesses": ["debt_help", "budget_help"]}
    desk.assistant.near = [Near("à manger", "food_help", "fr", 0.3)] * 7  # too far to steal from
    texts = ("huissier demain", "saisie de mon salaire", "bonjour", "trop cher", "des factures")
    for number, text in enumerate(texts):
        desk.review.keep(f"c{number}", "m", text, **about)  # type: ignore[arg-type]
    enter(page, desk)
    page.goto(f"{desk.address}/desk/learning")
    assert barriers(page) == []
    shown = page.locator("#text")
    left = len(texts)

    def press(key: str) -> str:
        """Answers with one key; gives what was asked about."""
        nonlocal left
        page.wait_for_function("document.activeElement.matches('#case button')")
        text = shown.input_value()
        with page.expect_navigation():
            page.keyboard.press(key)
        left -= 1
        assert desk.review.count() == left, key
        return text

    asked = [press("1"), press("2"), press("o")]
    intents = ("debt_help", "budget_help", "out_of_scope")
    held = {(one.text, one.intent) for one in review_file.read(desk.file)}
    assert held == set(zip(asked, intents))
    # In a field a key is a letter; a slash leads to the search.
    page.keyboard.press("/")
    wait_for_focus(page, "search")
    page.keyboard.type("x1")
    assert page.locator("#search").input_value() == "x1" and desk.review.count() == 2
    page.reload()
    press("x")
    # Doubtful: asked about, and taken by its own key.
    desk.assistant.near = [Near("à manger", "food_help", "fr", 0.95)] * 7
    page.wait_for_function("document.activeElement.matches('#case button')")
    page.keyboard.press("1")
    expect(page.locator("[role=alert]")).to_contain_text("food_help")
    assert desk.review.count() == 1 and barriers(page) == []
    press("!")
    assert len(review_file.read(desk.file)) == 4
