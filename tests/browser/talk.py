"""What the tests do in the widget, as a visitor does it."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.watched_logs import WATCH


def widget(page: Page) -> Locator:
    return page.locator("wee-weiser")


def log(page: Page) -> Locator:
    return page.locator("wee-weiser [role=log]")


def field(page: Page) -> Locator:
    return page.locator("wee-weiser textarea")


def ask(page: Page, text: str) -> None:
    """Writes a message and waits for what comes back."""
    before = page.locator("wee-weiser .msg.bot").count()
    WATCH.hear(text)
    field(page).fill(text)
    field(page).press("Enter")
    expect(page.locator("wee-weiser .msg.bot").nth(before)).to_be_visible()
    idle(page)


def idle(page: Page) -> None:
    """Waits until nothing is on its way."""
    page.wait_for_function(
        "() => JSON.parse(sessionStorage.getItem('weeweiser') || '{\"outbox\": []}').outbox.length === 0"
    )


def state(page: Page) -> dict[str, Any]:
    """What the widget keeps in the tab."""
    found: dict[str, Any] = json.loads(page.evaluate("sessionStorage.getItem('weeweiser')"))
    return found


def focused(page: Page) -> str:
    """The name of what has the focus, inside the widget or outside."""
    name: str = page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
          return at.id || at.getAttribute('aria-label') || at.textContent.trim();
        }"""
    )
    return " ".join(name.split())


def answers(page: Page, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Changes what the server answers to messages, and what it greets with, before it arrives."""

    def handle(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        response = route.fetch()
        route.fulfill(response=response, json=change(response.json()))

    page.route("**/api/conversations", handle)
    page.route("**/messages", handle)
