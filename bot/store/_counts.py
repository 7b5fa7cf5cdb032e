"""How often something happened in a month: numbers only, no conversation, no text, no day."""

from datetime import date, datetime, timezone
from typing import Mapping, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from bot.store._schema import meta
from knowledge import LUXEMBOURG

counts = sa.Table(
    "desk_counts",
    meta,
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("what", sa.String(24), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("language", sa.String(8), primary_key=True),
    sa.Column("detail", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)


class Count(NamedTuple):
    """What is counted. `month`: its first day. `detail` of a need: the id of the commune, empty
    where it is not known; of an unmet need: why.
    """

    month: date
    what: str
    name: str = ""
    channel: str = ""
    language: str = ""
    detail: str = ""


class Counts:
    """Adds up and reads. Works on SQLite and PostgreSQL, from several processes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, numbers: Mapping[Count, int]) -> None:
        """Adds to what was counted before."""
        with self.engine.begin() as connection:
            add_counts(connection, numbers)

    def between(self, first: date, last: date) -> dict[Count, int]:
        """What was counted from the month of `first` to that of `last`."""
        t = counts.c
        held = (t.month >= first.replace(day=1)) & (t.month <= last)
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(counts).where(held)).fetchall()
        return {Count(*row[:-1]): row[-1] for row in rows}


def add_counts(connection: Connection, numbers: Mapping[Count, int]) -> None:
    """The same within a transaction; in one order, so that no two wait for each other."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    for count, number in sorted(numbers.items()):
        row = dialect.insert(counts).values(**count._asdict(), number=number)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=list(Count._fields),
                set_={"number": counts.c.number + row.excluded.number},
            )
        )


def month_of(at: datetime) -> date:
    """The month in Luxembourg of a moment in UTC without a zone."""
    return at.replace(tzinfo=timezone.utc).astimezone(LUXEMBOURG).date().replace(day=1)
