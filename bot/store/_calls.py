"""First calls to the desk, as a worker recorded them, with the history of their changes.

Name and phone are kept only with consent; without it the record is deleted sooner.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, Mapping, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._call_tables import (
    NO_CONTACT,
    OPEN_STATES,
    Stale,
    calls,
    changes,
    forget,
    referrals,
    tell,
    write,
)
from bot.store._schema import now

Which = Literal["open", "due", "closed", "all"]


@dataclass(frozen=True)
class Call:
    """`record`: what was chosen and noted. `consent`: the words that were agreed to, if any.
    `version`: to be given back with a change, so that none overwrites another.
    """

    id: int
    at: datetime
    worker: int
    record: dict[str, Any]
    consented_at: Optional[datetime]
    consent: Optional[str]
    name: Optional[str]
    phone: Optional[str]
    follow_up: Optional[date]
    closed_at: Optional[datetime]
    changed_at: Optional[datetime]
    version: int


@dataclass(frozen=True)
class Change:
    """`did`: changed, closed, reopened, withdrawn, referred, expired. `worker` None: by time.
    `fields`: what changed, with [before, after] where it was a choice, else None.
    """

    at: datetime
    worker: Optional[int]
    did: str
    fields: dict[str, Any] = field(default_factory=dict)


class OpenReferral(Exception):
    """A call is not closed while a referral goes on."""


class Calls:
    """Keeps, finds, changes and forgets calls. Times are UTC without a zone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        worker: int,
        record: dict[str, Any],
        *,
        consent: Optional[str] = None,
        name: Optional[str] = None,
        phone: Optional[str] = None,
        follow_up: Optional[date] = None,
    ) -> int:
        """Keeps a call; it is closed when nothing is to follow. Without consent: no contact."""
        at = now()
        values: dict[str, Any] = {"at": at, "worker": worker, "follow_up": follow_up, "version": 0}
        values["record"] = json.dumps(record, ensure_ascii=False)
        values["closed_at"] = None if follow_up else at
        if consent:
            values |= {"consent": consent, "consented_at": at, "name": name, "phone": phone}
        with self._engine.begin() as connection:
            done = connection.execute(calls.insert().values(**values))
        return int(done.inserted_primary_key[0])

    def get(self, call: int) -> Optional[Call]:
        """One call."""
        with self._engine.connect() as connection:
            row = connection.execute(calls.select().where(calls.c.id == call)).first()
        return _read(row) if row else None

    def find(
        self,
        which: Which,
        today: date,
        *,
        worker: Optional[int] = None,
        limit: int = 25,
        offset: int = 0,
    ) -> tuple[list[Call], int]:
        """Calls, and how many there are in all: what is due by `today` first, then the newest."""
        waits = calls.c.closed_at.is_(None)
        due = waits & calls.c.follow_up.is_not(None) & (calls.c.follow_up <= today)
        named = {"open": waits, "due": due, "closed": ~waits, "all": sa.true()}
        held = named[which]
        if worker is not None:
            held = held & (calls.c.worker == worker)
        order = (
            sa.case((due, 0), else_=1),
            sa.case((due, calls.c.follow_up), else_=None),
            calls.c.at.desc(),
            calls.c.id.desc(),
        )
        query = calls.select().where(held).order_by(*order).limit(limit).offset(offset)
        count = sa.select(sa.func.count()).select_from(calls).where(held)
        with self._engine.connect() as connection:
            found = [_read(row) for row in connection.execute(query)]
            return found, int(connection.execute(count).scalar_one())

    def changes(self, call: int) -> list[Change]:
        """The history of a call, oldest first."""
        c = changes.c
        query = sa.select(c.at, c.worker, c.did, c.fields).where(c.call == call).order_by(c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).fetchall()
        return [Change(row.at, row.worker, row.did, json.loads(row.fields)) for row in rows]

    def change(
        self,
        call: int,
        worker: int,
        version: int,
        record: dict[str, Any],
        *,
        consent: Optional[str] = None,
        name: Optional[str] = None,
        phone: Optional[str] = None,
        follow_up: Optional[date] = None,
        fields: Optional[Mapping[str, Any]] = None,
    ) -> None:
        """Puts the call as it is now. Raises Stale.

        Consent given before stands with its words and time; without consent the contact is
        deleted, in the referrals, too. A day to call again opens a closed call.
        """
        at = now()
        values: dict[str, Any] = {"follow_up": follow_up}
        values["record"] = json.dumps(record, ensure_ascii=False)
        if follow_up:
            values["closed_at"] = None
        with self._engine.begin() as connection:
            if consent:
                values |= {"name": name, "phone": phone}
                values["consent"] = sa.func.coalesce(calls.c.consent, consent)
                values["consented_at"] = sa.func.coalesce(calls.c.consented_at, at)
            else:
                values |= NO_CONTACT
            write(connection, call, version, at, **values)
            if not consent:
                _strip(connection, call)
            tell(connection, call, worker, "changed", at, fields)

    def close(
        self, call: int, worker: int, version: int, outcome: str, reason: Optional[str] = None
    ) -> None:
        """Nothing is to follow any more. Raises Stale, OpenReferral."""
        at = now()
        goes_on = (referrals.c.call == call) & referrals.c.state.in_(OPEN_STATES)
        with self._engine.begin() as connection:
            write(connection, call, version, at, closed_at=at, follow_up=None)
            if connection.execute(sa.select(referrals.c.id).where(goes_on)).first():
                raise OpenReferral(call)
            row = connection.execute(sa.select(calls.c.record).where(calls.c.id == call))
            record = {**json.loads(row.scalar_one()), "outcome": outcome, "reason": reason}
            text = json.dumps(record, ensure_ascii=False)
            connection.execute(calls.update().where(calls.c.id == call).values(record=text))
            tell(connection, call, worker, "closed", at, {"outcome": [None, outcome]})

    def reopen(self, call: int, worker: int, version: int) -> None:
        """It goes on. Raises Stale."""
        at = now()
        with self._engine.begin() as connection:
            write(connection, call, version, at, closed_at=None)
            tell(connection, call, worker, "reopened", at)

    def withdraw(self, call: int, worker: int) -> bool:
        """Consent is taken back: name and phone are gone at once, whoever changes the call
        meanwhile. False: there is no such consent.
        """
        at = now()
        held = (calls.c.id == call) & calls.c.consented_at.is_not(None)
        values = {**NO_CONTACT, "version": sa.func.coalesce(calls.c.version, 0) + 1}
        with self._engine.begin() as connection:
            done = connection.execute(calls.update().where(held).values(**values, changed_at=at))
            stripped = _strip(connection, call)
            if done.rowcount or stripped:
                tell(connection, call, worker, "withdrawn", at)
        return bool(done.rowcount or stripped)

    def expire(
        self,
        at: Optional[datetime] = None,
        *,
        days: int = 30,
        consented_days: int = 365,
        open_days: int = 180,
    ) -> int:
        """Deletes what was kept long enough; gives how many.

        `days`: without consent, from the call on. `consented_days`: from its closing on.
        `open_days`: with consent, without a change and nothing due since: closed by itself.
        """
        moment = at or now()
        before = moment - timedelta(days=open_days)
        c = calls.c
        quiet = c.closed_at.is_(None) & (sa.func.coalesce(c.changed_at, c.at) < before)
        quiet &= c.follow_up.is_(None) | (c.follow_up < before.date())
        bare = c.consented_at.is_(None) & (c.at < moment - timedelta(days=days))
        over = c.closed_at < moment - timedelta(days=consented_days)
        with self._engine.begin() as connection:
            for call in list(connection.execute(sa.select(c.id).where(quiet)).scalars()):
                values = {"closed_at": moment, "follow_up": None, "changed_at": moment}
                values["version"] = sa.func.coalesce(c.version, 0) + 1
                connection.execute(calls.update().where(c.id == call).values(**values))
                tell(connection, call, None, "expired", moment)
            return forget(connection, bare | over)


def _strip(connection: Connection, call: int) -> int:
    """Takes the contact out of the referrals of a call; gives how many had one."""
    held = (referrals.c.call == call) & referrals.c.consented_at.is_not(None)
    return int(connection.execute(referrals.update().where(held).values(**NO_CONTACT)).rowcount)


def _read(row: Any) -> Call:
    known = dict(row._mapping)
    return Call(
        **{**known, "record": json.loads(known["record"]), "version": known["version"] or 0}
    )


__all__ = ["Call", "Calls", "Change", "OpenReferral", "Stale", "Which"]
