"""What the tests in a real browser share: Chromium, an application to look at, axe, paper."""

import io
import shutil
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pypdf import PageObject, PdfReader

from tests.test_rasa_cli import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MISSING = "no Chromium on this machine (apt-get install chromium)"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
# A busy machine takes its time; only what never comes is wrong.
expect.set_options(timeout=20_000)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Two of them cannot live side by side in one thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                # A foreign page of a test comes from nowhere; the server is on this machine.
                "--disable-features=LocalNetworkAccessChecks",
            ],
        )
        yield started
        started.close()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address at which the application answers, from a thread of this process."""
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while thread.is_alive() and not running.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(20)


def barriers(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds: the rule, the element, what is wrong with it."""
    options = {"runOnly": {"type": "tag", "values": _RULES}}
    found = Axe().run(page, options=options).response["violations"]
    return [(v["id"], n["html"][:120], n["failureSummary"]) for v in found for n in v["nodes"]]


def sheets(page: Page) -> list[PageObject]:
    """The page as printed."""
    return list(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages)


def printed(page: Page) -> str:
    """The words on paper."""
    text = " ".join(sheet.extract_text() for sheet in sheets(page))
    return unicodedata.normalize("NFKC", text)  # fonts join "fi"
