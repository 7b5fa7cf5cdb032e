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
from typing import Any, Callable, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store.messenger._engine import writing
from bot.store.messenger._next import (
    GRACE_MS,
    LEASE_MS,
    change,
    change_asked,
    find,
    finish,
    mark,
    next_step,
    put,
    quiet,
)
from bot.store.messenger._steps import Ask, Lost, Outgoing, Send, Step
from bot.store.messenger._tables import inbox, outbox, people

# Put together once: that takes longer than to carry them out.
_NOW = sa.bindparam("now")
_DUE = (
    sa.select(people.c.person)
    .where(
        people.c.due_at <= _NOW,
        sa.or_(people.c.claimed_until.is_(None), people.c.claimed_until < _NOW),
    )
    .order_by(people.c.due_at)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    people.update()
    .where(people.c.person == sa.bindparam("whose"))
    .values(claimed_by=sa.bindparam("claimed_by"), claimed_until=sa.bindparam("claimed_until"))
)


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
        with writing(self._engine) as connection:
            due = connection.execute(_DUE, {"now": now, "most": most})
            found = [row.person for row in due]
            if found:
                until = {"claimed_by": self._worker, "claimed_until": now + LEASE_MS}
                connection.execute(_CLAIM, [{"whose": person, **until} for person in found])
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
            taken = row.taken_at is not None or (quiet(row, now) and not urgent)
            if not taken:
                put(connection, ask.person, outgoing, now)
                changed: dict[str, Any] = {"returns": False} if outgoing else {}
                if language:
                    changed["language"] = language
                if choices:
                    changed["choices"] = json.dumps(choices)
                if told_write:
                    changed["told_write_at"] = now
                if changed:
                    change(connection, ask.person, **changed)
            finish(connection, ask.id, "silent" if taken else state)
            return self._next(connection, self._held(connection, ask.person), now)

    def stumbled(self, ask: Ask, delay_ms: int, now: int) -> Step:
        """The message could not be answered; it is tried again after a while."""
        with writing(self._engine) as connection:
            row = self._held(connection, ask.person)
            change_asked(connection, ask.id, state="waiting", due_at=now + delay_ms)
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
            new = [
                Outgoing(body, by_person=send.by_person, happening=send.happening)
                for body in bodies
            ]
            again = [Outgoing(json.loads(m.body), m.kind, m.by_person, m.happening) for m in moved]
            put(connection, send.person, [*new, *again], now)
            mark(connection, send.id, state="dropped", body="", error=error)
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
            change(connection, send.person, language=None, source=None, choices=None)
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
                put(connection, person, outgoing, now)
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
            mark(connection, send.id, **values)
            return self._next(connection, row, now)

    def _held(self, connection: Connection, person: str) -> Any:
        """The row of a person this worker has claimed, locked. Raises Lost."""
        row = find(connection, person)
        if row is None or row.claimed_by != self._worker:
            raise Lost
        return row

    def _next(self, connection: Connection, row: Any, now: int) -> Step:
        return next_step(connection, row, now, self._grace_ms)
