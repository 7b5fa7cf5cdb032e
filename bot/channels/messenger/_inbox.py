"""The way in: what webhooks say is on disk, many at a time, before each is acknowledged."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

from bot.channels.messenger._counters import events_total
from bot.channels.messenger._events import Batch, Event
from bot.channels.messenger._person import Door
from bot.channels.messenger._worker import now
from bot.store.messenger import Arrivals, Received

_log = logging.getLogger(__name__)


class NotStored(Exception):
    """The database did not take the events; Meta has to send them again."""


class Inbox:
    """Stores batches. Those that arrive while one is written are written together.

    It has a thread of its own, and its own place on disk: an acknowledgement waits neither for the
    assistant nor for the queue.
    """

    def __init__(self, arrivals: Arrivals, door: Door, stored: Callable[[], None]) -> None:
        self._arrivals = arrivals
        self._door = door
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="messenger-in")
        self._stored = stored
        self._waiting: list[tuple[list[Received], asyncio.Future[None]]] = []
        self._writing = False

    def close(self) -> None:
        self._thread.shutdown()

    async def take(self, batch: Batch) -> None:
        """Returns when every event is on disk. Raises NotStored."""
        for kind, count in batch.ignored.items():
            events_total.labels(kind, "ignored").inc(count)
        if not batch.events:
            return
        received = [self._received(event) for event in batch.events]
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, future))
        if not self._writing:
            self._writing = True
            asyncio.ensure_future(self._write())
        await future

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                together, self._waiting = self._waiting, []
                batches = [received for received, _ in together]
                results = await loop.run_in_executor(self._thread, self._store, batches)
                for (_, future), stored in zip(together, results):
                    if future.done():  # the caller went away; the events are stored all the same
                        continue
                    if stored:
                        future.set_result(None)
                    else:
                        future.set_exception(NotStored())
                self._stored()
        finally:
            self._writing = False

    def _store(self, batches: list[list[Received]]) -> list[bool]:
        """Which of them are stored. One that cannot be does not keep the others out."""
        if len(batches) > 1:
            try:
                self._arrivals.add([event for batch in batches for event in batch], now())
                return [True] * len(batches)
            except Exception as error:
                _log.warning("messenger_stored_one_by_one error=%s", type(error).__name__)
        return [self._store_one(batch) for batch in batches]

    def _store_one(self, batch: list[Received]) -> bool:
        try:
            self._arrivals.add(batch, now())
        except Exception as error:
            _log.error("messenger_not_stored error=%s", type(error).__name__)
            return False
        return True

    def _received(self, event: Event) -> Received:
        content = {"text": event.text, "payload": event.payload}
        return Received(
            kind=event.kind,
            person=self._door.person(event.person),
            address=self._door.seal(event.person),
            once=self._door.once(event.once),
            sent_at=event.sent_at,
            content={k: v for k, v in content.items() if v is not None},
            source=event.ref,
            token=event.token,
        )
