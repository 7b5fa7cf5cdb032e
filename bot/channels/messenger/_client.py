"""The Graph API's Send API: one call, its answer, or an error that says what to do."""

from dataclasses import dataclass
from typing import Any, Literal, Optional

from bot.channels.messenger._errors import (
    Blocked,
    GraphError,
    OutsideWindow,
    RateLimited,
    Refused,
    Temporary,
    TokenInvalid,
    UnknownPerson,
)
from bot.settings import Settings

__all__ = [
    "Blocked",
    "GraphClient",
    "GraphError",
    "OutsideWindow",
    "RateLimited",
    "Refused",
    "Sent",
    "Temporary",
    "TokenInvalid",
    "UnknownPerson",
]

Action = Literal["typing_on", "typing_off", "mark_seen"]
#: Meta's own app, in which people of the page answer.
PAGE_INBOX = 263902037430900


@dataclass(frozen=True)
class Sent:
    """What the platform calls the message it took."""

    message_id: str


class GraphClient:
    """Sends for one page. Create it in the running loop, `await aclose()` it at the end."""

    def __init__(self, settings: Settings) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError

    async def send(self, recipient: str, body: dict[str, Any], tag: Optional[str] = None) -> Sent:
        """Sends one `message` body of `render`; `tag` as `_window.tag_for` gives it.

        Raises Temporary, RateLimited, TokenInvalid, Refused, OutsideWindow, UnknownPerson, Blocked.
        """
        raise NotImplementedError

    async def action(self, recipient: str, action: Action) -> None:
        """Shows "seen" or "typing". Never raises: an answer does not depend on it."""
        raise NotImplementedError

    async def pass_thread(self, recipient: str, app: int = PAGE_INBOX, note: str = "") -> None:
        """Gives the conversation to another app: by default people in the page's inbox."""
        raise NotImplementedError

    async def take_thread(self, recipient: str, note: str = "") -> None:
        """Takes the conversation back."""
        raise NotImplementedError
