"""Counters of turns for Prometheus. Labels are of closed sets: no conversation, no text."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable

from prometheus_client import Counter, Gauge, Histogram

from bot.reply import Reply

_turns = Counter("weeweiser_turns_total", "Messages answered", ["language", "intent"])
_lost = Counter("weeweiser_turns_lost_total", "Messages whose turn failed", ["error"])
_not_understood = Counter(
    "weeweiser_turns_not_understood_total", "Messages that were not understood", ["language"]
)
_crises = Counter("weeweiser_turns_crisis_total", "Answers to somebody who may be in danger")
_handoffs = Counter("weeweiser_handoffs_total", "Answers that call a person")
_seconds = Histogram(
    "weeweiser_turn_seconds",
    "Time to answer a message",
    buckets=(0.005, 0.012, 0.03, 0.06, 0.12, 0.25, 0.5, 1, 2, 4, 8),
)
_waiting = Gauge("weeweiser_handoffs_waiting", "Conversations that wait for a person")
_NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")


@contextmanager
def timed() -> Iterator[None]:
    """Measures a turn; counts it as lost when it raises."""
    began = time.perf_counter()
    try:
        yield
    except Exception as error:
        _lost.labels(type(error).__name__).inc()
        raise
    _seconds.observe(time.perf_counter() - began)


def count(reply: Reply) -> None:
    """Counts an answer."""
    _turns.labels(reply.language, reply.intent).inc()
    if reply.intent in _NOT_UNDERSTOOD:
        _not_understood.labels(reply.language).inc()
    if reply.crisis:
        _crises.inc()
    if reply.handoff and not reply.silent:
        _handoffs.inc()


def watch_waiting(count_them: Callable[[], int]) -> None:
    """Asks the database, at each look, how many wait for a person; NaN when it cannot say."""

    def look() -> float:
        try:
            return float(count_them())
        except Exception:
            return float("nan")

    _waiting.set_function(look)
