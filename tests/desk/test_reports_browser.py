"""Reports and a person's data in a real browser: barriers, small screens, light and dark."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser
from sqlalchemy.engine import Engine

from bot import problems
from bot.desk import create_router
from bot.desk.accounts import Accounts
from bot.guard import add_guard
from bot.settings import ROOT, Settings
from bot.store import Calls, Count, Counts, Handoffs, People, Spans, Workers
from knowledge import LANGUAGES, LUXEMBOURG
from tests.browsing import barriers, chromium, needs_chromium, serving
from tests.desk.conftest import PASSWORD

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    """A desk with a month of numbers and a call."""
    app = FastAPI()
    app.state.workers, app.state.calls = Workers(engine), Calls(engine)
    app.state.counts, app.state.spans = Counts(engine), Spans(engine)
    app.state.people, app.state.handoffs = People(engine), Handoffs(engine)
    problems.install(app)
    app.include_router(create_router(secure=False))
    app.mount("/static", StaticFiles(directory=ROOT / "bot" / "web"))
    add_guard(app, Settings())
    Accounts(app.state.workers).add("carla", "manager", PASSWORD)
    month = (datetime.now(LUXEMBOURG).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    numbers = {Count(month, "turn", "", "web", language): 50 for language in LANGUAGES}
    for n, commune in enumerate(("wiltz", "luxembourg", "esch-sur-alzette", "clervaux", "")):
        numbers[Count(month, "need", "debt_help", "web", "fr", commune)] = 4 + 7 * n
        numbers[Count(month, "need", "emergency_housing", "web", "lb", commune)] = 12
    app.state.counts.add(numbers)
    app.state.calls.add(1, {"type": "counselling"}, consent="words", name="Eva Beispill")
    with serving(app) as served:
        yield served


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers_and_no_wider_than_a_phone(
    address: str,
    browser: Browser,
    engine: Engine,
    tmp_path: Path,
    scheme: Literal["light", "dark"],
) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, color_scheme=scheme, locale="de-DE"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/desk/login")
    page.fill("#name", "carla")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")

    page.goto(f"{address}/desk/reports")
    assert page.locator("svg.chart").count() == page.locator("table").count() >= 4
    assert page.locator("svg.chart circle").count() > 10
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with page.expect_download() as download:
        page.click("text=XLSX")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.set_viewport_size({"width": 1100, "height": 900})
    page.screenshot(path=tmp_path / "reports.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto(f"{address}/desk/person")
    page.fill("#name", "Eva Beispill")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=chosen]")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.click("button[formaction$=erase]")
    page.wait_for_selector("[role=alert]")
    assert Calls(engine).get(1), "not without confirmation"
    page.check("[name=sure]")
    page.click("button[formaction$=erase]")
    page.wait_for_selector("[role=status]")
    assert Calls(engine).get(1) is None
    context.close()
