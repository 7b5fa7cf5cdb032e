"""Messages to learn from: masked, with the consent of who wrote them, for a short time."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine, Row

from bot.store._schema import meta, now

#: Not understood, or the answer did not help.
Reason = Literal["not_understood", "rated_down"]

_review = sa.Table(
    "desk_review",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("message", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("guesses", sa.Text, nullable=False),
    sa.Column("agreed_at", sa.DateTime, nullable=False, index=True),
    sa.Column("skipped_at", sa.DateTime),
    sa.UniqueConstraint("conversation", "message"),
)


@dataclass(frozen=True)
class ToReview:
    """A masked message. `guesses`: the likeliest intents, best first; `agreed_at`: UTC, no zone."""

    id: int
    text: str
    language: str
    reason: Reason
    guesses: list[str]
    agreed_at: datetime
    skipped_at: Optional[datetime]


class Review:
    """Keeps and gives messages to learn from. They are erased with their conversation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(
        self,
        conversation: str,
        message: str,
        text: str,
        *,
        language: str,
        reason: Reason,
        guesses: list[str],
    ) -> None:
        """Keeps a masked message its writer agreed to. The same message is kept once."""
        row = {"conversation": conversation, "message": message, "text": text}
        row |= {"language": language, "reason": reason, "guesses": json.dumps(guesses)}
        self.withdraw(conversation, message)
        with self._engine.begin() as connection:
            connection.execute(_review.insert().values(**row, agreed_at=now()))

    def withdraw(self, conversation: str, message: str) -> None:
        """Forgets a message: its writer has thought better of it."""
        mine = (_review.c.conversation == conversation) & (_review.c.message == message)
        with self._engine.begin() as connection:
            connection.execute(_review.delete().where(mine))

    def agreed(self, conversation: str, message: str) -> bool:
        """Whether this message is kept."""
        mine = (_review.c.conversation == conversation) & (_review.c.message == message)
        with self._engine.connect() as connection:
            return connection.execute(sa.select(_review.c.id).where(mine)).first() is not None

    def waiting(self, most: int = 200) -> list[ToReview]:
        """What nobody has decided on yet, oldest first; what was skipped comes last."""
        order = (_review.c.skipped_at.is_not(None), _review.c.skipped_at, _review.c.id)
        with self._engine.connect() as connection:
            found = connection.execute(_rows().order_by(*order).limit(most))
            return [_read(row) for row in found]

    def count(self) -> int:
        """How many wait."""
        with self._engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(_review)
            return int(connection.execute(query).scalar() or 0)

    def find(self, number: int) -> Optional[ToReview]:
        """One message; None when it is gone."""
        with self._engine.connect() as connection:
            row = connection.execute(_rows().where(_review.c.id == number)).first()
        return _read(row) if row else None

    def skip(self, number: int) -> bool:
        """Puts a message last. False when it is gone."""
        with self._engine.begin() as connection:
            one = _review.update().where(_review.c.id == number)
            return bool(connection.execute(one.values(skipped_at=now())).rowcount)

    def drop(self, number: int) -> bool:
        """Forgets a message that was decided on. False when it was gone: somebody else did."""
        with self._engine.begin() as connection:
            done = connection.execute(_review.delete().where(_review.c.id == number))
        return bool(done.rowcount)

    def expire(self, moment: datetime, *, days: int) -> int:
        """Deletes what has waited for `days`; gives how many. `moment`: UTC, no zone."""
        late = _review.c.agreed_at < moment - timedelta(days=days)
        with self._engine.begin() as connection:
            return int(connection.execute(_review.delete().where(late)).rowcount)


def _rows() -> Any:
    t = _review.c
    return sa.select((t.id, t.text, t.language, t.reason, t.guesses, t.agreed_at, t.skipped_at))


def _read(row: Row) -> ToReview:
    known = dict(row._mapping)
    return ToReview(**{**known, "guesses": json.loads(known["guesses"])})
