"""Sign-ins under way at an OpenID provider: what has to come back, once, to the same browser."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta, now

#: Longest time at the provider.
LONGEST_SIGN_IN = timedelta(minutes=10)

_sign_ins = sa.Table(
    "desk_sign_ins",
    meta,
    sa.Column("state_hash", sa.String(64), primary_key=True),
    sa.Column("browser_hash", sa.String(64), nullable=False),
    sa.Column("kept", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
)


class SignIns:
    """In the database, so that another process may finish what one has begun."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, state: str, browser: str, kept: dict[str, str]) -> None:
        """Remembers what the answer with this state is checked with; forgets what is too old."""
        row = {"state_hash": _hash(state), "browser_hash": _hash(browser)}
        with self._engine.begin() as connection:
            old = _sign_ins.c.at <= now() - LONGEST_SIGN_IN
            connection.execute(_sign_ins.delete().where(old))
            connection.execute(_sign_ins.insert().values(**row, kept=json.dumps(kept), at=now()))

    def take(
        self, state: str, browser: str, at: Optional[datetime] = None
    ) -> Optional[dict[str, str]]:
        """What was remembered; None when the state is unknown, used, too old or another browser's.

        `at`: UTC, no zone.
        """
        mine = (_sign_ins.c.state_hash == _hash(state)) & (
            _sign_ins.c.browser_hash == _hash(browser)
        )
        fresh = _sign_ins.c.at > (at or now()) - LONGEST_SIGN_IN
        with self._engine.begin() as connection:
            kept = connection.execute(sa.select(_sign_ins.c.kept).where(mine & fresh)).scalar()
            # Whoever deletes the row has it: two answers with one state do not both get in.
            used = connection.execute(_sign_ins.delete().where(mine)).rowcount
        return json.loads(kept) if kept and used else None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
