"""Whatever is fed into any field, from visitor, desk or directory, is shown as text."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.talk import answers, ask, field, log
from tests.browser.test_cards import EVERYTHING, LINE

HOSTILE = {
    "markup": '<img src=x onerror="window.hacked=1"><b>bold</b><style>*{display:none}</style>',
    "script": "</script><script>window.hacked=1</script><svg onload=window.hacked=1>",
    "link": "javascript:window.hacked=1",
    "data": "data:text/html,<script>window.hacked=1</script>",
    "template": "${window.hacked=1}{{constructor.constructor('window.hacked=1')()}}",
    "turned": "\u202e24 22 77 45\u202c \u2066\u2067\u200f\u061c 112",
    "hidden": "11\u00002\u0007\u001b[31m\ufeff",
    "long": "x" * 10_000,
    "lines": "\r\n" * 50 + "end",
    "lone": "a\ud800b".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
}
ODD: list[Any] = [None, 7, True, [], {}, ["<b>"], {"toString": 1}]
TURNING = (
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u0000\u0007\ufeff"
)


def safe(page: Page) -> None:
    """Nothing ran, nothing became an element, no address is one that runs code."""
    assert page.evaluate("window.hacked") is None
    found = page.evaluate(
        """() => {
          const root = document.querySelector('wee-weiser').shadowRoot;
          return {
            foreign: root.querySelectorAll('img, b, script, style, object, embed, base').length,
            addresses: [...root.querySelectorAll('[href]')].map((a) => a.href)
              .filter((a) => !/^(https?|tel|mailto):/.test(a)),
            listeners: [...root.querySelectorAll('*')].filter((node) =>
              [...node.attributes].some((a) => a.name.startsWith('on'))).length,
            text: root.querySelector('.panel').innerText,
            wide: root.querySelector('.panel').scrollWidth - root.querySelector('.panel').clientWidth,
          };
        }"""
    )
    text = found.pop("text")
    assert found == {"foreign": 0, "addresses": [], "listeners": 0, "wide": 0}
    assert not set(text) & set(TURNING)


def filled(value: Any) -> list[dict[str, Any]]:
    """One message of each type with the value in every field, and in each field of a field."""
    texts = {key: value for key in EVERYTHING if key not in ("type", "phones", "languages")}
    service = {
        **texts,
        "type": "service",
        "phones": [{"number": value, "label": value}],
        "languages": [value],
    }
    line = {**dict.fromkeys(LINE, value), "type": "helpline"}
    choices = {
        "type": "choices",
        "text": value,
        "lang": value,
        "choices": [{"title": value, "payload": value}],
    }
    return [service, line, {"type": "text", "text": value, "lang": value}, choices, {"type": value}]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_visitor_writes(open_page: Open, name: str) -> None:
    page = open_page("/?lang=de")
    ask(page, HOSTILE[name])
    safe(page)
    shown = page.locator("wee-weiser .msg.you p").last.inner_text()
    if name in ("markup", "script", "link", "template"):
        assert shown == HOSTILE[name]
    page.reload()
    expect(page.locator("wee-weiser .msg.you")).to_have_count(1)
    safe(page)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_the_directory_holds(open_page: Open, name: str) -> None:
    page = open_page("/?lang=de", viewport={"width": 360, "height": 700})
    value = HOSTILE[name]
    answers(page, lambda body: {**body, "messages": filled(value)} if "language" in body else body)
    ask(page, "Ich brauche Hilfe")
    safe(page)
    page.locator("wee-weiser .card .actions button").last.click()
    page.get_by_role("button", name="Menü").click()
    safe(page)
    page.reload()
    expect(page.locator("wee-weiser .card")).to_have_count(2)
    safe(page)


@pytest.mark.parametrize("value", ODD, ids=str)
def test_fields_of_another_kind(open_page: Open, value: Any) -> None:
    """What is no text is no text: the rest of the answer is there."""
    page = open_page("/?lang=de")
    last = {"type": "text", "text": "Ende", "lang": "de"}
    broken = [*filled(value), {"type": "choices", "text": "?", "lang": "de", "choices": value}]
    answers(
        page, lambda body: {**body, "messages": [*broken, last]} if "language" in body else body
    )
    ask(page, "Ich brauche Hilfe")
    expect(log(page)).to_contain_text("Ende")
    expect(log(page)).not_to_contain_text("[object")
    safe(page)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_the_desk_writes(open_page: Open, name: str) -> None:
    import json

    page = open_page("/?lang=de")
    value = HOSTILE[name]
    message = {"type": "text", "text": value, "lang": value, "role": value}
    owner = {"owner": "person", "role": value, "messages": filled(value)}
    stream = "".join(
        f"id: {number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
        for number, kind, data in ((1, "owner", owner), (2, "message", message))
    )
    page.route(
        "**/events", lambda route: route.fulfill(body=stream, content_type="text/event-stream")
    )
    answers(
        page, lambda body: {**body, "messages": [], "handoff": True} if "language" in body else body
    )
    field(page).fill("Ich brauche Hilfe")
    field(page).press("Enter")
    expect(page.locator("wee-weiser .msg.person")).to_have_count(1)
    safe(page)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_an_error_says(open_page: Open, name: str) -> None:
    page = open_page("/?lang=de")
    page.route(
        "**/messages", lambda route: route.fulfill(status=422, json={"detail": HOSTILE[name]})
    )
    field(page).fill("Ich brauche Hilfe")
    field(page).press("Enter")
    expect(log(page)).to_contain_text("Nachricht nicht gesendet.")
    safe(page)
