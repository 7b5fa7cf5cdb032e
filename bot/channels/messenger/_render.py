"""A reply's messages as bodies of the Send API, within the platform's limits, losing nothing."""

from typing import Any, Optional

from bot.reply import Message

Body = dict[str, Any]


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
    raise NotImplementedError


def more_choices(choices: Message, page: int) -> list[Body]:
    """Page `page` (from 2) of a `choices` message; beyond the last page, the first again."""
    raise NotImplementedError


def plain(body: Body) -> list[Body]:
    """The words, numbers and addresses of a body as text only, for when it was refused."""
    raise NotImplementedError
