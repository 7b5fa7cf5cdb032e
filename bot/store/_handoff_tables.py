"""Tables about who answers, and what is read from them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Optional

import sqlalchemy as sa

from bot.store._schema import meta

Owner = Literal["assistant", "waiting", "person"]
#: Why a conversation changed hands, where there is more to say than who answers now.
Reason = Literal["left", "queue", "closed"]
#: Whether the visitor's page was told that the assistant answers again.
Return = Literal["told", "untold"]

handoffs = sa.Table(
    "handoffs",
    meta,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(16), nullable=False),
    sa.Column("role", sa.String(40)),
    sa.Column("lang", sa.String(8)),
    # The assistant has not said yet that it answers again.
    sa.Column("unsaid", sa.Boolean, nullable=False, default=False),
    sa.Column("changed_at", sa.DateTime, nullable=False, index=True),
    # The account of the person who answers, where the desk gave it.
    sa.Column("worker", sa.Integer),
    # Somebody is or may be in danger: nothing but the time of it.
    sa.Column("danger_at", sa.DateTime),
    # The last happening the visitor's page was given.
    sa.Column("delivered", sa.Integer),
)
happenings = sa.Table(
    "happenings",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    # A person's message, or (text and message are null) a new owner.
    sa.Column("text", sa.Text),
    sa.Column("owner", sa.String(16)),
    sa.Column("role", sa.String(40)),
    sa.Column("lang", sa.String(8)),
    sa.Column("returned", sa.Boolean, nullable=False, default=False),
    # A message of the contract as JSON, instead of a text.
    sa.Column("message", sa.Text),
    sa.Column("reason", sa.String(16)),
    sa.Column("at", sa.DateTime),
    # The id its sender gave it, so that sent twice it is said once.
    sa.Column("once", sa.String(64)),
    # Ids are never used again: a page asks for what came after the last it saw.
    sqlite_autoincrement=True,
)
heard = sa.Table(
    "heard",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
#: What workers tell each other about a conversation; no visitor ever reads it.
notes = sa.Table(
    "desk_notes",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("worker", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)


@dataclass(frozen=True)
class Happening:
    """What a visitor is told outside of an answer: a person's words, or who answers now.

    `text` and `message` (of the contract: a card) are None for a new owner. `role` is a key of
    bot/wording/roles.yml, or None. `returned`: the new owner has it back from a person, and no
    answer has said so; `reason` why, a key of bot/wording/handoffs.yml. `at` is UTC.
    """

    id: int
    text: Optional[str]
    owner: Optional[Owner]
    role: Optional[str]
    lang: Optional[str]
    returned: bool
    message: Optional[dict[str, Any]] = None
    reason: Optional[Reason] = None
    at: Optional[datetime] = None


@dataclass(frozen=True)
class Heard:
    """What a visitor wrote while a person answers."""

    id: int
    text: str
    at: datetime


@dataclass(frozen=True)
class Note:
    """A word of one worker to the next."""

    worker: int
    text: str
    at: datetime
