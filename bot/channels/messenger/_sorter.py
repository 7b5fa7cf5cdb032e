"""Sorts what arrived into the queue, after it was acknowledged. Nothing is answered here."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

from sqlalchemy.exc import InterfaceError

from bot.channels.messenger._counters import events_total
from bot.channels.messenger._looking import Looking
from bot.logs import where
from bot.store import AWAY
from bot.store.messenger import Arrival, Arrivals, Reception

_log = logging.getLogger(__name__)
#: Sorted in one transaction; the queue's own work has its turn between two.
_AT_ONCE = 50
#: A rest between two: what arrives meanwhile is sorted together, at the cost of one.
_REST_SECONDS = 0.1


class Sorter(Looking):
    """Wake it when something arrived."""

    def __init__(
        self,
        arrivals: Arrivals,
        reception: Reception,
        thread: ThreadPoolExecutor,
        sorted_out: Callable[[], None],
    ) -> None:
        super().__init__(thread)
        self._arrivals = arrivals
        self._reception = reception
        self._sorted_out = sorted_out

    async def _once(self) -> bool:
        try:
            found = await self._do(self._sort)
        except Exception as error:
            _log.error("messenger_not_sorted error=%s", where(error))
            found = 0
        if found:
            self._sorted_out()
            await asyncio.sleep(_REST_SECONDS)
        return bool(found)

    def _sort(self) -> int:
        """Sorts the oldest; how many."""
        some = self._arrivals.oldest(_AT_ONCE)
        if not some:
            return 0
        try:
            return self._take(some)
        except Exception as error:
            if _is_away(error):
                raise
            _log.warning("messenger_sorted_one_by_one error=%s", where(error))
        return sum(self._alone(one) for one in some)

    def _alone(self, one: Arrival) -> int:
        try:
            return self._take([one])
        except Exception as error:
            if _is_away(error):
                raise
            _log.error("messenger_not_sorted error=%s", where(error))
            self._arrivals.stumbled(one)
            return 0

    def _take(self, some: list[Arrival]) -> int:
        events = [(one.event(), one.at) for one in some]
        results = self._reception.receive(events)
        self._arrivals.sorted_out(some)
        for (event, _), result in zip(events, results):
            events_total.labels(event.kind, result).inc()
        return len(some)


def _is_away(error: Exception) -> bool:
    """Whether the database is away or busy, which is no fault of what arrived."""
    if isinstance(error, InterfaceError):
        # SQLite's driver says so of a value it cannot take, too, and that will not pass.
        return bool(error.connection_invalidated)
    return isinstance(error, AWAY)
