"""What is kept of people: deleted on request or after a while; and what an operator looks at."""

import secrets
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._schema import clear_log
from bot.store.messenger._arrivals import Arrivals
from bot.store.messenger._engine import writing
from bot.store.messenger._next import UNSENT
from bot.store.messenger._tables import deletions, inbox, outbox, people, seen

_DAY = 24 * 3600 * 1000
#: Longer than Meta repeats an event, and than events are taken.
SEEN_MS = 4 * _DAY


@dataclass(frozen=True)
class DeadLetter:
    """A message that could not be sent. `person` is the hashed name; the text is not shown."""

    id: int
    person: str
    error: str
    tries: int
    created_at: int


@dataclass(frozen=True)
class Waiting:
    """How much waits. `oldest_ms`: how long the oldest message waits for its answer."""

    inbox: int
    outbox: int
    dead: int
    oldest_ms: int


@dataclass(frozen=True)
class Deletion:
    """A request for deletion that came through Meta. `found`: there was something to delete."""

    at: int
    found: bool


class Records:
    """Deletes, counts and shows."""

    def __init__(self, engine: Engine, arrivals: Arrivals) -> None:
        self._engine = engine
        self._arrivals = arrivals

    def erase(self, person: str) -> bool:
        """Deletes all that is kept of a person, but their conversation; False: nothing."""
        unsorted = self._arrivals.erase(person)
        with writing(self._engine) as connection:
            found = self._erase(connection, person)
        clear_log(self._engine)
        return found or unsorted

    def purge(self, retention_ms: int, now: int) -> list[str]:
        """Deletes what is too old; the people who were deleted."""
        self._arrivals.purge(now - retention_ms)
        with writing(self._engine) as connection:
            connection.execute(seen.delete().where(seen.c.at < now - SEEN_MS))
            old = now - min(SEEN_MS, retention_ms)
            connection.execute(
                outbox.delete().where(
                    outbox.c.created_at < old, outbox.c.state.in_(("sent", "dropped"))
                )
            )
            connection.execute(
                inbox.delete().where(
                    inbox.c.received_at < old, inbox.c.state.in_(("done", "silent", "dead"))
                )
            )
            connection.execute(outbox.delete().where(outbox.c.created_at < now - retention_ms))
            query = sa.select(people.c.person).where(people.c.active_at < now - retention_ms)
            gone = [row.person for row in connection.execute(query)]
            for person in gone:
                self._erase(connection, person)
        return gone

    def known(self, person: str) -> bool:
        """Whether anything is kept of somebody."""
        return self._of(person, people.c.person) is not None

    def source(self, person: str) -> Optional[str]:
        """The link by which somebody came last, as the page named it."""
        return self._of(person, people.c.source)

    def language(self, person: str) -> Optional[str]:
        """The language somebody was answered in last."""
        return self._of(person, people.c.language)

    def waiting(self, now: int) -> Waiting:
        """How much waits."""
        unsorted, first = self._arrivals.waiting()
        with self._engine.connect() as connection:
            unanswered = inbox.c.state.in_(("waiting", "asking"))
            count, oldest = connection.execute(
                sa.select(sa.func.count(), sa.func.min(inbox.c.received_at)).where(unanswered)
            ).one()
            states = dict(
                connection.execute(
                    sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
                ).all()
            )
        unsent = sum(states.get(state, 0) for state in UNSENT)
        since = min((at for at in (oldest, first) if at is not None), default=now)
        return Waiting(count + unsorted, unsent, states.get("dead", 0), now - since)

    def dead_letters(self) -> list[DeadLetter]:
        """What could not be sent, oldest first."""
        query = sa.select(outbox).where(outbox.c.state == "dead").order_by(outbox.c.id)
        with self._engine.connect() as connection:
            return [
                DeadLetter(r.id, r.person, r.error or "", r.tries, r.created_at)
                for r in connection.execute(query)
            ]

    def resend(self, letter: int, now: int) -> bool:
        """Has a dead letter sent again; False: there is no such dead letter."""
        dead = sa.and_(outbox.c.id == letter, outbox.c.state == "dead")
        with writing(self._engine) as connection:
            row = connection.execute(sa.select(outbox.c.person).where(dead)).first()
            if row is None:
                return False
            connection.execute(
                outbox.update().where(dead).values(state="waiting", tries=0, due_at=now)
            )
            connection.execute(
                people.update().where(people.c.person == row.person).values(due_at=now)
            )
        return True

    def request_deletion(self, person: str, now: int) -> str:
        """Deletes at once; the code under which `deletion` shows what was done."""
        code = secrets.token_hex(12)
        unsorted = self._arrivals.erase(person)
        with writing(self._engine) as connection:
            found = self._erase(connection, person) or unsorted
            connection.execute(deletions.insert().values(code=code, at=now, found=found))
        clear_log(self._engine)
        return code

    def deletion(self, code: str) -> Optional[Deletion]:
        """What became of a request for deletion."""
        query = sa.select(deletions).where(deletions.c.code == code)
        with self._engine.connect() as connection:
            row: Any = connection.execute(query).first()
        return Deletion(row.at, row.found) if row else None

    def _of(self, person: str, column: Any) -> Optional[str]:
        with self._engine.connect() as connection:
            found: Optional[str] = connection.execute(
                sa.select(column).where(people.c.person == person)
            ).scalar()
        return found

    def _erase(self, connection: Connection, person: str) -> bool:
        connection.execute(outbox.delete().where(outbox.c.person == person))
        connection.execute(inbox.delete().where(inbox.c.person == person))
        return bool(connection.execute(people.delete().where(people.c.person == person)).rowcount)
