"""How long people waited for a person, and were answered by one: seconds, and nothing else."""

from datetime import date, datetime
from typing import NamedTuple, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._counts import month_of
from bot.store._schema import meta

spans = sa.Table(
    "desk_spans",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("month", sa.Date, nullable=False, index=True),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
)
_happenings = sa.table(
    "happenings",
    sa.column("id"),
    sa.column("conversation"),
    sa.column("owner"),
    sa.column("at", sa.DateTime),
)


class Span(NamedTuple):
    """`what`: waited (until a person came), gave_up (nobody came), answered (by a person)."""

    what: str
    seconds: int


class Spans:
    """Reads what `record` kept."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def between(self, first: date, last: date) -> list[Span]:
        """Of the months from `first` to `last`."""
        t = spans.c
        held = (t.month >= first.replace(day=1)) & (t.month <= last)
        with self._engine.connect() as connection:
            query = sa.select((t.what, t.seconds)).where(held)
            return [Span(*row) for row in connection.execute(query)]


def record(connection: Connection, conversation: str, owner: str, at: datetime) -> None:
    """To be called before `owner` is written to the happenings: what ends by that is kept."""
    t = _happenings.c
    query = sa.select((t.owner, t.at)).where(
        t.conversation == conversation, t.owner.is_not(None), t.at.is_not(None)
    )
    since: Optional[datetime] = None
    before = None
    for held, moment in connection.execute(query.order_by(t.id)):
        # From one person to another it goes on.
        if held != before:
            before, since = held, moment
    if since is None or before in (owner, "assistant"):
        return
    what = "answered" if before == "person" else "waited" if owner == "person" else "gave_up"
    seconds = max(0, int((at - since).total_seconds()))
    values = {"month": month_of(at), "what": what, "seconds": seconds}
    connection.execute(spans.insert().values(**values))
