"""When a message that could not be sent is tried again."""

from typing import Optional

from bot.channels.messenger._errors import GraphError


def next_try(error: GraphError, tries: int) -> Optional[float]:
    """Seconds until the next try after `tries` tries (from 1), or None: a dead letter."""
    raise NotImplementedError
