"""How much one name may ask in a minute: a bucket of tokens for each.

Where several processes share a database, they count together; each counts by itself, too, so that
what one refuses costs the database nothing, and a database that is away opens no door.
"""

import logging
import time
from typing import Callable, Optional, Protocol

from sqlalchemy.exc import SQLAlchemyError

_log = logging.getLogger(__name__)
#: So many buckets are looked through for full ones, which need not be remembered.
_MANY = 10_000


class Together(Protocol):
    """Buckets that several processes share; bot.store has them."""

    def take(self, name: str, per_minute: int) -> float: ...


class Limit:
    """`per_minute` requests for each name at once, then as many a minute. 0: no limit.

    `kind` tells its names from those of other limits, where they are shared.
    """

    def __init__(
        self, per_minute: int, clock: Callable[[], float] = time.monotonic, *, kind: str = ""
    ) -> None:
        self._size = per_minute
        self._clock = clock
        self._kind = kind
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, name: str, together: Optional[Together] = None) -> float:
        """0 when the request may pass, else the seconds after which it may."""
        if not self._size:
            return 0.0
        now = self._clock()
        held = self._held(name, now)
        if held < 1:
            return (1 - held) * 60 / self._size
        self._buckets[name] = (held - 1, now)
        if len(self._buckets) > _MANY:
            self._forget(now)
        return self._together(name, together) if together else 0.0

    def _together(self, name: str, together: Together) -> float:
        try:
            return together.take(f"{self._kind}:{name}", self._size)
        except SQLAlchemyError as error:
            _log.error("limit_not_shared error=%s", type(error).__name__)
            return 0.0

    def _held(self, name: str, now: float) -> float:
        held, at = self._buckets.get(name, (float(self._size), now))
        return min(float(self._size), held + (now - at) * self._size / 60)

    def _forget(self, now: float) -> None:
        for name in [n for n in self._buckets if self._held(n, now) >= self._size]:
            del self._buckets[name]
