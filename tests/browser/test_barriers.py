"""axe finds nothing in any state; the widget bends to small screens, large letters and colours."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.talk import answers, ask, field, idle
from tests.browsing import barriers

LAUNCH = {"fr": "Besoin d'aide ?", "de": "Brauchen Sie Hilfe?", "lb": "Braucht Dir Hëllef?"}
ASKED = {"fr": "J'ai des dettes", "de": "Ich habe Schulden", "lb": "Ech hu Scholden"}
CRISIS = {
    "fr": "mon mari me frappe",
    "de": "mein Mann schlägt mich",
    "lb": "mäi Mann schléit mech",
}


def site(server: Server, language: str, more: str = "") -> str:
    return (
        f"<!doctype html><html lang={language}><meta name=viewport content='width=device-width'>"
        "<title>A site</title><body><main><h1>A site</h1><p>Text</p></main>"
        + server.script.replace("defer", f"defer {more}")
    )


def fits(page: Page, width: int) -> bool:
    """Nothing has to be scrolled sideways, in the page or in a part of the widget."""
    return bool(
        page.evaluate(
            """(width) => document.documentElement.scrollWidth <= width
              && [...document.querySelector('wee-weiser').shadowRoot.querySelectorAll('.panel, .panel *')]
                .filter((node) => !node.closest('.vh') && getComputedStyle(node).overflowX !== 'hidden')
                .every((node) => node.clientWidth === 0 || node.scrollWidth <= node.clientWidth + 1)""",
            width,
        )
    )


def states(page: Page, language: str) -> list[tuple[str, Callable[[], None]]]:
    """Every state of the widget, in an order in which each can be reached from the one before."""
    part = page.locator("wee-weiser")

    def opened() -> None:
        page.get_by_role("button", name=LAUNCH[language]).click()
        expect(part.locator(".msg.bot").first).to_be_visible()

    def menu() -> None:
        part.locator(".head [aria-controls=menu]").click()
        expect(part.locator(".menu")).to_be_visible()

    def sure() -> None:
        part.locator(".menu > div > button").last.click()
        expect(part.locator(".sure")).to_be_visible()
        page.keyboard.press("Escape")

    def refused() -> None:
        part.locator(".send").click()
        expect(part.locator(".error")).not_to_be_empty()

    def rated() -> None:
        part.locator(".rate button").first.click()
        expect(part.locator(".rate form")).to_be_visible()

    def saved() -> None:
        part.locator(".card .actions button").last.click()
        menu()
        expect(part.locator(".menu li")).to_have_count(1)
        part.locator(".menu").press("Escape")

    def offline() -> None:
        page.context.set_offline(True)
        field(page).fill("?")
        field(page).press("Enter")
        expect(part.locator(".trouble p")).not_to_be_empty()

    def person() -> None:
        page.context.set_offline(False)
        answers(page, lambda body: {**body, "handoff": True})
        ask(page, ASKED[language])
        idle(page)

    return [
        ("closed", lambda: None),
        ("greeting", opened),
        ("error", refused),
        ("menu", menu),
        ("sure", sure),
        ("answer", lambda: ask(page, ASKED[language])),
        ("rated", rated),
        ("saved", saved),
        ("crisis", lambda: ask(page, CRISIS[language])),
        ("offline", offline),
        ("person", person),
    ]


#: Width, height, colour scheme, forced colours. 320 by 256 is 1280 by 1024 at 400 %.
LOOKS: list[tuple[int, int, Literal["light", "dark"], Literal["active", "none"]]] = [
    (1280, 800, "light", "none"),
    (1280, 800, "dark", "none"),
    (320, 800, "light", "none"),
    (320, 800, "dark", "none"),
    (320, 256, "light", "none"),
    (1280, 800, "light", "active"),
    (1280, 800, "dark", "active"),
]


@pytest.mark.parametrize("language", ["fr", "de", "lb"])
def test_no_barrier_in_any_state(open_page: Open, server: Server, language: str) -> None:
    page = open_page(html=site(server, language), wait=False, bypass_csp=True)
    expect(page.locator("wee-weiser .launcher")).to_be_visible()
    found = {}
    for name, reach in states(page, language):
        reach()
        for width, height, scheme, forced in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, forced_colors=forced)
            wide = [] if fits(page, width) else [("wide", "", "")]
            found[f"{name} {width}x{height} {scheme} {forced}"] = barriers(page) + wide
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="light", forced_colors="none")
    assert len(found) == 77
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_in_the_page(open_page: Open, scheme: str) -> None:
    for language in ("fr", "de", "lb"):
        page = open_page(f"/?lang={language}", color_scheme=scheme, bypass_csp=True)
        assert barriers(page) == []
        ask(page, ASKED[language])
        assert barriers(page) == []


@pytest.mark.parametrize("color", ["#ffd500", "#123", "rgb(120, 120, 120)", "tomato"])
def test_any_colour_of_a_site_can_be_read(open_page: Open, server: Server, color: str) -> None:
    page = open_page(html=site(server, "fr", f'data-color="{color}"'), wait=False, bypass_csp=True)
    page.get_by_role("button", name=LAUNCH["fr"]).click()
    ask(page, ASKED["fr"])
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_and_what_has_the_focus_stand_out(open_page: Open, scheme: str) -> None:
    """WCAG 1.4.11, which axe does not measure: 3:1 for edges of fields, outlines, pressed buttons."""
    page = open_page(color_scheme=scheme)
    ask(page, ASKED["fr"])
    page.locator("wee-weiser .rate button").first.click()
    expect(page.locator("wee-weiser .rate input")).to_be_visible()
    page.locator("wee-weiser .head [aria-controls=menu]").click()
    found = page.evaluate(
        """() => {
          const root = document.querySelector('wee-weiser').shadowRoot;
          const part = (value) => { value /= 255;
            return value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4; };
          const light = (color) => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number);
            return .2126 * part(r) + .7152 * part(g) + .0722 * part(b); };
          const contrast = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
            return (a + .05) / (b + .05); };
          const behind = (node) => { for (let at = node; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (!/, 0\\)$/.test(color)) return color; } };
          const found = {};
          for (const name of ['textarea', '.rate input']) {
            const node = root.querySelector(name);
            found[name] = contrast(getComputedStyle(node).borderTopColor, behind(node.parentElement));
          }
          for (const name of ['textarea', '.menu button', '.exit', '.card a', '.bar a', '.rate button', '#keep']) {
            const node = root.querySelector(name);
            node.focus({focusVisible: true});
            const style = getComputedStyle(node);
            found['outline of ' + name] = style.outlineWidth === '3px'
              ? contrast(style.outlineColor, behind(node.parentElement)) : 0;
          }
          const [on, off] = root.querySelectorAll('.menu fieldset button');
          found.pressed = contrast(getComputedStyle(on).backgroundColor, getComputedStyle(off).backgroundColor);
          return found;
        }"""
    )
    assert len(found) == 10
    assert {name: value for name, value in found.items() if value < 3} == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_every_target_is_large_enough(open_page: Open, server: Server, width: int) -> None:
    page = open_page(html=site(server, "de"), wait=False, viewport={"width": width, "height": 800})
    expect(page.locator("wee-weiser .launcher")).to_be_visible()
    small = {}
    for name, reach in states(page, "de"):
        reach()
        small[name] = page.evaluate(
            """() => [...document.querySelector('wee-weiser').shadowRoot.querySelectorAll('a, button, input, textarea, label[for=keep]')]
              .filter((node) => node.checkVisibility())
              .map((node) => [node.textContent.trim() || node.id, node.getBoundingClientRect()])
              .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
              .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
        )
    assert {name: what for name, what in small.items() if what} == {}


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("size", [0, 2])
def test_wide_text_spacing_cuts_nothing(
    open_page: Open, server: Server, width: int, size: int
) -> None:
    """WCAG 1.4.12, and the largest letters of the menu."""
    page = open_page(html=site(server, "de"), wait=False, viewport={"width": width, "height": 800})
    page.get_by_role("button", name=LAUNCH["de"]).click()
    ask(page, ASKED["de"])
    page.locator("wee-weiser .head [aria-controls=menu]").click()
    page.locator("wee-weiser .menu fieldset").first.get_by_role("button").nth(size).click()
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`* { line-height: 1.5em !important; letter-spacing: .12em !important;
            word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
          document.querySelector('wee-weiser').shadowRoot.adoptedStyleSheets.push(sheet);
        }"""
    )
    cut = page.evaluate(
        """() => [...document.querySelector('wee-weiser').shadowRoot.querySelectorAll('.panel *')]
          .filter((node) => node.checkVisibility() && !node.closest('.vh, svg, .log, .menu, textarea'))
          .filter((node) => node.tagName === 'BUTTON' || node.tagName === 'P')
          .filter((node) => getComputedStyle(node).display !== 'inline')
          .filter((node) => node.scrollHeight > node.clientHeight + 2 || node.scrollWidth > node.clientWidth + 2)
          .map((node) => node.textContent)"""
    )
    assert cut == []
    assert fits(page, width)


def test_nothing_moves_for_who_wants_no_motion(open_page: Open) -> None:
    moving = (
        "() => [...document.querySelector('wee-weiser').shadowRoot.querySelectorAll('*')]"
        ".map((node) => getComputedStyle(node))"
        ".filter((s) => s.animationName !== 'none' || s.transitionDuration !== '0s' || s.scrollBehavior === 'smooth').length"
    )
    still = open_page(reduced_motion="reduce")
    assert still.evaluate(moving) == 0
    assert open_page().evaluate(moving) > 0


def test_dark_is_dark(open_page: Open) -> None:
    """So that the checks above look at two different widgets."""
    paper = "() => getComputedStyle(document.querySelector('wee-weiser').shadowRoot.querySelector('.panel')).backgroundColor"
    assert open_page(color_scheme="light").evaluate(paper) == "rgb(245, 246, 244)"
    assert open_page(color_scheme="dark").evaluate(paper) == "rgb(20, 25, 27)"


def test_the_number_of_a_human_is_at_the_same_place_in_every_state(
    open_page: Open, server: Server
) -> None:
    page = open_page(html=site(server, "fr"), wait=False)
    expect(page.locator("wee-weiser .launcher")).to_be_visible()
    places = set()
    for name, reach in states(page, "fr"):
        reach()
        if name == "closed":
            continue
        link = page.locator("wee-weiser .bar a").first
        expect(link).to_have_attribute("href", "tel:+352492660")
        box = link.bounding_box()
        assert box
        places.add((round(box["x"]), round(box["y"])))
    assert len(places) == 1
