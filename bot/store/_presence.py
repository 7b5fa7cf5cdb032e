"""Who is at the desk, and could answer a visitor now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta, now

desk = sa.Table(
    "desk",
    meta,
    sa.Column("who", sa.String(64), primary_key=True),
    sa.Column("seen_at", sa.DateTime, nullable=False),
    # Chosen by hand: at the desk, but not for visitors.
    sa.Column("away", sa.Boolean),
    # The office's hours held when they were seen last.
    sa.Column("in_hours", sa.Boolean),
    # A key of bot/wording/roles.yml: how visitors are told who answers.
    sa.Column("role", sa.String(40)),
)
#: A desk that has not been seen for so long is not attended.
ATTENDED = timedelta(minutes=2)

# Put together once: that takes longer than to carry it out.
_SEATED = sa.select(desk).where(desk.c.seen_at > sa.bindparam("since")).order_by(desk.c.who)


@dataclass(frozen=True)
class Seat:
    """A person at the desk. `who`: any name of the desk's own. `answers`: is there for visitors."""

    who: str
    away: bool
    answers: bool
    role: Optional[str]


class Presence:
    """Notes who is there. Works on SQLite and PostgreSQL."""

    _engine: Engine

    def here(self, who: str, *, in_hours: bool = True) -> None:
        """A person is at the desk (`who`: any name of the desk's own). To be said every minute."""
        self._sit(who, seen_at=now(), in_hours=in_hours)

    def choose(self, who: str, *, away: bool, role: Optional[str]) -> None:
        """Whether they are there for visitors, and as whom; kept until they choose again."""
        self._sit(who, seen_at=now(), away=away, role=role)

    def gone(self, who: str) -> None:
        """They left the desk."""
        long_ago = now() - timedelta(days=1)
        with self._engine.begin() as connection:
            connection.execute(desk.update().where(desk.c.who == who).values(seen_at=long_ago))

    def someone_here(self) -> bool:
        """Whether a person is at the desk, and could answer now."""
        return any(seat.answers for seat in self.seats())

    def seats(self, at: Optional[datetime] = None) -> list[Seat]:
        """Everybody at the desk. `at`: UTC, no zone."""
        since = {"since": (at or now()) - ATTENDED}
        with self._engine.connect() as connection:
            return [_seat(row) for row in connection.execute(_SEATED, since)]

    def seat(self, who: str) -> Optional[Seat]:
        """What somebody chose last; they need not be there."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(desk).where(desk.c.who == who)).first()
        return _seat(row) if row else None

    def _sit(self, who: str, **values: Any) -> None:
        one = desk.update().where(desk.c.who == who).values(**values)
        try:
            with self._engine.begin() as connection:
                if not connection.execute(one).rowcount:
                    connection.execute(desk.insert().values(who=who, **values))
        except sa.exc.IntegrityError:
            # Another page of the same person was as quick.
            with self._engine.begin() as connection:
                connection.execute(one)


def _seat(row: Any) -> Seat:
    away = bool(row.away)
    return Seat(row.who, away, not away and row.in_hours is not False, row.role)
