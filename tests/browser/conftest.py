"""One real server and one real browser for all tests of the widget."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.server import Server
from tests.browsing import CHROMIUM, MISSING, chromium
from tests.channels.messenger.graph import APP_SECRET, PAGE_TOKEN, Graph, serving
from tests.channels.messenger.page import PAGE, VERIFY

PRIVACY_KEY = "9f2c41d07ab35e68" * 4
Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if CHROMIUM is None and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="package")
def graph() -> Iterator[Graph]:
    """A stand-in of Meta, over real sockets."""
    with serving() as running:
        yield running


def messenger_settings(graph: Graph) -> dict[str, str]:
    """What a server needs to talk to the stand-in."""
    named = {
        "page_token": PAGE_TOKEN, "app_secret": APP_SECRET, "graph_address": graph.address,
        "page_id": PAGE, "app_id": "1", "verify_token": VERIFY, "privacy_key": PRIVACY_KEY,
    }  # fmt: skip
    return {f"WEEWEISER_MESSENGER_{name.upper()}": value for name, value in named.items()}


@pytest.fixture(scope="package")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory, graph: Graph) -> Iterator[Server]:
    """The server the browser talks to; people also write to it over Messenger."""
    assert model.is_file()
    folder = tmp_path_factory.mktemp("widget")
    review = {"WEEWEISER_REVIEW_FOLDER": str(folder / "review")}
    started = Server(folder / "weeweiser.db", **messenger_settings(graph), **review)
    started.start()
    yield started
    started.stop()


# Torn down with this folder: two sync Playwrights cannot live side by side.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Open]:
    """Opens a page in a browser of its own (`path` "": an empty one); fails the test when a script of the page failed.

    `html`: a foreign page to show instead of ours, at another origin. Other arguments are the
    context's (viewport, locale, color_scheme, …).
    """
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    def open_(path: str = "/?lang=fr", html: str = "", wait: bool = True, **options: Any) -> Page:
        settings = {"viewport": {"width": 1280, "height": 800}, "locale": "fr-LU", **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        if html:
            show(page, html, server, **({"path": path} if path != "/?lang=fr" else {}))
        elif path:
            page.goto(server.address + path)
        if wait:
            page.locator("wee-weiser .msg.bot").first.wait_for(state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert failures == []


def show(page: Page, html: str, server: Server, path: str = "/site/", **headers: str) -> None:
    """Shows a page of another site: another origin than the server's, which is left untouched."""
    address = server.foreign + path
    page.route(
        address, lambda route: route.fulfill(body=html, content_type="text/html", headers=headers)
    )
    page.goto(address)
