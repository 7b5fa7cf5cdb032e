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
# Put together once: that takes longer than to carry them out.
_OF_PERSON = people.c.person == sa.bindparam("whose")
_FIND = sa.select(people).where(_OF_PERSON).with_for_update()
_CHANGE = people.update().where(_OF_PERSON)
_TO_SEND = (
    sa.select(outbox)
    .where(outbox.c.person == sa.bindparam("whose"), outbox.c.state.in_(UNSENT))
    .order_by(outbox.c.id)
    .limit(1)
)
_TO_ASK = (
    sa.select(inbox)
    .where(inbox.c.person == sa.bindparam("whose"), inbox.c.state.in_(("waiting", "asking")))
    .order_by(inbox.c.sent_at, inbox.c.id)
    .limit(1)
)
_CHANGE_SENT = outbox.update().where(outbox.c.id == sa.bindparam("which"))
_MARK = _CHANGE_SENT.where(outbox.c.state == "sending")
_CHANGE_ASKED = inbox.update().where(inbox.c.id == sa.bindparam("which"))
_PUT = outbox.insert()


def next_step(connection: Connection, row: Any, now: int, grace_ms: int) -> Step:
    """What is to be done next for a person whose row is held; None: nothing now."""
    while True:
        waiting = connection.execute(_TO_SEND, {"whose": row.person}).first()
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
        asked = connection.execute(_TO_ASK, {"whose": row.person}).first()
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
    connection.execute(_CHANGE_SENT, {"which": waiting.id, **values})
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
    change_asked(connection, asked.id, state="asking", tries=asked.tries + 1)
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


def find(connection: Connection, person: str) -> Any:
    """The row of a person, locked; None when there is none."""
    return connection.execute(_FIND, {"whose": person}).first()


def change(connection: Connection, person: str, **values: Any) -> None:
    connection.execute(_CHANGE, {"whose": person, **values})


def change_asked(connection: Connection, message: int, **values: Any) -> None:
    connection.execute(_CHANGE_ASKED, {"which": message, **values})


def finish(connection: Connection, message: int, state: str) -> None:
    change_asked(connection, message, state=state, content="{}")


def mark(connection: Connection, message: int, **values: Any) -> None:
    """Unless the echo said meanwhile that it was sent."""
    connection.execute(_MARK, {"which": message, **values})


def put(connection: Connection, person: str, outgoing: list[Outgoing], now: int) -> None:
    if not outgoing:
        return
    rows = [
        {
            "person": person,
            "kind": one.kind,
            "body": json.dumps(one.body),
            "token": secrets.token_urlsafe(18),
            "by_person": one.by_person,
            "happening": one.happening,
            "created_at": now,
            "state": "waiting",
        }
        for one in outgoing
    ]
    connection.execute(_PUT, rows)


def quiet(row: Any, now: int) -> bool:
    return bool(row.quiet_until and row.quiet_until > now)
