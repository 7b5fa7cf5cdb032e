"""What the Send API takes, written down from Meta's documents and apart from our own code.

Strict: where Meta would shorten or guess, this refuses.
"""

import re
from collections.abc import Iterator
from typing import Any, Optional

TOO_MANY_QUICK_REPLIES = 105
BAD_PARAMETER = 100
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_URL = re.compile(r"https://[^\s/]+\.?[^\s]*")
_BUTTONS = {
    "postback": {"type", "title", "payload"},
    "phone_number": {"type", "title", "payload"},
    "web_url": {"type", "title", "url"},
}
_ELEMENT = {"title", "subtitle", "buttons"}
LOCALES = {"default", "fr_FR", "fr_CA", "de_DE", "en_US", "en_GB", "pt_PT", "it_IT", "nl_NL"}


def refusal(message: Any) -> Optional[tuple[int, str]]:
    """The error code and reason a `message` body is refused with, or None."""
    if not isinstance(message, dict):
        return BAD_PARAMETER, "no message"
    if len(message.get("quick_replies") or []) > 13:
        return TOO_MANY_QUICK_REPLIES, "too many quick replies"
    reason = next(_wrong(message), None)
    return (BAD_PARAMETER, reason) if reason else None


def wrong_profile(profile: Any) -> Optional[str]:
    """Why a profile is refused, or None."""
    return next(_wrong_profile(profile), None)


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(where: str, value: Any, most: int) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{where} is empty"
    elif _size(value) > most:
        yield f"{where} has {_size(value)} of {most} characters"
    elif re.search(r"[\ud800-\udfff]", value):
        yield f"{where} is not UTF-8"


def _wrong(message: dict[str, Any]) -> Iterator[str]:
    unknown = message.keys() - {"text", "attachment", "quick_replies", "metadata"}
    if unknown:
        yield f"unknown {sorted(unknown)}"
    if ("text" in message) == ("attachment" in message):
        yield "one of text and attachment"
    if "text" in message:
        yield from _text("text", message["text"], 2000)
    if "metadata" in message:
        yield from _text("metadata", message["metadata"], 1000)
    if "quick_replies" in message:
        yield from _quick_replies(message)
    if "attachment" in message:
        yield from _attachment(message["attachment"])


def _quick_replies(message: dict[str, Any]) -> Iterator[str]:
    replies = message["quick_replies"]
    if not replies:
        yield "no quick replies"
    if "text" not in message:
        yield "quick replies without text"
    for reply in replies:
        if reply.keys() != {"content_type", "title", "payload"} or reply["content_type"] != "text":
            yield "quick reply of another shape"
            continue
        yield from _text("title", reply["title"], 20)
        yield from _text("payload", reply["payload"], 1000)
    titles = [reply.get("title") for reply in replies]
    if len(set(titles)) < len(titles):
        yield "quick replies that read the same"


def _attachment(attachment: Any) -> Iterator[str]:
    if attachment.keys() != {"type", "payload"} or attachment["type"] != "template":
        yield "another attachment than a template"
        return
    payload = attachment["payload"]
    if payload.get("template_type") == "button" and payload.keys() == {
        "template_type",
        "text",
        "buttons",
    }:
        yield from _text("template text", payload["text"], 640)
        yield from _buttons(payload["buttons"], least=1)
    elif payload.get("template_type") == "generic" and payload.keys() == {
        "template_type",
        "elements",
    }:
        if not 1 <= len(payload["elements"]) <= 10:
            yield f"{len(payload['elements'])} elements"
        for element in payload["elements"]:
            yield from _element(element)
    else:
        yield "another template"


def _element(element: dict[str, Any]) -> Iterator[str]:
    if element.keys() - _ELEMENT:
        yield "unknown part of an element"
    if len(element) < 2:
        yield "an element with a title only"
    yield from _text("element title", element.get("title"), 80)
    if "subtitle" in element:
        yield from _text("subtitle", element["subtitle"], 80)
    if "buttons" in element:
        yield from _buttons(element["buttons"], least=1)


def _buttons(buttons: Any, least: int) -> Iterator[str]:
    if not least <= len(buttons) <= 3:
        yield f"{len(buttons)} buttons"
    for button in buttons:
        if button.keys() != _BUTTONS.get(button.get("type")):
            yield "button of another shape"
            continue
        yield from _text("button title", button["title"], 20)
        if button["type"] == "phone_number" and not _E164.fullmatch(button["payload"]):
            yield "a number that is not E.164"
        if button["type"] == "postback":
            yield from _text("payload", button["payload"], 1000)
        if button["type"] == "web_url" and not _URL.fullmatch(button["url"]):
            yield "an address that is not https"


def _wrong_profile(profile: dict[str, Any]) -> Iterator[str]:
    fields = {"get_started", "greeting", "ice_breakers", "persistent_menu"}
    if not profile or profile.keys() - fields:
        yield "unknown field"
    if "get_started" in profile:
        yield from _text("payload", profile["get_started"].get("payload"), 1000)
    for field in fields - {"get_started"}:
        if field in profile:
            yield from _localized(field, profile[field])
    for entry in profile.get("greeting", []):
        yield from _text("greeting", entry.get("text"), 160)
    for entry in profile.get("ice_breakers", []):
        actions = entry.get("call_to_actions", [])
        if not 1 <= len(actions) <= 4:
            yield f"{len(actions)} ice breakers"
        for action in actions:
            yield from _text("question", action.get("question"), 80)
            yield from _text("payload", action.get("payload"), 1000)
    for entry in profile.get("persistent_menu", []):
        yield from _menu(entry)


def _localized(field: str, entries: list[dict[str, Any]]) -> Iterator[str]:
    locales = [entry.get("locale") for entry in entries]
    if "default" not in locales:
        yield f"{field} without default"
    if len(set(locales)) < len(locales) or set(locales) - LOCALES:
        yield f"{field} with unknown or repeated locales"


def _menu(entry: dict[str, Any]) -> Iterator[str]:
    if not isinstance(entry.get("composer_input_disabled"), bool):
        yield "composer_input_disabled is missing"
    actions = entry.get("call_to_actions", [])
    if not 1 <= len(actions) <= 20:
        yield f"{len(actions)} menu items"
    for action in actions:
        if action.get("type") not in ("postback", "web_url"):
            yield "a menu item of another type"
        yield from _text("menu title", action.get("title"), 30)
        if action.get("type") == "web_url" and not _URL.fullmatch(action.get("url", "")):
            yield "an address that is not https"
        if action.get("type") == "postback":
            yield from _text("payload", action.get("payload"), 1000)
