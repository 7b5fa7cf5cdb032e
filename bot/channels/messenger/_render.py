"""A reply's messages as bodies of the Send API, within the platform's limits, losing nothing."""

from itertools import groupby
from typing import Any, Optional

from bot.channels.messenger import _limits
from bot.channels.messenger._bodies import Body, payload_of, quick_reply, texts
from bot.channels.messenger._cards import helpline, services
from bot.channels.messenger._choices import choices
from bot.channels.messenger._payloads import RATE_DOWN, RATE_UP
from bot.channels.messenger._words import known, word
from bot.reply import Message

__all__ = ["Body", "more_choices", "plain", "render"]


def render(
    messages: list[Message],
    language: str,
    *,
    public_url: Optional[str] = None,
    rate: bool = False,
) -> list[Body]:
    """The `message` bodies to send, in their order.

    `public_url`: address of our pages, for "more about it". `rate`: thumbs at the end; they are
    left out when a helpline is shown. When a body offers "more…" (`_payloads.page_of`), keep the
    reply's last `choices` message: `more_choices` makes the next page of it.
    """
    bodies: list[Body] = []
    messages = [{"lang": language, **message} for message in messages]
    for kind, group in groupby(messages, key=lambda m: m.get("type")):
        some = list(group)
        if kind == "service":
            bodies += services(some, public_url)
        else:
            bodies += [body for m in some for body in _one(m, public_url)]
    in_need = any(m.get("type") == "helpline" for m in messages)
    return _rated(bodies, language) if rate and bodies and not in_need else bodies


def more_choices(message: Message, page: int) -> list[Body]:
    """Page `page` (from 1) of a `choices` message; beyond the last page, the first again."""
    return choices(message, page)


def plain(body: Body) -> list[Body]:
    """The words, numbers and addresses of a body as text only, for when it was refused."""
    lines = [body.get("text", ""), *(q["title"] for q in body.get("quick_replies", []))]
    payload = payload_of(body) or {}
    for part in [payload, *payload.get("elements", [])]:
        lines += [part.get("text", ""), part.get("title", ""), part.get("subtitle", "")]
        lines += [_said(button) for button in part.get("buttons", [])]
    return texts("\n".join(filter(None, lines)))


def _one(message: Message, public_url: Optional[str]) -> list[Body]:
    if message.get("type") == "helpline":
        return helpline(message, public_url)
    if message.get("choices"):
        return choices(message)
    return texts(message.get("text") or "")


def _rated(bodies: list[Body], language: str) -> list[Body]:
    """Thumbs beside the quick replies there are, else below the last text."""
    code = known(language)
    thumbs = [
        quick_reply(word(code, "rate_up"), RATE_UP),
        quick_reply(word(code, "rate_down"), RATE_DOWN),
    ]
    last = bodies[-1]
    replies = last.get("quick_replies", [])
    if "text" not in last or len(replies) + len(thumbs) > _limits.QUICK_REPLIES:
        # A further message would take the quick replies away from those who need them.
        return (
            bodies if replies else [*bodies, {"text": word(code, "rate"), "quick_replies": thumbs}]
        )
    return [*bodies[:-1], {**last, "quick_replies": [*replies, *thumbs]}]


def _said(button: dict[str, Any]) -> str:
    where = {"phone_number": "payload", "web_url": "url"}.get(button["type"])
    return f"{button['title']}: {button[where]}" if where else str(button["title"])
