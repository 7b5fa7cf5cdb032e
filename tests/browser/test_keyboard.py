"""The widget with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.talk import ask, field, focused, idle, log

PAGE = (
    "<!doctype html><html lang=fr><title>A site</title><body><h1>A site</h1>"
    "<p><a href=#before>Before</a></p>"
)


@pytest.fixture
def page(open_page: Open, server: Server) -> Page:
    opened = open_page(html=PAGE + server.script, wait=False)
    expect(opened.locator("wee-weiser .launcher")).to_be_visible()
    # The number comes from the server, and is a stop of the Tab key.
    expect(opened.locator("wee-weiser .human a")).to_be_attached()
    return opened


def press(page: Page, key: str, until: str, most: int = 25) -> None:
    for _ in range(most):
        page.keyboard.press(key)
        if focused(page).startswith(until):
            return
    raise AssertionError(f"{key} never leads to '{until}', last was '{focused(page)}'")


def test_a_whole_conversation(page: Page) -> None:
    press(page, "Tab", "Before", 1)
    press(page, "Tab", "Besoin d'aide ?", 1)
    page.keyboard.press("Enter")
    assert focused(page) == "text"
    expect(page.locator("wee-weiser .choices button").first).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "Dettes"
    page.keyboard.press("Enter")
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    # A choice by keyboard leaves the focus where one goes on writing.
    assert focused(page) == "text"
    page.keyboard.type("mon mari me frappe")
    page.keyboard.press("Enter")
    expect(page.locator("wee-weiser .card.urgent").first).to_be_visible()
    press(page, "Shift+Tab", "Partager")
    page.keyboard.press("Escape")
    assert focused(page) == "Besoin d'aide ?"
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_order_of_the_focus(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    expect(page.locator("wee-weiser .choices button").first).to_be_visible()
    page.locator("wee-weiser .launcher").focus()
    order = []
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") != "WEE-WEISER":
            break
        order.append(focused(page))
    assert order[:9] == [
        "Quitter vite",
        "Menu",
        "Fermer",
        "49 26 60",
        "112",
        "FR – Français",
        "DE – Deutsch",
        "LB – Lëtzebuergesch",
        "Conversation",
    ]
    assert order[9:11] == ["text", "Dettes"]
    # What the notice links to comes after the choices; then the way out of the panel is free.
    assert order[-2:] == ["Protection des données", "Envoyer"]


def test_the_way_back_out(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    expect(page.locator("wee-weiser .choices button").first).to_be_visible()
    press(page, "Shift+Tab", "Besoin d'aide ?")
    press(page, "Shift+Tab", "Before", 1)


def test_one_tab_leads_to_each_new_group(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    ask(page, "Jeunes, maison des jeunes")
    first = page.locator("wee-weiser .choices button").first
    expect(first).to_be_visible()
    assert focused(page) == "text"
    page.keyboard.press("Tab")
    assert focused(page) == first.inner_text().strip()
    group = page.get_by_role("group", name="Réponses proposées")
    expect(group).to_be_visible()
    page.keyboard.press("ArrowRight")
    assert focused(page) == page.locator("wee-weiser .choices button").nth(1).inner_text().strip()
    page.keyboard.press("ArrowLeft")
    assert focused(page) == first.inner_text().strip()


def test_enter_sends_and_shift_enter_does_not(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    expect(page.locator("wee-weiser .msg.bot").first).to_be_visible()
    page.keyboard.type("J'ai des dettes")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("et un loyer")
    assert field(page).input_value() == "J'ai des dettes\net un loyer"
    page.keyboard.press("Enter")
    expect(page.locator("wee-weiser .msg.you")).to_have_count(1)
    idle(page)


@pytest.mark.parametrize("composing", ["{isComposing: true}", "{keyCode: 229}"])
def test_enter_while_a_character_is_composed_sends_nothing(page: Page, composing: str) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    expect(page.locator("wee-weiser .msg.bot").first).to_be_visible()
    field(page).fill("schéin")
    field(page).evaluate(
        "(input) => input.dispatchEvent(new KeyboardEvent('keydown', "
        f"{{key: 'Enter', bubbles: true, cancelable: true, ...{composing}}}))"
    )
    expect(field(page)).to_have_value("schéin")
    expect(page.locator("wee-weiser .msg.you")).to_have_count(0)


def test_escape_closes_the_menu_first(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    press(page, "Shift+Tab", "Menu", 30)
    page.keyboard.press("Enter")
    menu = page.get_by_role("region", name="Menu")
    expect(menu).to_be_visible()
    assert focused(page) == "Voir les thèmes"
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert focused(page) == "Menu"
    page.keyboard.press("Escape")
    assert focused(page) == "Besoin d'aide ?"


def test_an_empty_message_is_an_error_in_text(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    expect(page.locator("wee-weiser .msg.bot").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Écrivez d'abord un message.")
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("a")
    expect(page.get_by_role("alert")).to_have_text("")
    assert field(page).get_attribute("aria-invalid") is None


def test_a_message_that_is_too_long_stays_in_the_field(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    expect(page.locator("wee-weiser .msg.bot").first).to_be_visible()
    field(page).fill("a" * 15_001)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("trop long")
    assert len(field(page).input_value()) == 15_001


@pytest.mark.parametrize("size", [(1280, 800), (360, 640), (320, 256)])
def test_what_has_the_focus_is_seen(page: Page, size: tuple[int, int]) -> None:
    """Nothing lies over it, it is in sight, and its outline is drawn."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    ask(page, "J'ai des dettes")
    page.locator("wee-weiser .panel").focus()
    seen = 0
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") != "WEE-WEISER":
            break
        found = page.evaluate(
            """() => {
              const root = document.querySelector('wee-weiser').shadowRoot;
              const at = root.activeElement;
              const box = at.getClientRects()[0];
              const over = root.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2);
              const style = getComputedStyle(at);
              return {name: at.textContent, hit: at.contains(over) || over.contains(at),
                outline: style.outlineStyle + style.outlineWidth, height: innerHeight, y: box.y};
            }"""
        )
        seen += 1
        assert found["hit"], found
        assert found["outline"] == "solid3px", found
    assert seen > 15


def test_a_long_answer_is_read_from_its_beginning(page: Page) -> None:
    page.get_by_role("button", name="Besoin d'aide ?").press("Enter")
    ask(page, "J'ai des dettes")
    ask(page, "mon mari me frappe")
    top = log(page).bounding_box()
    question = page.locator("wee-weiser .msg.you").last.bounding_box()
    assert top and question
    assert 0 <= question["y"] - top["y"] < 30
