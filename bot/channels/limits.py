"""How much one client or one conversation may ask in a minute."""

import math

from fastapi import Request

from bot.limits import Limit as Limit
from bot.problems import Problem


class Limits:
    """The limits of the website: by address of the client, and by conversation."""

    def __init__(self, per_client: int, per_conversation: int) -> None:
        self._clients = Limit(per_client, kind="client")
        self._conversations = Limit(per_conversation, kind="conversation")

    def check(self, request: Request, conversation: str = "") -> None:
        """Counts a request. Raises Problem 429 with the seconds to wait."""
        client = request.client.host if request.client else ""
        together = getattr(request.app.state, "buckets", None)
        wait = self._clients.take(client, together)
        if conversation and not wait:
            wait = self._conversations.take(conversation, together)
        if wait:
            seconds = math.ceil(wait)
            raise Problem(429, "too_many", retry_after=seconds)
