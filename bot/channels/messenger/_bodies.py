"""The shapes of the Send API: text, quick replies, buttons and templates."""

from typing import Any, Optional

from bot.channels.messenger import _limits
from bot.channels.messenger._text import split

Body = dict[str, Any]
Button = dict[str, Any]


def texts(text: str) -> list[Body]:
    """A text of any length; none when it is blank."""
    return [{"text": part} for part in split(text, _limits.TEXT)]


def quick_reply(title: str, payload: str) -> Button:
    return {"content_type": "text", "title": title, "payload": payload}


def postback(title: str, payload: str) -> Button:
    return {"type": "postback", "title": title, "payload": payload}


def link(title: str, url: str) -> Button:
    return {"type": "web_url", "title": title, "url": url}


def call(title: str, number: str) -> Button:
    """`number` in E.164."""
    return {"type": "phone_number", "title": title, "payload": number}


def template(kind: str, **content: Any) -> Body:
    payload = {"template_type": kind, **content}
    return {"attachment": {"type": "template", "payload": payload}}


def with_buttons(text: str, buttons: list[Button]) -> list[Body]:
    """A text with buttons below its beginning; what does not fit beside them follows."""
    if not buttons:
        return texts(text)
    first, *rest = split(text, _limits.TEMPLATE_TEXT)
    return [template("button", text=first, buttons=buttons), *texts("\n".join(rest))]


def element(title: str, subtitle: str, buttons: list[Button]) -> dict[str, Any]:
    """One element of a generic template; the texts within their limits."""
    shown: dict[str, Any] = {"title": title, "subtitle": subtitle}
    return {**shown, "buttons": buttons} if buttons else shown


def payload_of(body: Body) -> Optional[dict[str, Any]]:
    """The payload of a template, or None."""
    found: Optional[dict[str, Any]] = body.get("attachment", {}).get("payload")
    return found
