"""How long things are kept, and after which pause a session ends."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Keeping:
    """`days`: a conversation after its last turn. `message_days`: a message for the office."""

    pause: timedelta = timedelta(minutes=60)
    days: int = 30
    message_days: int = 90
