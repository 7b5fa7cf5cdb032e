"""How much one name may ask in a minute: a bucket of tokens for each."""

import time
from typing import Callable

#: So many buckets are looked through for full ones, which need not be remembered.
_MANY = 10_000


class Limit:
    """`per_minute` requests for each name at once, then as many a minute. 0: no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = per_minute
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> float:
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
        return 0.0

    def _held(self, name: str, now: float) -> float:
        held, at = self._buckets.get(name, (float(self._size), now))
        return min(float(self._size), held + (now - at) * self._size / 60)

    def _forget(self, now: float) -> None:
        for name in [n for n in self._buckets if self._held(n, now) >= self._size]:
            del self._buckets[name]
