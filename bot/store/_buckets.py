"""Limits that all processes on one PostgreSQL database keep together.

A row says when the bucket of a name will be full again; what is full need not be remembered. The
table is not logged: it is empty after a crash of the database, harmlessly.
"""

import hashlib
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Engine

from bot.store._postgres import changing_tables

_meta = sa.MetaData()
_buckets = sa.Table(
    "buckets",
    _meta,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("full_at", sa.Float(53), nullable=False, index=True),
    prefixes=["UNLOGGED"],
)
_MINUTE = 60.0
#: Full ones are deleted after so many requests of this process.
_TIDY = 1000
#: The database's clock, because those of machines differ. Not the transaction's beginning.
_NOW = sa.func.extract("epoch", sa.func.clock_timestamp())


class Buckets:
    """Open it with `open_buckets`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._taken = 0
        with changing_tables(engine) as connection:
            _meta.create_all(connection)

    def take(self, name: str, per_minute: int) -> float:
        """0 when the request may pass, else the seconds after which it may.

        Raises SQLAlchemyError.
        """
        key, step = _key(name), _MINUTE / per_minute
        # Never emptier than empty: else a clock set back by a day would refuse for a day.
        held = sa.func.least(_buckets.c.full_at, _NOW + _MINUTE)
        full_at = sa.func.greatest(held, _NOW) + step
        row = insert(_buckets).values(name=key, full_at=_NOW + step)
        query = row.on_conflict_do_update(
            index_elements=[_buckets.c.name],
            set_={"full_at": full_at},
            # A hair of slack: the clock goes on between the sums.
            where=full_at - _NOW <= _MINUTE + 1e-3,
        ).returning(_buckets.c.full_at)
        with self._engine.connect() as connection:
            self._tidy(connection)
            if connection.execute(query).first() is not None:
                return 0.0
            wait = sa.select(held + step - _NOW - _MINUTE)
            seconds: Any = connection.execute(wait.where(_buckets.c.name == key)).scalar()
        return max(0.01, float(seconds or 0.0))

    def _tidy(self, connection: Any) -> None:
        self._taken += 1
        if self._taken % _TIDY == 0:
            connection.execute(_buckets.delete().where(_buckets.c.full_at < _NOW))


def open_buckets(engine: Engine) -> Optional[Buckets]:
    """The shared limits; None on SQLite, where one process serves everybody."""
    return Buckets(engine) if engine.dialect.name == "postgresql" else None


def _key(name: str) -> str:
    """Not the name itself: it may be an address."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16)
    return digest.hexdigest()
