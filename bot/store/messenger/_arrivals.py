"""What came in and is acknowledged, until it is sorted into the queue: written fast, kept short.

Beside SQLite it is a file of its own: SQLite takes one writer at a time, and an acknowledgement
must not wait for the queue's work. PostgreSQL needs no more than a table of its own.

Killed between sorting and `sorted_out`, the same is sorted again, which changes nothing: the queue
takes each event once.
"""

import json
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._postgres import changing_tables
from bot.store._schema import clear_log
from bot.store.messenger._engine import open_engine
from bot.store.messenger._receive import Received

_meta = sa.MetaData()
_arrivals = sa.Table(
    "messenger_arrivals",
    _meta,
    sa.Column(
        "id",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    #: How often it could not be sorted.
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
#: Events in one statement: SQLite takes about thirty thousand values.
_ROWS = 1000
#: After so many it is left for an operator, so that it does not hold up the others.
MOST_TRIES = 5


@dataclass(frozen=True)
class Arrival:
    """An event that is not sorted yet. `at`: when it came, in milliseconds since 1970."""

    id: int
    at: int
    written: str

    def event(self) -> Received:
        """Raises ValueError or TypeError when another version wrote it in another way."""
        return Received(**json.loads(self.written))


class Arrivals:
    """Open it with `open_arrivals`."""

    def __init__(self, engine: Engine, adding: Optional[Engine] = None) -> None:
        """`adding`: another engine of the same database, for what has to be fast."""
        self._engine = engine
        self._adding = adding or engine.execution_options(isolation_level="AUTOCOMMIT")
        # SQLite would let the second of two writers sleep for a while and look again; a lock lets
        # it go on at once. PostgreSQL needs none, and is not slowed by it: the lane is one thread.
        self._writer = threading.Lock()
        with changing_tables(engine) as connection:
            _meta.create_all(connection)

    def add(self, events: list[Received], now: int) -> None:
        """Returns when all are on disk, in their order; none is when it raises."""
        with self._writer, self._adding.connect() as connection:
            if len(events) <= _ROWS:
                # A transaction of its own; to begin and end one takes as long again.
                _put(connection, events, now)
                return
            connection.exec_driver_sql("begin")
            try:
                for at in range(0, len(events), _ROWS):
                    _put(connection, events[at : at + _ROWS], now)
            except BaseException:
                connection.exec_driver_sql("rollback")
                raise
            connection.exec_driver_sql("commit")

    def oldest(self, most: int) -> list[Arrival]:
        """The first that came, at most so many."""
        query = sa.select(_arrivals).where(_arrivals.c.tries < MOST_TRIES)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(_arrivals.c.id).limit(most)).all()
        return [Arrival(row.id, row.at, row.event) for row in rows]

    def sorted_out(self, some: list[Arrival]) -> None:
        """They are in the queue."""
        with self._writer, self._engine.begin() as connection:
            connection.execute(_arrivals.delete().where(_arrivals.c.id.in_([a.id for a in some])))

    def stumbled(self, one: Arrival) -> None:
        """It could not be sorted; it is tried again, a few times."""
        with self._writer, self._engine.begin() as connection:
            connection.execute(
                _arrivals.update()
                .where(_arrivals.c.id == one.id)
                .values(tries=_arrivals.c.tries + 1)
            )

    def waiting(self) -> tuple[int, Optional[int]]:
        """How many there are, and when the oldest came."""
        query = sa.select(sa.func.count(), sa.func.min(_arrivals.c.at))
        with self._engine.connect() as connection:
            count, oldest = connection.execute(query).one()
        return int(count), oldest

    def erase(self, person: str) -> bool:
        """Deletes what came of a person; False: nothing."""
        mine = _arrivals.delete().where(_arrivals.c.person == person)
        with self._writer, self._adding.begin() as connection:
            found = bool(connection.execute(mine).rowcount)
        clear_log(self._engine)
        return found

    def purge(self, before: int) -> None:
        """Deletes what came too long ago and could never be sorted."""
        with self._writer, self._engine.begin() as connection:
            connection.execute(_arrivals.delete().where(_arrivals.c.at < before))

    def close(self) -> None:
        self._adding.dispose()
        self._engine.dispose()


def arrivals_beside(database: Path) -> Path:
    """The file of the arrivals that belong to an SQLite file."""
    return database.with_name(f"{database.name}-arrivals")


def open_arrivals(database: str) -> Arrivals:
    """The arrivals that belong to a database; its tables are made when they are missing."""
    url = sa.engine.make_url(database)
    if url.get_backend_name() != "sqlite":
        return Arrivals(open_engine(database))
    if url.database and url.database != ":memory:":
        url = url.set(database=str(arrivals_beside(Path(url.database))))
    address = url.render_as_string(hide_password=False)
    # Sorting tidies the file; what is acknowledged does not wait for that. What it deletes may come
    # back in a power cut: it is sorted again, which changes nothing.
    adding = open_engine(address, tidies=False, isolation_level="AUTOCOMMIT")
    return Arrivals(open_engine(address, at_once=False), adding)


def _put(connection: Connection, events: list[Received], now: int) -> None:
    gap = "?" if connection.dialect.name == "sqlite" else "%s"
    values = [v for event in events for v in (event.person, json.dumps(asdict(event)), now)]
    connection.exec_driver_sql(_insert(len(events), gap), tuple(values))


@lru_cache
def _insert(rows: int, gap: str) -> str:
    """The statement for so many rows. To put one together takes longer than to carry it out."""
    values = ", ".join([f"({gap}, {gap}, {gap})"] * rows)
    return f"insert into {_arrivals.name} (person, event, at) values {values}"  # noqa: S608  # nosec B608
