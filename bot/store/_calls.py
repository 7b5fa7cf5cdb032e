"""First calls to the desk, as a worker recorded them.

Name and phone are kept only with consent; without it the record is deleted sooner.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta, now

#: Kept so long: without consent from the call on, with consent from its closing on.
UNCONSENTED, CONSENTED = timedelta(days=30), timedelta(days=365)

_calls = sa.Table(
    "desk_calls",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("worker", sa.Integer, nullable=False),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("consented_at", sa.DateTime),
    sa.Column("consent", sa.Text),
    sa.Column("name", sa.String(120)),
    sa.Column("phone", sa.String(40)),
    sa.Column("follow_up", sa.Date),
    sa.Column("closed_at", sa.DateTime),
)


@dataclass(frozen=True)
class Call:
    """`record`: what was chosen and noted. `consent`: the words that were agreed to, if any."""

    id: int
    at: datetime
    worker: int
    record: dict[str, Any]
    consented_at: Optional[datetime]
    consent: Optional[str]
    name: Optional[str]
    phone: Optional[str]
    follow_up: Optional[date]
    closed_at: Optional[datetime]


class Calls:
    """Keeps, finds and forgets calls."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        worker: int,
        record: dict[str, Any],
        *,
        consent: Optional[str] = None,
        name: Optional[str] = None,
        phone: Optional[str] = None,
        follow_up: Optional[date] = None,
    ) -> int:
        """Keeps a call; it is closed when nothing is to follow. Without consent: no contact."""
        at = now()
        values: dict[str, Any] = {"at": at, "worker": worker, "follow_up": follow_up}
        values["record"] = json.dumps(record, ensure_ascii=False)
        values["closed_at"] = None if follow_up else at
        if consent:
            values |= {"consent": consent, "consented_at": at, "name": name, "phone": phone}
        with self._engine.begin() as connection:
            done = connection.execute(_calls.insert().values(**values))
        return int(done.inserted_primary_key[0])

    def get(self, call: int) -> Optional[Call]:
        """One call."""
        query = sa.select(list(_calls.c)).where(_calls.c.id == call)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        known = dict(row._mapping)
        return Call(**{**known, "record": json.loads(known["record"])})

    def expire(self, at: Optional[datetime] = None) -> int:
        """Deletes what was kept long enough; gives how many. `at`: UTC, no zone."""
        moment = at or now()
        bare = _calls.c.consented_at.is_(None) & (_calls.c.at < moment - UNCONSENTED)
        closed = _calls.c.closed_at < moment - CONSENTED
        with self._engine.begin() as connection:
            return int(connection.execute(_calls.delete().where(bare | closed)).rowcount)
