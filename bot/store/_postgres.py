"""What several processes on one PostgreSQL database need: engines that notice a dead server, and
locks that hold among all of them.
"""

import hashlib
from contextlib import contextmanager, suppress
from typing import Any, Iterator, Optional

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

#: Seconds: who waits for a database that is away must not wait long; nobody else is served.
_PATIENCE = {
    "connect_timeout": "3",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
#: The server also looks after us: what a machine without power held is free after 25 s.
_LOOK_AFTER_US = (
    "set tcp_keepalives_idle = 10",
    "set tcp_keepalives_interval = 5",
    "set tcp_keepalives_count = 3",
)
_TABLES = "weeweiser tables"


def open_postgres(url: URL, **options: Any) -> Engine:
    """An engine of a PostgreSQL address; what the address says itself goes first."""
    patient = {name: value for name, value in _PATIENCE.items() if name not in url.query}
    return sa.create_engine(url, future=True, pool_pre_ping=True, connect_args=patient, **options)


@contextmanager
def changing_tables(engine: Engine) -> Iterator[Connection]:
    """A transaction in which no other process makes or changes tables.

    Processes started together would else all find the same table missing.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            lock = sa.select(sa.func.pg_advisory_xact_lock(_number(_TABLES)))
            connection.execute(lock)
        yield connection


class Alone:
    """One holder of a name among all processes. For the use of one thread.

    On PostgreSQL all names of a process are locks of one connection: when the process or its
    connection ends, they are free. On SQLite there is one server, and everything is granted.
    Not through a pooler that shares connections between transactions.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shared = engine.dialect.name == "postgresql"
        self._connection: Optional[Connection] = None

    def take(self, name: str) -> bool:
        """False while another process holds the name. Raises SQLAlchemyError."""
        if not self._shared:
            return True
        try:
            return self._ask(sa.func.pg_try_advisory_lock, name)
        except DBAPIError:
            # Its connection was lost since the last time, and every name with it.
            return self._ask(sa.func.pg_try_advisory_lock, name)

    def give_back(self, name: str) -> None:
        """Free for the others. Nothing remains to be done when the database is away."""
        if self._shared:
            with suppress(SQLAlchemyError):
                self._ask(sa.func.pg_advisory_unlock, name)

    def _ask(self, function: Any, name: str) -> bool:
        try:
            if self._connection is None:
                self._connection = self._open()
            return bool(self._connection.execute(sa.select(function(_number(name)))).scalar())
        except DBAPIError:
            self.close()
            raise

    def _open(self) -> Connection:
        opened = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        for setting in _LOOK_AFTER_US:
            opened.exec_driver_sql(setting)
        return opened

    def close(self) -> None:
        """Gives everything back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _number(name: str) -> int:
    """The name as PostgreSQL's locks are called: 64 bits. Who shares one waits, no more."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
