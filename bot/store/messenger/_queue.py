"""The work that waits: one person at a time, their messages and ours in order, nothing twice.

A worker claims people, asks for the next step of one, and reports how it went; each report
returns the next step. A claim ends by itself after `LEASE_MS`, so that a killed process holds
nobody up.

A message goes waiting -> asking -> done; dead after too many tries. What we send goes waiting ->
sending -> sent; "sending" is written before the call, so after a crash it is known that the call
may have been made. It is then "unsure", and sent again unless its echo comes: the platform cannot
be asked, and rather twice than never.
"""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Union

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store.messenger._engine import writing
from bot.store.messenger._tables import inbox, outbox, people

LEASE_MS = 60_000
#: How long a message that may have been sent waits for its echo before it is sent again.
GRACE_MS = 20_000
UNSENT = ("waiting", "sending", "unsure")
#: Tries to answer a message; a crash counts as one.
MOST_TRIES = 3


class Lost(Exception):
    """The claim ended; somebody else may be at work for this person."""


@dataclass(frozen=True)
class Ask:
    """A message to answer. `once` is the same for the same message only.

    `last`: earlier tries failed, so only say sorry.
    `silent`: somebody of the page talks with them; `returns`: somebody did.
    """

    id: int
    person: str
    once: str
    address: str
    kind: str
    content: dict[str, Any]
    language: Optional[str]
    choices: Optional[dict[str, Any]]
    last: bool
    silent: bool
    returns: bool
    told_write_at: int


@dataclass(frozen=True)
class Send:
    """A message to send, or another thing to do in its turn (`kind`: "message", "pass", "erase").

    `wrote_at`: when the person wrote last.
    """

    id: int
    person: str
    address: str
    kind: str
    body: dict[str, Any]
    tries: int
    by_person: bool
    wrote_at: int


@dataclass(frozen=True)
class Outgoing:
    """Something to be sent, or done in its turn."""

    body: dict[str, Any] = field(default_factory=dict)
    kind: str = "message"
    by_person: bool = False


Step = Optional[Union[Ask, Send]]


