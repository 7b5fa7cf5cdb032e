"""What came in, sorted into the queue: once, with what it changes for its person."""

import json
from dataclasses import dataclass, field
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store.messenger._engine import add_new, writing
from bot.store.messenger._next import UNSENT, change, find
from bot.store.messenger._tables import inbox, outbox, people, seen

#: Kinds that ask for an answer; the others only change what is known of the person.
ANSWERED = ("words", "choice", "start", "wordless")
_TOO_FAST = "too_fast"
_PUT = inbox.insert()
_MINUTE = 60_000


@dataclass(frozen=True)
class Received:
    """An event at the door. `person` is the hashed name, `address` the sealed number.

    `once` is the same for the same event only; `token` is what our own message carried.
    """

    kind: str
    person: str
    address: str
    once: str
    sent_at: int
    content: dict[str, Any] = field(default_factory=dict)
    source: Optional[str] = None
    token: Optional[str] = None


@dataclass(frozen=True)
class Rules:
    """What limits a person, and how long somebody of the page keeps the assistant silent."""

    messages_per_minute: int = 20
    quiet_ms: int = 60 * _MINUTE


class Reception:
    """Sorts what was received."""

    def __init__(self, engine: Engine, rules: Rules) -> None:
        self._engine = engine
        self._rules = rules

    def receive(self, arrived: list[tuple[Received, int]]) -> list[str]:
        """Takes them all, each with when it came, in their order, in one transaction.

        What became of each: "new", "again" (was received before) or "too_fast" (not kept).
        """
        with writing(self._engine) as connection:
            return [self._one(connection, event, at) for event, at in arrived]

    def _one(self, connection: Connection, event: Received, now: int) -> str:
        if not add_new(connection, seen, once=event.once, at=now):
            return "again"
        if event.kind == "own":
            self._delivered(connection, event)
            return "new"
        row = self._row(connection, event, now)
        changed: dict[str, Any] = {"active_at": now}
        if event.source:
            changed["source"] = event.source
        became = "new"
        if event.kind in ANSWERED:
            became, more = self._message(connection, event, row, now)
            changed |= more
        elif event.kind == "page_wrote":
            until = max(row.quiet_until or 0, event.sent_at + self._rules.quiet_ms)
            changed |= {"quiet_until": until, "returns": True}
            self._withdraw(connection, event.person)
        elif event.kind in ("taken", "standby"):
            changed |= {"taken_at": max(row.taken_at or 0, event.sent_at), "returns": True}
            if event.kind == "standby":
                changed["wrote_at"] = max(row.wrote_at, event.sent_at)
            self._withdraw(connection, event.person)
        elif event.kind == "given":
            changed |= {"taken_at": None, "quiet_until": None}
        change(connection, event.person, **changed)
        return became

    def _row(self, connection: Connection, event: Received, now: int) -> Any:
        """The row of the person, locked; made when they are new."""
        row = find(connection, event.person)
        if row is None:
            add_new(connection, people, person=event.person, address=event.address, active_at=now)
            row = find(connection, event.person)
        return row

    def _message(
        self, connection: Connection, event: Received, row: Any, now: int
    ) -> tuple[str, dict[str, Any]]:
        changed: dict[str, Any] = {"wrote_at": max(row.wrote_at, event.sent_at)}
        if row.taken_at is not None and event.sent_at > row.taken_at:
            changed["taken_at"] = None  # the platform gives messages to who has the thread: us
        # A bucket that leaks: so many messages at once, then so many a minute.
        most = self._rules.messages_per_minute
        level = max(0.0, row.written - (now - row.written_at) * most / _MINUTE)
        fast = level + 1 > most
        changed |= {"written": level if fast else level + 1, "written_at": now}
        told = row.told_fast_at > now - _MINUTE
        if fast:
            changed["told_fast_at"] = now
        if not (fast and told):
            changed["due_at"] = now
            message = {
                "person": event.person,
                "once": event.once,
                "kind": _TOO_FAST if fast else event.kind,
                "content": json.dumps({} if fast else event.content),
                "sent_at": event.sent_at,
                "received_at": now,
                "state": "waiting",
            }
            connection.execute(_PUT, message)
        return ("too_fast" if fast else "new"), changed

    def _delivered(self, connection: Connection, event: Received) -> None:
        """Our message came back to us: it was sent, whatever became of the call."""
        if event.token:
            connection.execute(
                outbox.update()
                .where(
                    outbox.c.token == event.token,
                    outbox.c.state.in_(UNSENT),
                )
                .values(state="sent", body="")
            )

    def _withdraw(self, connection: Connection, person: str) -> None:
        """Somebody else answers now: what we did not send yet is not sent any more."""
        connection.execute(
            outbox.update()
            .where(
                outbox.c.person == person,
                outbox.c.state == "waiting",
                outbox.c.kind == "message",
                sa.not_(outbox.c.by_person),
            )
            .values(state="dropped", body="")
        )
