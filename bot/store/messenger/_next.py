"""What comes next for one person: their messages and ours, in order. Works in a transaction."""

import json
import secrets
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.messenger._steps import Ask, Outgoing, Send, Step
from bot.store.messenger._tables import inbox, outbox, people

LEASE_MS = 60_000
#: How long a message that may have been sent waits for its echo before it is sent again.
GRACE_MS = 20_000
UNSENT = ("waiting", "sending", "unsure")
#: Tries to answer a message; a crash counts as one.
MOST_TRIES = 3


def next_step(connection: Connection, row: Any, now: int, grace_ms: int) -> Step:
    """What is to be done next for a person whose row is held; None: nothing now."""
    while True:
        waiting = _oldest(connection, outbox, row.person, UNSENT, outbox.c.id)
        if waiting is not None:
            if waiting.state == "sending":  # by a worker that is gone
                due = now + grace_ms
                mark(connection, waiting.id, state="unsure", due_at=due)
                _rest(connection, row.person, due)
                return None
            if waiting.due_at > now:
                _rest(connection, row.person, waiting.due_at)
                return None
            return _to_send(connection, row, waiting, now)
        asked = _oldest(
            connection, inbox, row.person, ("waiting", "asking"), inbox.c.sent_at, inbox.c.id
        )
        if asked is None:
            _rest(connection, row.person, None)
            return None
        if asked.due_at > now:
            _rest(connection, row.person, asked.due_at)
            return None
        if row.taken_at is not None:
            finish(connection, asked.id, "silent")
            continue
        if asked.tries > MOST_TRIES + 1:  # not even saying sorry works
            finish(connection, asked.id, "dead")
            continue
        return _to_ask(connection, row, asked, now)


def _to_send(connection: Connection, row: Any, waiting: Any, now: int) -> Send:
    values = {"state": "sending", "tries": waiting.tries + 1}
    connection.execute(outbox.update().where(outbox.c.id == waiting.id).values(**values))
    _hold(connection, row.person, now)
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
        happening=waiting.happening,
    )


def _to_ask(connection: Connection, row: Any, asked: Any, now: int) -> Ask:
    values = {"state": "asking", "tries": asked.tries + 1}
    connection.execute(inbox.update().where(inbox.c.id == asked.id).values(**values))
    _hold(connection, row.person, now)
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
        silent=quiet(row, now),
        returns=row.returns,
        told_write_at=row.told_write_at,
    )


def _hold(connection: Connection, person: str, now: int) -> None:
    change(connection, person, claimed_until=now + LEASE_MS)


def _rest(connection: Connection, person: str, due_at: Optional[int]) -> None:
    change(connection, person, claimed_by=None, claimed_until=None, due_at=due_at)


def finish(connection: Connection, message: int, state: str) -> None:
    connection.execute(
        inbox.update().where(inbox.c.id == message).values(state=state, content="{}")
    )


def mark(connection: Connection, message: int, **values: Any) -> None:
    """Unless the echo said meanwhile that it was sent."""
    connection.execute(
        outbox.update().where(outbox.c.id == message, outbox.c.state == "sending").values(**values)
    )


def _oldest(
    connection: Connection, table: Any, person: str, states: tuple[str, ...], *order: Any
) -> Any:
    query = sa.select(table).where(table.c.person == person, table.c.state.in_(states))
    return connection.execute(query.order_by(*order).limit(1)).first()


def change(connection: Connection, person: str, **values: Any) -> None:
    connection.execute(people.update().where(people.c.person == person).values(**values))


def put(connection: Connection, person: str, outgoing: list[Outgoing], now: int) -> None:
    for one in outgoing:
        connection.execute(
            outbox.insert().values(
                person=person,
                kind=one.kind,
                body=json.dumps(one.body),
                token=secrets.token_urlsafe(18),
                by_person=one.by_person,
                happening=one.happening,
                created_at=now,
                state="waiting",
            )
        )


def quiet(row: Any, now: int) -> bool:
    return bool(row.quiet_until and row.quiet_until > now)
