"""What the tables have in common. Every table with a column `conversation` is erased with it."""

from datetime import datetime, timezone
from typing import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

meta = sa.MetaData()
#: How long to clear the log waits for those who read, in milliseconds.
_CLEARING_MS = 100


def now() -> datetime:
    """UTC without a zone, as the tables keep it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def erase(connection: Connection, name: str, kept: Collection[str] = ()) -> None:
    """Deletes the rows of a conversation from every table that names one, but those `kept`."""
    for table in meta.sorted_tables:
        if "conversation" in table.columns and table.name not in kept:
            connection.execute(table.delete().where(table.columns.conversation == name))


def clear_log(engine: Engine) -> None:
    """What was deleted is gone from SQLite's log, too; who reads at that moment does not wait,
    and leaves it to the next time.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        [usual] = connection.exec_driver_sql("pragma busy_timeout").one()
        connection.exec_driver_sql(f"pragma busy_timeout = {_CLEARING_MS}")
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)").all()
        connection.exec_driver_sql(f"pragma busy_timeout = {usual}")
