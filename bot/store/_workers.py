"""Accounts of social workers, their sessions, and the record of what they read and changed.

Of a session only a hash is kept: who reads the database cannot act as anybody.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Literal, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta, now

Role = Literal["worker", "editor", "manager"]
#: A session ends when nothing was asked for so long, and anyhow after a working day.
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)

_workers = sa.Table(
    "desk_workers",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("totp_secret", sa.String(64)),
    sa.Column("totp_used", sa.Integer),
    sa.Column("created_at", sa.DateTime, nullable=False),
    # Sealed secrets are longer than the column of the plain ones, which an older desk filled.
    sa.Column("totp_sealed", sa.Text),
    sa.Column("disabled_at", sa.DateTime),
    sa.Column("subject", sa.String(64), index=True),
)
_sessions = sa.Table(
    "desk_sessions",
    meta,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("worker", sa.Integer, nullable=False, index=True),
    sa.Column("began_at", sa.DateTime, nullable=False),
    sa.Column("seen_at", sa.DateTime, nullable=False),
)
_audit = sa.Table(
    "desk_audit",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("worker", sa.Integer, nullable=False),
    sa.Column("did", sa.String(40), nullable=False),
    sa.Column("about", sa.String(80)),
)
_COLUMNS = tuple(
    _workers.c[name]
    for name in (
        *("id", "name", "role", "password_hash", "totp_secret", "totp_used"),
        *("totp_sealed", "disabled_at", "subject"),
    )
)


@dataclass(frozen=True)
class Worker:
    """An account. `totp_used`: the last half minute a one-time code was accepted for.

    `totp_secret`: as it is, of an older desk; `totp_sealed`: encrypted. `subject`: who it is for
    the OpenID provider, as a hash; None for an account with a password.
    """

    id: int
    name: str
    role: Role
    password_hash: str
    totp_secret: Optional[str]
    totp_used: Optional[int]
    totp_sealed: Optional[str] = None
    disabled_at: Optional[datetime] = None
    subject: Optional[str] = None


@dataclass(frozen=True)
class Deed:
    """What was read or changed: `did` is a verb of ours, `about` an id; never a text."""

    at: datetime
    worker: int
    did: str
    about: Optional[str]

    def at_in(self, zone: tzinfo) -> datetime:
        """When, by the clocks of a zone."""
        return self.at.replace(tzinfo=timezone.utc).astimezone(zone)


class NameTaken(Exception):
    """There is an account of this name."""


class Workers:
    """Accounts and sessions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        name: str,
        role: Role,
        password_hash: str,
        *,
        totp_sealed: Optional[str] = None,
        subject: Optional[str] = None,
    ) -> int:
        """A new account; names are compared without case. Raises NameTaken."""
        values = {"name": _plain(name), "role": role, "password_hash": password_hash}
        more = {"totp_sealed": totp_sealed, "subject": subject, "created_at": now()}
        try:
            with self._engine.begin() as connection:
                done = connection.execute(_workers.insert().values(**values, **more))
        except sa.exc.IntegrityError as error:
            raise NameTaken(name) from error
        return int(done.inserted_primary_key[0])

    def named(self, name: str) -> Optional[Worker]:
        """The account of a name."""
        return self._one(_workers.c.name == _plain(name))

    def names(self) -> dict[int, str]:
        """The name of every account, by its number."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select((_workers.c.id, _workers.c.name)))
            return dict(rows.all())

    def of_subject(self, subject: str) -> Optional[Worker]:
        """The account of somebody the OpenID provider knows."""
        return self._one(_workers.c.subject == subject)

    def all(self) -> list[Worker]:
        """Every account, by name."""
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(_COLUMNS).order_by(_workers.c.name))
            return [Worker(*row) for row in found]

    def set_role(self, worker: int, role: Role) -> None:
        """Another role; it counts from the next request on."""
        self._change(worker, role=role)

    def set_enabled(self, worker: int, enabled: bool) -> None:
        """Lets an account in, or not any more: then its sessions end at once."""
        self._change(worker, disabled_at=None if enabled else now())
        if not enabled:
            self.close_all(worker)

    def set_secret(self, worker: int, totp_sealed: Optional[str]) -> None:
        """Another secret of one-time codes, or none. Codes of the one before count no more."""
        self._change(worker, totp_sealed=totp_sealed, totp_secret=None)

    def set_password(self, worker: int, password_hash: str) -> None:
        """A new password; every session of the account ends."""
        self._change(worker, password_hash=password_hash)
        self.close_all(worker)

    def rehash(self, worker: int, password_hash: str) -> None:
        """The same password, hashed as it is done today."""
        self._change(worker, password_hash=password_hash)

    def use_code(self, worker: int, step: int) -> bool:
        """Marks a one-time code as used; False when it, or a later one, was used before."""
        unused = (_workers.c.totp_used.is_(None)) | (_workers.c.totp_used < step)
        with self._engine.begin() as connection:
            done = connection.execute(
                _workers.update().where((_workers.c.id == worker) & unused).values(totp_used=step)
            )
        return bool(done.rowcount)

    def open(self, worker: int) -> str:
        """A new session: the only copy of its key."""
        key = secrets.token_urlsafe(32)
        values = {"key_hash": _hash(key), "worker": worker, "began_at": now(), "seen_at": now()}
        with self._engine.begin() as connection:
            connection.execute(_sessions.insert().values(**values))
        return key

    def of_session(
        self, key: str, at: Optional[datetime] = None, *, goes_on: bool = True
    ) -> Optional[Worker]:
        """Whose session it is, if it has not ended; it goes on from now (`goes_on`: or not).

        `at`: UTC, no zone.
        """
        moment = at or now()
        mine = _sessions.c.key_hash == _hash(key)
        alive = (_sessions.c.seen_at > moment - IDLE) & (_sessions.c.began_at > moment - LONGEST)
        # After a clock was set back a session would last longer by as much.
        alive &= _sessions.c.began_at < moment + IDLE
        with self._engine.begin() as connection:
            seen = {"seen_at": moment if goes_on else _sessions.c.seen_at}
            done = connection.execute(_sessions.update().where(mine & alive).values(**seen))
            if not done.rowcount:
                connection.execute(_sessions.delete().where(mine))
                return None
            worker = connection.execute(sa.select(_sessions.c.worker).where(mine)).scalar()
        # An account disabled between the two looks has no session any more.
        return self._one((_workers.c.id == worker) & _workers.c.disabled_at.is_(None))

    def close_all(self, worker: int) -> None:
        """Ends every session of an account."""
        with self._engine.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.worker == worker))

    def close(self, key: str) -> None:
        """Ends a session."""
        with self._engine.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.key_hash == _hash(key)))

    def note(self, worker: int, did: str, about: Optional[str] = None) -> None:
        """Records what a worker read or changed."""
        values = {"at": now(), "worker": worker, "did": did, "about": about}
        with self._engine.begin() as connection:
            connection.execute(_audit.insert().values(**values))

    def deeds(self, worker: Optional[int] = None) -> list[Deed]:
        """What was read and changed, oldest first; by one worker when given."""
        query = sa.select((_audit.c.at, _audit.c.worker, _audit.c.did, _audit.c.about))
        if worker is not None:
            query = query.where(_audit.c.worker == worker)
        with self._engine.connect() as connection:
            return [Deed(*row) for row in connection.execute(query.order_by(_audit.c.id))]

    def latest(self, *, before: Optional[int] = None, most: int = 50) -> list[tuple[int, Deed]]:
        """What was read and changed, newest first, each with its number.

        `before`: only what was recorded before that number.
        """
        query = sa.select((_audit.c.id, _audit.c.at, _audit.c.worker, _audit.c.did, _audit.c.about))
        if before is not None:
            query = query.where(_audit.c.id < before)
        query = query.order_by(_audit.c.id.desc()).limit(most)
        with self._engine.connect() as connection:
            return [(row[0], Deed(*row[1:])) for row in connection.execute(query)]

    def _one(self, condition: object) -> Optional[Worker]:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_COLUMNS).where(condition)).first()
        return Worker(*row) if row else None

    def _change(self, worker: int, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(_workers.update().where(_workers.c.id == worker).values(**values))


def csrf_of(key: str) -> str:
    """What a form of this session must bring along; the key cannot be told from it."""
    return hashlib.sha256(f"form {key}".encode()).hexdigest()


def _plain(name: str) -> str:
    return name.strip().casefold()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
