"""The tables of calls and referrals; what has a column `call` goes when the call goes."""

import json
from datetime import datetime
from typing import Any, Mapping, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store._call_counts import fold
from bot.store._schema import meta

calls = sa.Table(
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
    sa.Column("changed_at", sa.DateTime),
    sa.Column("version", sa.Integer),
)
changes = sa.Table(
    "desk_call_changes",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("call", sa.Integer, nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("worker", sa.Integer),
    sa.Column("did", sa.String(20), nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
)
referrals = sa.Table(
    "desk_referrals",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("call", sa.Integer, nullable=False, index=True),
    sa.Column("worker", sa.Integer, nullable=False),
    sa.Column("service", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
    sa.Column("reason", sa.String(20)),
    sa.Column("output", sa.Text),
    sa.Column("consented_at", sa.DateTime),
    sa.Column("consent", sa.Text),
    sa.Column("name", sa.String(120)),
    sa.Column("phone", sa.String(40)),
)
steps = sa.Table(
    "desk_referral_steps",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("referral", sa.Integer, nullable=False, index=True),
    sa.Column("call", sa.Integer, nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("worker", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reason", sa.String(20)),
    sa.Column("note", sa.Text),
)
#: A referral in one of these goes on.
OPEN_STATES = ("draft", "requested", "accepted", "in-progress", "on-hold")
NO_CONTACT: Mapping[str, Any] = {
    "consented_at": None, "consent": None, "name": None, "phone": None,
}  # fmt: skip


class Stale(Exception):
    """Somebody changed it since it was read, or it is gone: nothing was written."""


def write(connection: Connection, call: int, version: int, at: datetime, **values: Any) -> None:
    """Changes a call that still is as it was read. Raises Stale."""
    held = (calls.c.id == call) & (sa.func.coalesce(calls.c.version, 0) == version)
    values |= {"version": version + 1, "changed_at": at}
    if not connection.execute(calls.update().where(held).values(**values)).rowcount:
        raise Stale(call)


def tell(
    connection: Connection,
    call: int,
    worker: Optional[int],
    did: str,
    at: datetime,
    fields: Optional[Mapping[str, Any]] = None,
) -> None:
    """Adds to the history of a call."""
    values = {"call": call, "worker": worker, "did": did, "at": at}
    text = json.dumps(fields or {}, ensure_ascii=False)
    connection.execute(changes.insert().values(**values, fields=text))


def forget(connection: Connection, which: Any) -> int:
    """Deletes calls, and all that hangs on them; gives how many."""
    fold(connection, calls, which)
    gone = list(connection.execute(sa.select(calls.c.id).where(which)).scalars())
    for table in (steps, referrals, changes):
        connection.execute(table.delete().where(table.c.call.in_(gone)))
    return int(connection.execute(calls.delete().where(calls.c.id.in_(gone))).rowcount)
