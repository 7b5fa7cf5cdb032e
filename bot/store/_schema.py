"""What the tables have in common. Every table with a column `conversation` is erased with it."""

from datetime import datetime, timezone
from typing import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

meta = sa.MetaData()


def now() -> datetime:
    """UTC without a zone, as the tables keep it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def erase(connection: Connection, name: str, kept: Collection[str] = ()) -> None:
    """Deletes the rows of a conversation from every table that names one, but those `kept`."""
    for table in meta.sorted_tables:
        if "conversation" in table.columns and table.name not in kept:
            connection.execute(table.delete().where(table.columns.conversation == name))
