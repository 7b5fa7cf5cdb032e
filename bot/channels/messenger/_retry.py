"""When a message that could not be sent is tried again."""

from random import SystemRandom
from typing import Callable, Optional

from bot.channels.messenger._errors import (
    RATE_PAUSE,
    GraphError,
    RateLimited,
    Temporary,
    TokenInvalid,
)

#: Tries of one message before it is a dead letter; about five minutes of a broken platform.
MOST = 5
_FIRST = 2.0
_FACTOR = 5.0
#: A rate limit lasts up to an hour, and is no fault of the message.
MOST_RATE = 12
_LONGEST_RATE = 1800.0
#: How long a refused token may take to be replaced is not known: the message waits.
_TOKEN = 300.0
#: Up to this share is added by chance, so that not all messages come back at once.
_JITTER = 0.25

_chance = SystemRandom().random


def next_try(
    error: GraphError, tries: int, chance: Callable[[], float] = _chance
) -> Optional[float]:
    """Seconds until the next try after `tries` tries (from 1), or None: a dead letter.

    `chance`: a number from 0 to 1.
    """
    if isinstance(error, TokenInvalid):
        wait = _TOKEN
    elif isinstance(error, RateLimited) and tries < MOST_RATE:
        asked = error.retry_after or RATE_PAUSE
        wait = max(asked, min(asked * 2 ** (tries - 1), _LONGEST_RATE))
    elif isinstance(error, Temporary) and not isinstance(error, RateLimited) and tries < MOST:
        wait = max(_FIRST * _FACTOR ** (tries - 1), error.retry_after or 0.0)
    else:
        return None
    return wait * (1 + _JITTER * chance())
