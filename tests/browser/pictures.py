"""Takes the pictures of docs/screenshots/: `scripts/screenshots`. Needs Chromium."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from bot.model import fitting
from bot.settings import ROOT, Settings
from tests.browser.server import Server
from tests.browser.talk import ask
from tests.browsing import chromium

FOLDER = ROOT / "docs" / "screenshots"
DEBT = {"fr": "J'ai des dettes", "de": "Ich habe Schulden", "lb": "Ech hu Scholden"}
DANGER = {
    "fr": "mon mari me frappe",
    "de": "mein Mann schlägt mich",
    "lb": "mäi Mann schléit mech",
}
SITE = """<!doctype html><html lang={language}><meta charset=utf-8><title>A site</title>
<style>body {{ font: 1.1rem Georgia, serif; margin: 2rem; color: #333; max-width: 30rem }}</style>
<h1>Association</h1><p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p>
<script src="{address}/widget.js" data-open defer></script>"""


def main() -> None:
    """Writes one picture for each state and language."""
    fitting(Settings().models)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = Server(Path(folder) / "weeweiser.db")
        server.start()
        try:
            for language in ("fr", "de", "lb"):
                _take(browser, server, language)
        finally:
            server.stop()


def _take(browser: Browser, server: Server, language: str) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 700})
    address = f"{server.foreign}/site/"
    html = SITE.format(language=language, address=server.address)
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address)
    _picture(page, f"site-{language}")
    page.close()
    phone = browser.new_page(viewport={"width": 390, "height": 760})
    phone.goto(f"{server.address}/?lang={language}")
    _picture(phone, f"greeting-{language}")
    ask(phone, DEBT[language])
    _picture(phone, f"answer-{language}")
    phone.close()
    dark = browser.new_page(viewport={"width": 390, "height": 760}, color_scheme="dark")
    dark.goto(f"{server.address}/?lang={language}")
    dark.locator("wee-weiser .msg.bot").first.wait_for()
    ask(dark, DANGER[language])
    _picture(dark, f"danger-{language}")
    dark.close()


def _picture(page: Page, name: str) -> None:
    page.locator("wee-weiser .msg.bot").first.wait_for()
    page.locator("wee-weiser .human a").wait_for()
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
