"""When a message that could not be sent is tried again."""

from random import SystemRandom
from typing import Callable, Optional

from bot.channels.messenger._errors import GraphError, RateLimited, Temporary, TokenInvalid

#: Tries of one message before it is a dead letter; about five minutes of a broken platform.
MOST = 5
_FIRST = 2.0
_FACTOR = 5.0
#: A rate limit lasts up to an hour, and is no fault of the message.
MOST_RATE = 12
_FIRST_RATE = 60.0
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
    wait: float
    if isinstance(error, TokenInvalid):
        wait = _TOKEN
    elif isinstance(error, RateLimited):
        if tries >= MOST_RATE:
            return None
        wait = min(_FIRST_RATE * 2 ** (tries - 1), _LONGEST_RATE)
    elif isinstance(error, Temporary):
        if tries >= MOST:
            return None
        wait = _FIRST * _FACTOR ** (tries - 1)
    else:
        return None
    asked = error.retry_after or 0.0 if isinstance(error, Temporary) else 0.0
    return max(wait, asked) * (1 + _JITTER * chance())
