"""Transactions that do the same on SQLite and PostgreSQL."""

from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._postgres import open_postgres


def open_engine(
    database: str, *, tidies: bool = True, at_once: bool = True, **options: Any
) -> Engine:
    """An engine whose errors quote no values.

    `tidies`: commits now and then also move an SQLite file's log into the file, which takes long.
    `at_once`: commits are on disk when they return; otherwise, in SQLite, a power cut may undo the
    last ones. `options`: SQLAlchemy's.
    """
    url = sa.engine.make_url(database)
    if url.get_backend_name() != "sqlite":
        return open_postgres(url, hide_parameters=True, **options)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=sa.pool.QueuePool,
        connect_args={"timeout": 15, "check_same_thread": False},
        **options,
    )
    sa.event.listen(engine, "connect", _durable)
    if not tidies:
        sa.event.listen(engine, "connect", _untidy)
    if not at_once:
        sa.event.listen(engine, "connect", _soon)
    return engine


def _durable(connection: Any, _: Any) -> None:
    # Readers do not wait for writers; every commit reaches the disk before it returns.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    # What is deleted is gone from the file, too.
    connection.execute("PRAGMA secure_delete=ON")


def _untidy(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA wal_autocheckpoint=0")


def _soon(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads and then writes what it read."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Else two could read the same before either writes; PostgreSQL locks rows instead.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def add_new(connection: Connection, table: sa.Table, **values: Any) -> bool:
    """Inserts a row unless one with its key is there; whether it was new."""
    statement = _insert_new(table, tuple(values))
    return bool(connection.execute(statement, values).rowcount)


@lru_cache
def _insert_new(table: sa.Table, columns: tuple[str, ...]) -> Any:
    # Words, and kept: SQLAlchemy would put a statement with "on conflict" together each time, which
    # takes longer than to carry it out.
    gaps = ", ".join(f":{name}" for name in columns)
    names = ", ".join(columns)
    return sa.text(f"insert into {table.name} ({names}) values ({gaps}) on conflict do nothing")  # noqa: S608  # nosec B608
