"""Turns of a conversation in Rasa's table of events: undone when their answer was never kept."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_events = sa.table("events", sa.column("id"), sa.column("sender_id"))


class Turns:
    """Knows whether Rasa has made its table yet."""

    def __init__(self) -> None:
        self._there = False

    def last(self, connection: Connection, conversation: str) -> int:
        """The number of the conversation's last event, 0 when it has none."""
        if not self._exists(connection):
            return 0
        query = sa.select(sa.func.max(_events.c.id)).where(_events.c.sender_id == conversation)
        return int(connection.execute(query).scalar() or 0)

    def forget_after(self, connection: Connection, conversation: str, mark: int) -> None:
        """Deletes the events after the one with this number."""
        if self._exists(connection):
            later = sa.and_(_events.c.sender_id == conversation, _events.c.id > mark)
            connection.execute(sa.delete(_events).where(later))

    def _exists(self, connection: Connection) -> bool:
        if not self._there:
            self._there = bool(sa.inspect(connection).has_table("events"))
        return self._there
