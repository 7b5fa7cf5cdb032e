"""What an operator does: set up the page, play recorded webhooks again, look after dead letters."""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import aiohttp

from bot.channels.messenger import _profile
from bot.channels.messenger._client import GraphClient, GraphError, NotConfigured
from bot.settings import Settings
from bot.store.messenger import DeadLetter, Records, create_tables, open_arrivals, open_engine

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
_TIMEOUT = aiohttp.ClientTimeout(20.0)  # as long as Meta waits
#: Milliseconds since 1970, in the webhooks.
_TIMES = ("time", "timestamp", "watermark")


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


async def replay(
    settings: Settings, file: Path, address: str, *, fresh: bool = False
) -> AsyncIterator[Replayed]:
    """Posts each line of a file to a webhook's address, signed as Meta signs it, in order.

    Blank lines are left out; others are sent as they are, so that bad ones can be tried too.
    `fresh`: as if the newest came now, and none ever came before (old and known ones are ignored).
    Raises NotConfigured without app secret, OSError when the file cannot be read.
    """
    if settings.messenger_app_secret is None:
        raise NotConfigured("set WEEWEISER_MESSENGER_APP_SECRET")
    secret = settings.messenger_app_secret.get_secret_value().strip().encode()
    lines = file.read_bytes().splitlines()
    if fresh:
        lines = _fresh(lines)
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            signature = hmac.new(secret, line, hashlib.sha256).hexdigest()
            headers = {
                "Content-Type": "application/json",
                "X-Hub-Signature-256": f"sha256={signature}",
            }
            try:
                async with client.post(address, data=line, headers=headers) as response:
                    status: Optional[int] = response.status
            except (aiohttp.ClientError, asyncio.TimeoutError):
                status = None
            yield Replayed(number, status)


def dead_letters(settings: Settings) -> list[DeadLetter]:
    """What could not be sent, oldest first."""
    return _records(settings).dead_letters()


def resend(settings: Settings, letter: int) -> bool:
    """Has the running server send a dead letter again; False: there is no such letter."""
    return _records(settings).resend(letter, int(time.time() * 1000))


def _records(settings: Settings) -> Records:
    engine = open_engine(settings.database)
    create_tables(engine)
    return Records(engine, open_arrivals(settings.database))


def _fresh(lines: list[bytes]) -> list[bytes]:
    """The lines with new times and message ids; what is no JSON stays as it is."""
    read = [_read(line) for line in lines]
    newest = max((moment for value in read for moment in _moments(value)), default=0)
    shift, mark = int(time.time() * 1000) - newest, f"_{secrets.token_hex(4)}"
    renewed = (_renewed(value, shift, mark) for value in read)
    return [
        line if value is None else json.dumps(value, ensure_ascii=False).encode()
        for line, value in zip(lines, renewed)
    ]


def _read(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _moments(value: Any) -> list[int]:
    if isinstance(value, list):
        return [moment for item in value for moment in _moments(item)]
    if not isinstance(value, dict):
        return []
    own = [v for k, v in value.items() if k in _TIMES and isinstance(v, int)]
    return own + [moment for item in value.values() for moment in _moments(item)]


def _renewed(value: Any, shift: int, mark: str) -> Any:
    if isinstance(value, list):
        return [_renewed(item, shift, mark) for item in value]
    if not isinstance(value, dict):
        return value
    renewed = {k: _renewed(v, shift, mark) for k, v in value.items()}
    for key, item in renewed.items():
        if key in _TIMES and isinstance(item, int):
            renewed[key] = item + shift
        elif key == "mid" and isinstance(item, str):
            renewed[key] = item + mark
    return renewed
