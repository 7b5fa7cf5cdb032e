"""Meta's webhook: verified, signed, stored, acknowledged. Nothing is answered here."""

import hashlib
import hmac
import time
from typing import Optional

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from bot.channels.messenger._channel import Messenger
from bot.channels.messenger._events import Unreadable, events_of, parse
from bot.channels.messenger._inbox import NotStored
from bot.problems import Problem

PATH = "/webhooks/messenger"
_PREFIX = "sha256="


def add_routes(router: APIRouter) -> None:
    """Adds what Meta calls."""

    @router.get(PATH, response_class=PlainTextResponse)
    async def verify(request: Request) -> PlainTextResponse:
        """Meta's question when the webhook is set up: answers its challenge when the word fits."""
        ours = channel_of(request).secrets
        asked = request.query_params
        token = asked.get("hub.verify_token", "").encode()
        challenge = asked.get("hub.challenge", "")
        fits = hmac.compare_digest(token, ours.verify_token.encode())
        if asked.get("hub.mode") != "subscribe" or not fits or not challenge.isalnum():
            raise Problem(403, "messenger_verify")
        return PlainTextResponse(challenge)

    @router.post(PATH, response_class=PlainTextResponse)
    async def receive(request: Request) -> Response:
        """Events of the page, signed by Meta. Acknowledged once they are stored."""
        channel = channel_of(request)
        raw = await request.body()
        header = request.headers.get("x-hub-signature-256")
        if not is_signed(raw, header, channel.secrets.app_secret):
            raise Problem(403, "messenger_signature")
        try:
            payload = parse(raw)
        except Unreadable as error:
            raise Problem(400, "bad_json") from error
        batch = events_of(payload, channel.ours, int(time.time() * 1000))
        try:
            await channel.inbox.take(batch)
        except NotStored as error:
            # The one answer that makes Meta send it again.
            raise Problem(503, "messenger_not_stored") from error
        return PlainTextResponse("EVENT_RECEIVED")


def is_signed(raw: bytes, header: Optional[str], secret: bytes) -> bool:
    """Whether the header is the SHA-256 signature of exactly these bytes."""
    expected = hmac.new(secret, raw, hashlib.sha256).hexdigest()
    given = (header or "").encode("latin-1", "replace")
    return hmac.compare_digest(given, (_PREFIX + expected).encode())


def channel_of(request: Request) -> Messenger:
    """The running channel. Raises Problem 404 when Messenger is not set up."""
    channel: Optional[Messenger] = getattr(request.app.state, "messenger", None)
    if channel is None:
        raise Problem(404, "not_found")
    return channel
