"""What became of a worker's words on their way to a person on Messenger."""

from dataclasses import dataclass
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store.messenger._tables import outbox, people


@dataclass(frozen=True)
class Delivery:
    """`state` is "waiting", "sent" or "dead"; `error` says why, for an operator."""

    state: str
    error: Optional[str]


class Deliveries:
    """Reads the channel's tables; they are made where there is no channel yet."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def wrote_at(self, person: str) -> Optional[int]:
        """When a person wrote last, in milliseconds since 1970; None: nobody of that name."""
        query = sa.select(people.c.wrote_at).where(people.c.person == person)
        with self._engine.connect() as connection:
            found: Optional[int] = connection.execute(query).scalar()
        return found

    def of(self, person: str) -> dict[int, Delivery]:
        """By the number of the happening: the worst of what was sent of it."""
        columns = (outbox.c.happening, outbox.c.state, outbox.c.error)
        query = sa.select(columns).where(
            outbox.c.person == person,
            outbox.c.happening.is_not(None),
            outbox.c.state != "dropped",
        )
        found: dict[int, Delivery] = {}
        with self._engine.connect() as connection:
            for number, state, error in connection.execute(query.order_by(outbox.c.id)):
                kind = state if state in ("sent", "dead") else "waiting"
                if number not in found or _RANKS[kind] > _RANKS[found[number].state]:
                    found[number] = Delivery(kind, error)
        return found


_RANKS = {"sent": 0, "waiting": 1, "dead": 2}
