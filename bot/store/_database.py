"""Opens the database, and forgets what has been kept long enough."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import QueuePool, StaticPool

from bot.store import _schema
from bot.store._conversations import conversations
from bot.store._left_messages import left_messages
from bot.store._postgres import open_postgres
from bot.store._states import states
from bot.store.migrations import upgrade

IN_MEMORY = "sqlite://"


class Away(SQLAlchemyError):  # type: ignore[misc]
    """The database is away, full or too busy. Unlike the others it passes between processes."""


#: All that says so: a matter of time, no mistake of ours.
AWAY = (Away, OperationalError, InterfaceError, NoConnection)


def open_database(address: str = IN_MEMORY) -> Engine:
    """The database at a SQLAlchemy address, its tables made or brought up to date.

    Makes the folder of an SQLite file. Raises Unusable when its tables are not ours, or newer.
    """
    engine = connect(address)
    upgrade(engine)
    return engine


def connect(address: str | sa.engine.URL) -> Engine:
    """The database at an address as it is, its tables untouched."""
    url = sa.engine.make_url(address)
    if url.get_backend_name() != "sqlite":
        return open_postgres(url)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        # Connections are kept: the last one to close would write the whole log into the file.
        engine = sa.create_engine(
            url,
            future=True,
            poolclass=QueuePool,
            connect_args={"check_same_thread": False},
        )
        sa.event.listen(engine, "connect", _with_log)
    else:
        # One connection for all threads: each would have a database of its own otherwise.
        once = {"check_same_thread": False}
        engine = sa.create_engine(url, future=True, poolclass=StaticPool, connect_args=once)

    sa.event.listen(engine, "connect", _overwrite)
    return engine


def without_sync(engine: Engine) -> Engine:
    """The same database, for what may be lost when the machine loses its power: a commit does not
    wait until it is on the disk (the next one made elsewhere takes it along). What a process that
    is killed has committed is there all the same.

    An engine of its own, to be disposed; the same one when it is in memory.
    """
    if engine.dialect.name == "postgresql":
        # One thread writes messages and answers.
        unsynced = open_postgres(engine.url, pool_size=2, max_overflow=3)
    elif engine.url.database:
        unsynced = connect(engine.url)
    else:
        return engine
    sa.event.listen(unsynced, "connect", _without_sync)
    return unsynced


def answers(engine: Engine) -> bool:
    """Whether the database is there."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("select 1"))
    except SQLAlchemyError:
        return False
    return True


def _with_log(connection: Any, _: Any) -> None:
    """One write to the disk for a commit instead of three, and readers do not wait."""
    connection.execute("pragma journal_mode = wal")


def _without_sync(connection: Any, _: Any) -> None:
    sqlite = isinstance(connection, sqlite3.Connection)
    setting = "pragma synchronous = normal" if sqlite else "set synchronous_commit = off"
    connection.cursor().execute(setting)
    connection.commit()


def _overwrite(connection: Any, _: Any) -> None:
    """What is deleted is gone from the file, too."""
    connection.execute("pragma secure_delete = on")


def expire(engine: Engine, now: datetime, *, days: int, message_days: int) -> list[str]:
    """Deletes conversations without a turn for `days`; messages left for the office are kept
    for `message_days` after their writers agreed. `now` is UTC without a zone. Gives the ids of
    the conversations that are gone.
    """
    before = now - timedelta(days=days)
    quiet = sa.select(states.c.conversation).where(states.c.changed_at < before)
    busy = sa.select(states.c.conversation).where(states.c.changed_at >= before)
    begun = sa.select(conversations.c.id).where(
        conversations.c.created_at < before, conversations.c.id.not_in(busy)
    )
    with engine.begin() as connection:
        gone = list(connection.execute(sa.union(quiet, begun)).scalars())
        connection.execute(conversations.delete().where(conversations.c.id.in_(begun)))
        for name in gone:
            _schema.erase(connection, name, kept=[left_messages.name])
        late = left_messages.c.consented_at < now - timedelta(days=message_days)
        connection.execute(left_messages.delete().where(late))
    return gone
