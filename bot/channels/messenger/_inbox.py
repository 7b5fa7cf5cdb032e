"""The way in: what webhooks say is stored, many at a time, before each is acknowledged."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

from prometheus_client import Counter

from bot.channels.messenger._events import Batch, Event
from bot.channels.messenger._person import Door
from bot.channels.messenger._worker import now
from bot.store.messenger import Received, Reception

_log = logging.getLogger(__name__)
_events = Counter("weeweiser_messenger_events_total", "Events of webhooks", ["kind", "result"])


class NotStored(Exception):
    """The database did not take the events; Meta has to send them again."""


class Inbox:
    """Stores batches. Those that arrive while one is written are written together."""

    def __init__(
        self,
        reception: Reception,
        door: Door,
        thread: ThreadPoolExecutor,
        stored: Callable[[], None],
    ) -> None:
        self._reception = reception
        self._door = door
        self._thread = thread
        self._stored = stored
        self._waiting: list[tuple[list[Received], asyncio.Future[list[str]]]] = []
        self._writing = False

    async def take(self, batch: Batch) -> None:
        """Returns when every event is on disk. Raises NotStored."""
        for kind, count in batch.ignored.items():
            _events.labels(kind, "ignored").inc(count)
        if not batch.events:
            return
        received = [self._received(event) for event in batch.events]
        future: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, future))
        if not self._writing:
            self._writing = True
            asyncio.ensure_future(self._write())
        for event, result in zip(batch.events, await future):
            _events.labels(event.kind, result).inc()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                together, self._waiting = self._waiting, []
                results = await loop.run_in_executor(
                    self._thread, self._store, [received for received, _ in together]
                )
                for (_, future), result in zip(together, results):
                    if future.done():  # the caller went away; the events are stored all the same
                        continue
                    if isinstance(result, NotStored):
                        future.set_exception(result)
                    else:
                        future.set_result(result)
                self._stored()
        finally:
            self._writing = False

    def _store(self, together: list[list[Received]]) -> "list[list[str] | NotStored]":
        if len(together) > 1:
            try:
                flat = self._reception.receive([r for some in together for r in some], now())
                answers = iter(flat)
                return [[next(answers) for _ in some] for some in together]
            except Exception as error:
                _log.warning("messenger_stored_one_by_one error=%s", type(error).__name__)
        return [self._store_one(some) for some in together]

    def _store_one(self, some: list[Received]) -> "list[str] | NotStored":
        try:
            return self._reception.receive(some, now())
        except Exception as error:
            _log.error("messenger_not_stored error=%s", type(error).__name__)
            return NotStored()

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
