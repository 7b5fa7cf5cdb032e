"""What an operator does: set up the page, play recorded webhooks again, look after dead letters."""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import httpx

from bot.channels.messenger import _profile
from bot.channels.messenger._client import GraphClient, GraphError, NotConfigured
from bot.settings import Settings
from bot.store.messenger import DeadLetter, Records, create_tables, open_engine

__all__ = [
    "GraphError",
    "NotConfigured",
    "Replayed",
    "Setup",
    "dead_letters",
    "replay",
    "resend",
    "set_up",
]
_TIMEOUT = httpx.Timeout(20.0)  # as long as Meta waits


@dataclass(frozen=True)
class Setup:
    """The fields that differ from the page's, and the lines that go (-) and come (+)."""

    fields: list[str]
    lines: list[str]


@dataclass(frozen=True)
class Replayed:
    """What the server answered to a line of the file; `status` is None when it did not."""

    line: int
    status: Optional[int]


async def set_up(settings: Settings, *, apply: bool) -> Setup:
    """Compares the page's profile with ours and, with `apply`, sets what differs.

    Raises NotConfigured, GraphError.
    """
    client = GraphClient(settings)
    try:
        present = await client.profile(list(_profile.FIELDS))
        ours = _profile.wanted(settings.public_url)
        changes = _profile.changes(present, ours)
        if changes and apply:
            await client.set_profile(changes)
        return Setup(list(changes), list(_profile.difference(present, ours)))
    finally:
        await client.aclose()


async def replay(settings: Settings, file: Path, address: str) -> AsyncIterator[Replayed]:
    """Posts each line of a file to a webhook's address, signed as Meta signs it, in order.

    Blank lines are left out; others are sent as they are, so that bad ones can be tried too.
    Raises NotConfigured without app secret, OSError when the file cannot be read.
    """
    if settings.messenger_app_secret is None:
        raise NotConfigured("set WEEWEISER_MESSENGER_APP_SECRET")
    secret = settings.messenger_app_secret.get_secret_value().strip().encode()
    lines = file.read_bytes().splitlines()
    async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            signature = hmac.new(secret, line, hashlib.sha256).hexdigest()
            headers = {
                "Content-Type": "application/json",
                "X-Hub-Signature-256": f"sha256={signature}",
            }
            try:
                response = await client.post(address, content=line, headers=headers)
            except httpx.HTTPError:
                yield Replayed(number, None)
            else:
                yield Replayed(number, response.status_code)


def dead_letters(settings: Settings) -> list[DeadLetter]:
    """What could not be sent, oldest first."""
    return _records(settings).dead_letters()


def resend(settings: Settings, letter: int) -> bool:
    """Has the running server send a dead letter again; False: there is no such letter."""
    return _records(settings).resend(letter, int(time.time() * 1000))


def _records(settings: Settings) -> Records:
    engine = open_engine(settings.database)
    create_tables(engine)
    return Records(engine)
