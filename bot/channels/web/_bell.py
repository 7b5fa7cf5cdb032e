"""Wakes the streams of a conversation when something happened in it, in any process."""

import asyncio
from collections import defaultdict
from contextlib import contextmanager
from typing import Iterator

from sqlalchemy.engine import Engine

from bot.store import Listening

#: Seconds between two looks where nobody wakes, and where a hint may only have been missed.
_ALONE, _WOKEN = 1.0, 5.0


class Bell:
    """`start()` it in the loop of the streams, `stop()` it at the end."""

    def __init__(self, engine: Engine) -> None:
        self._listening = Listening(engine, self._heard)
        self._streams: dict[str, set[asyncio.Event]] = defaultdict(set)
        #: How long a stream waits before it looks without being woken.
        self.pause = _WOKEN if self._listening.able else _ALONE
        #: The server stops: streams end, and pages come back to another process.
        self.ending = False

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening.start()

    def stop(self) -> None:
        self._listening.stop()

    def end_streams(self) -> None:
        """From any thread, also from a signal."""
        self.ending = True
        self._loop.call_soon_threadsafe(self._wake_all)

    @contextmanager
    def woken(self, conversation: str) -> Iterator[asyncio.Event]:
        """An event that is set when something happened in the conversation."""
        event = asyncio.Event()
        self._streams[conversation].add(event)
        try:
            yield event
        finally:
            self._streams[conversation].discard(event)
            if not self._streams[conversation]:
                del self._streams[conversation]

    def _heard(self, conversation: str) -> None:
        self._loop.call_soon_threadsafe(self._wake, conversation)

    def _wake(self, conversation: str) -> None:
        for event in self._streams.get(conversation, ()):
            event.set()

    def _wake_all(self) -> None:
        for conversation in list(self._streams):
            self._wake(conversation)