class Queue:
    """The steps of one worker, which is called `worker`."""

    def __init__(self, engine: Engine, worker: str, *, grace_ms: int = GRACE_MS) -> None:
        self._engine = engine
        self._worker = worker
        self._grace_ms = grace_ms

    def release(self, is_gone: Callable[[str], bool]) -> None:
        """Ends the claims of workers that are gone, at the start."""
        query = sa.select(people.c.claimed_by).where(people.c.claimed_by.isnot(None)).distinct()
        with writing(self._engine) as connection:
            gone = [r.claimed_by for r in connection.execute(query) if is_gone(r.claimed_by)]
            connection.execute(
                people.update()
                .where(people.c.claimed_by.in_(gone))
                .values(claimed_by=None, claimed_until=None)
            )

    def claim(self, most: int, now: int) -> list[str]:
        """People with something to do, at most so many, longest waiting first."""
        free = sa.or_(people.c.claimed_until.is_(None), people.c.claimed_until < now)
        find = (
            sa.select(people.c.person)
            .where(people.c.due_at <= now, free)
            .order_by(people.c.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        with writing(self._engine) as connection:
            found = [row.person for row in connection.execute(find)]
            if found:
                connection.execute(
                    people.update()
                    .where(people.c.person.in_(found))
                    .values(claimed_by=self._worker, claimed_until=now + LEASE_MS)
                )
        return found

    def begin(self, person: str, now: int) -> Step:
        """The next step for a claimed person; None when there is none now (the claim ends)."""
        with writing(self._engine) as connection:
            return self._next(connection, self._held(connection, person), now)

    def answered(
        self,
        ask: Ask,
        outgoing: list[Outgoing],
        now: int,
        *,
        language: Optional[str] = None,
        choices: Optional[dict[str, Any]] = None,
        told_write: bool = False,
        urgent: bool = False,
        state: str = "done",
    ) -> Step:
        """Keeps the answer to be sent, and marks the message, in one transaction.

        When somebody of the page took over while the answer was made, it is dropped. `urgent`:
        not when they may only be writing, too.
        """
        with writing(self._engine) as connection:
            row = self._held(connection, ask.person)
            taken = row.taken_at is not None or (_quiet(row, now) and not urgent)
            if not taken:
                _put(connection, ask.person, outgoing, now)
                changed: dict[str, Any] = {"returns": False} if outgoing else {}
                if language:
                    changed["language"] = language
                if choices:
                    changed["choices"] = json.dumps(choices)
                if told_write:
                    changed["told_write_at"] = now
                if changed:
                    _change(connection, ask.person, **changed)
            self._finish(connection, ask.id, "silent" if taken else state)
            return self._next(connection, self._held(connection, ask.person), now)

    def stumbled(self, ask: Ask, delay_ms: int, now: int) -> Step:
        """The message could not be answered; it is tried again after a while."""
        with writing(self._engine) as connection:
            row = self._held(connection, ask.person)
            connection.execute(
                inbox.update()
                .where(inbox.c.id == ask.id)
                .values(state="waiting", due_at=now + delay_ms)
            )
            return self._next(connection, row, now)

    def sent(self, send: Send, now: int) -> Step:
        """Sent (or done)."""
        return self._report(send, now, state="sent", body="", error=None)

    def later(
        self, send: Send, delay_ms: int, error: str, now: int, *, counts: bool = True
    ) -> Step:
        """Not sent; tried again after a while. `counts`: it was a try of this message."""
        tries = send.tries if counts else send.tries - 1
        due = now + delay_ms
        return self._report(send, now, state="waiting", due_at=due, error=error, tries=tries)

    def unsure(self, send: Send, error: str, now: int) -> Step:
        """May have been sent: tried again when its echo does not come."""
        due = now + self._grace_ms
        return self._report(send, now, state="unsure", due_at=due, error=error)

    def dead(self, send: Send, error: str, now: int) -> Step:
        """Never tried again by itself; an operator can see and resend it."""
        return self._report(send, now, state="dead", error=error)

    def replaced(self, send: Send, bodies: list[dict[str, Any]], error: str, now: int) -> Step:
        """Refused as it was: other words are sent in its place, before what follows."""
        with writing(self._engine) as connection:
            row = self._held(connection, send.person)
            following = sa.select(outbox).where(
                outbox.c.person == send.person,
                outbox.c.id > send.id,
                outbox.c.state == "waiting",
            )
            moved = connection.execute(following.order_by(outbox.c.id)).all()
            if moved:
                gone = outbox.c.id.in_([m.id for m in moved])
                connection.execute(outbox.delete().where(gone))
            new = [Outgoing(body, by_person=send.by_person) for body in bodies]
            again = [Outgoing(json.loads(m.body), m.kind, m.by_person) for m in moved]
            _put(connection, send.person, [*new, *again], now)
            self._mark(connection, send.id, state="dropped", body="", error=error)
            return self._next(connection, row, now)

    def erased(self, send: Send, now: int) -> Step:
        """Deletes all that is kept of the person, except what they wrote in the meantime."""
        with writing(self._engine) as connection:
            self._held(connection, send.person)
            connection.execute(outbox.delete().where(outbox.c.person == send.person))
            unanswered = inbox.c.state.in_(("waiting", "asking"))
            mine = inbox.c.person == send.person
            connection.execute(inbox.delete().where(mine, sa.not_(unanswered)))
            if connection.execute(sa.select(inbox.c.id).where(mine).limit(1)).first() is None:
                connection.execute(people.delete().where(people.c.person == send.person))
                return None
            _change(connection, send.person, language=None, source=None, choices=None)
            return self._next(connection, self._held(connection, send.person), now)

    def told(self) -> int:
        """The last happening at the desk that anybody was told of."""
        with self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(people.c.told))).scalar() or 0)

    def tell(self, person: str, happening: int, outgoing: list[Outgoing], now: int) -> bool:
        """Adds what happened at the desk, once; False: no such person, or told before."""
        one = sa.and_(people.c.person == person, people.c.told < happening)
        with writing(self._engine) as connection:
            new = connection.execute(
                people.update().where(one).values(told=happening, due_at=now)
            ).rowcount
            if new:
                _put(connection, person, outgoing, now)
        return bool(new)

    def give_up(self, person: str, delay_ms: int, now: int) -> None:
        """Ends a claim after something unforeseen; the person is looked at again later."""
        with writing(self._engine) as connection:
            connection.execute(
                people.update()
                .where(people.c.person == person, people.c.claimed_by == self._worker)
                .values(claimed_by=None, claimed_until=None, due_at=now + delay_ms)
            )

    def _report(self, send: Send, now: int, **values: Any) -> Step:
        with writing(self._engine) as connection:
            row = self._held(connection, send.person)
            self._mark(connection, send.id, **values)
            return self._next(connection, row, now)

    def _held(self, connection: Connection, person: str) -> Any:
        """The row of a person this worker has claimed, locked. Raises Lost."""
        row = connection.execute(
            sa.select(people).where(people.c.person == person).with_for_update()
        ).first()
        if row is None or row.claimed_by != self._worker:
            raise Lost
        return row

    def _next(self, connection: Connection, row: Any, now: int) -> Step:
        while True:
            waiting = _oldest(connection, outbox, row.person, UNSENT, outbox.c.id)
            if waiting is not None:
                if waiting.state == "sending":  # by a worker that is gone
                    due = now + self._grace_ms
                    self._mark(connection, waiting.id, state="unsure", due_at=due)
                    self._rest(connection, row.person, due)
                    return None
                if waiting.due_at > now:
                    self._rest(connection, row.person, waiting.due_at)
                    return None
                return self._to_send(connection, row, waiting, now)
            asked = _oldest(
                connection, inbox, row.person, ("waiting", "asking"), inbox.c.sent_at, inbox.c.id
            )
            if asked is None:
                self._rest(connection, row.person, None)
                return None
            if asked.due_at > now:
                self._rest(connection, row.person, asked.due_at)
                return None
            if row.taken_at is not None:
                self._finish(connection, asked.id, "silent")
                continue
            if asked.tries > MOST_TRIES + 1:  # not even saying sorry works
                self._finish(connection, asked.id, "dead")
                continue
            return self._to_ask(connection, row, asked, now)

    def _to_send(self, connection: Connection, row: Any, waiting: Any, now: int) -> Send:
        values = {"state": "sending", "tries": waiting.tries + 1}
        connection.execute(outbox.update().where(outbox.c.id == waiting.id).values(**values))
        self._hold(connection, row.person, now)
        body = json.loads(waiting.body)
        if waiting.kind == "message":
            body["metadata"] = waiting.token
        return Send(
            id=waiting.id,
            person=row.person,
            address=row.address,
            kind=waiting.kind,
            body=body,
            tries=waiting.tries + 1,
            by_person=waiting.by_person,
            wrote_at=row.wrote_at,
        )

    def _to_ask(self, connection: Connection, row: Any, asked: Any, now: int) -> Ask:
        values = {"state": "asking", "tries": asked.tries + 1}
        connection.execute(inbox.update().where(inbox.c.id == asked.id).values(**values))
        self._hold(connection, row.person, now)
        return Ask(
            id=asked.id,
            person=row.person,
            once=asked.once,
            address=row.address,
            kind=asked.kind,
            content=json.loads(asked.content),
            language=row.language,
            choices=json.loads(row.choices) if row.choices else None,
            last=asked.tries >= MOST_TRIES,
            silent=_quiet(row, now),
            returns=row.returns,
            told_write_at=row.told_write_at,
        )

    def _hold(self, connection: Connection, person: str, now: int) -> None:
        _change(connection, person, claimed_until=now + LEASE_MS)

    def _rest(self, connection: Connection, person: str, due_at: Optional[int]) -> None:
        _change(connection, person, claimed_by=None, claimed_until=None, due_at=due_at)

    def _finish(self, connection: Connection, message: int, state: str) -> None:
        connection.execute(
            inbox.update().where(inbox.c.id == message).values(state=state, content="{}")
        )

    def _mark(self, connection: Connection, message: int, **values: Any) -> None:
        """Unless the echo said meanwhile that it was sent."""
        connection.execute(
            outbox.update()
            .where(outbox.c.id == message, outbox.c.state == "sending")
            .values(**values)
        )


def _oldest(
    connection: Connection, table: Any, person: str, states: tuple[str, ...], *order: Any
) -> Any:
    query = sa.select(table).where(table.c.person == person, table.c.state.in_(states))
    return connection.execute(query.order_by(*order).limit(1)).first()


def _change(connection: Connection, person: str, **values: Any) -> None:
    connection.execute(people.update().where(people.c.person == person).values(**values))


def _put(connection: Connection, person: str, outgoing: list[Outgoing], now: int) -> None:
    for one in outgoing:
        connection.execute(
            outbox.insert().values(
                person=person,
                kind=one.kind,
                body=json.dumps(one.body),
                token=secrets.token_urlsafe(18),
                by_person=one.by_person,
                created_at=now,
                state="waiting",
            )
        )


def _quiet(row: Any, now: int) -> bool:
    return bool(row.quiet_until and row.quiet_until > now)
