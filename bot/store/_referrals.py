"""Referrals of a call to a service, and every step they took."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._call_tables import (
    NO_CONTACT,
    OPEN_STATES,
    Stale,
    calls,
    referrals,
    steps,
    tell,
)
from bot.store._schema import now

#: HL7 SDOH Clinical Care's ten states of a task.
State = Literal[
    "draft", "requested", "accepted", "rejected", "in-progress", "on-hold",
    "completed", "failed", "cancelled", "entered-in-error",
]  # fmt: skip
Kind = Literal["warm", "cold"]


@dataclass(frozen=True)
class Referral:
    """`kind` warm: handed over in person; cold: the number was given. `output`: what was done.
    `reason`: why the need was not met. `consent`: the words the client agreed to.
    """

    id: int
    call: int
    worker: int
    service: str
    kind: Kind
    state: State
    version: int
    created_at: datetime
    changed_at: datetime
    reason: Optional[str]
    output: Optional[str]
    consented_at: Optional[datetime]
    consent: Optional[str]
    name: Optional[str]
    phone: Optional[str]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True)
class Step:
    """A state that was reached: when, by whom, and what was noted."""

    at: datetime
    worker: int
    state: State
    reason: Optional[str]
    note: Optional[str]


class AlreadyReferred(Exception):
    """A referral of this call to this service goes on; `referral` is its number."""

    def __init__(self, referral: int) -> None:
        super().__init__(referral)
        self.referral = referral


class Referrals:
    """Keeps, finds and moves referrals. Times are UTC without a zone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        call: int,
        worker: int,
        service: str,
        kind: Kind,
        state: State,
        *,
        note: Optional[str] = None,
        consent: Optional[str] = None,
        name: Optional[str] = None,
        phone: Optional[str] = None,
    ) -> int:
        """A new referral; its call is open again. Without consent: no contact.

        Raises Stale when the call is gone, AlreadyReferred.
        """
        at = now()
        values: dict[str, Any] = {"call": call, "worker": worker, "service": service}
        values |= {"kind": kind, "state": state, "version": 0, "created_at": at, "changed_at": at}
        if consent:
            values |= {"consent": consent, "consented_at": at, "name": name, "phone": phone}
        t = referrals.c
        same = (t.call == call) & (t.service == service) & t.state.in_(OPEN_STATES)
        opened = {"closed_at": None, "changed_at": at}
        opened["version"] = sa.func.coalesce(calls.c.version, 0) + 1
        with self._engine.begin() as connection:
            # This row is locked by it: nobody closes the call, or refers it twice, meanwhile.
            held = connection.execute(calls.update().where(calls.c.id == call).values(**opened))
            if not held.rowcount:
                raise Stale(call)
            there = connection.execute(sa.select(t.id).where(same)).scalar()
            if there:
                raise AlreadyReferred(there)
            done = connection.execute(referrals.insert().values(**values))
            number = int(done.inserted_primary_key[0])
            step = {"referral": number, "call": call, "at": at, "worker": worker}
            connection.execute(steps.insert().values(**step, state=state, note=note))
            tell(connection, call, worker, "referred", at)
        return number

    def get(self, referral: int) -> Optional[Referral]:
        """One referral."""
        with self._engine.connect() as connection:
            row = connection.execute(referrals.select().where(referrals.c.id == referral)).first()
        return Referral(**row._mapping) if row else None

    def of_call(self, call: int) -> list[Referral]:
        """The referrals of a call, oldest first."""
        query = referrals.select().where(referrals.c.call == call).order_by(referrals.c.id)
        with self._engine.connect() as connection:
            return [Referral(**row._mapping) for row in connection.execute(query)]

    def find(
        self,
        states: Sequence[State],
        *,
        service: Optional[str] = None,
        limit: int = 25,
        offset: int = 0,
    ) -> tuple[list[Referral], int]:
        """Referrals in one of these states, the oldest first, and how many there are in all."""
        held = referrals.c.state.in_(states)
        if service:
            held = held & (referrals.c.service == service)
        query = referrals.select().where(held).order_by(referrals.c.created_at, referrals.c.id)
        count = sa.select(sa.func.count()).select_from(referrals).where(held)
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(limit).offset(offset))
            found = [Referral(**row._mapping) for row in rows]
            return found, int(connection.execute(count).scalar_one())

    def services(self) -> list[str]:
        """The services something was referred to."""
        query = sa.select(referrals.c.service).distinct().order_by(referrals.c.service)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def steps(self, referral: int) -> list[Step]:
        """Every state it was in, oldest first."""
        t = steps.c
        query = sa.select(t.at, t.worker, t.state, t.reason, t.note)
        query = query.where(t.referral == referral).order_by(t.id)
        with self._engine.connect() as connection:
            return [Step(*row) for row in connection.execute(query)]

    def move(
        self,
        referral: int,
        worker: int,
        version: int,
        state: State,
        *,
        reason: Optional[str] = None,
        note: Optional[str] = None,
        output: Optional[str] = None,
    ) -> None:
        """Reaches a state. What was entered in error loses the contact. Raises Stale."""
        at = now()
        values: dict[str, Any] = {"state": state, "version": version + 1, "changed_at": at}
        values |= {"reason": reason, "output": output}
        if state == "entered-in-error":
            values |= NO_CONTACT
        t = referrals.c
        held = (t.id == referral) & (t.version == version)
        with self._engine.begin() as connection:
            done = connection.execute(referrals.update().where(held).values(**values))
            if not done.rowcount:
                raise Stale(referral)
            call = connection.execute(sa.select(t.call).where(t.id == referral)).scalar_one()
            connection.execute(calls.update().where(calls.c.id == call).values(changed_at=at))
            step = {"referral": referral, "call": call, "at": at, "worker": worker}
            connection.execute(steps.insert().values(**step, state=state, reason=reason, note=note))
