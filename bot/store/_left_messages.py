"""Messages left for the office, with consent, by visitors whom nobody could answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta

ReachBy = Literal["phone", "email"]

left_messages = sa.Table(
    "left_messages",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reach_by", sa.String(8), nullable=False),
    sa.Column("contact", sa.String(254), nullable=False),
    sa.Column("lang", sa.String(8)),
    sa.Column("consented_at", sa.DateTime, nullable=False, index=True),
)


@dataclass(frozen=True)
class LeftMessage:
    """A message for the office, with the way to reach its writer. `consented_at` is UTC."""

    id: int
    conversation: str
    text: str
    reach_by: ReachBy
    contact: str
    lang: Optional[str]
    consented_at: datetime


class LeftMessages:
    """Keeps them until they are dealt with."""

    _engine: Engine

    def leave_message(
        self,
        conversation: str,
        text: str,
        reach_by: ReachBy,
        contact: str,
        consented_at: datetime,
        *,
        language: Optional[str] = None,
    ) -> None:
        """Keeps a message for the office. `consented_at` (UTC): when the writer agreed to it."""
        values = {
            "conversation": conversation,
            "text": text,
            "reach_by": reach_by,
            "contact": contact,
            "lang": language,
            "consented_at": consented_at,
        }
        with self._engine.begin() as connection:
            connection.execute(left_messages.insert().values(**values))

    def left_messages(self, conversation: Optional[str] = None) -> list[LeftMessage]:
        """The messages left for the office, oldest first; of one conversation when it is given."""
        query = _messages().order_by(left_messages.c.id)
        if conversation is not None:
            query = query.where(left_messages.c.conversation == conversation)
        with self._engine.connect() as connection:
            return [LeftMessage(*row) for row in connection.execute(query)]

    def left_message(self, message: int) -> Optional[LeftMessage]:
        """One of them."""
        with self._engine.connect() as connection:
            row = connection.execute(_messages().where(left_messages.c.id == message)).first()
        return LeftMessage(*row) if row else None

    def remove_message(self, message: int) -> bool:
        """Deletes a message that was dealt with; False: there was none any more."""
        one = left_messages.delete().where(left_messages.c.id == message)
        with self._engine.begin() as connection:
            return bool(connection.execute(one).rowcount)


def _messages() -> sa.sql.Select:
    names = ("id", "conversation", "text", "reach_by", "contact", "lang", "consented_at")
    return sa.select([left_messages.c[name] for name in names])
