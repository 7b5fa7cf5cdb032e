"""Who answers a conversation, the assistant or a person, and messages left for the office.

What happens is also kept in order as `happenings`, which channels pass on to the visitor.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._listening import announce
from bot.store._schema import meta, now

Owner = Literal["assistant", "waiting", "person"]
ReachBy = Literal["phone", "email"]

_handoffs = sa.Table(
    "handoffs",
    meta,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(16), nullable=False),
    sa.Column("role", sa.String(40)),
    sa.Column("lang", sa.String(8)),
    # The assistant has not said yet that it answers again.
    sa.Column("unsaid", sa.Boolean, nullable=False, default=False),
    sa.Column("changed_at", sa.DateTime, nullable=False, index=True),
)
_happenings = sa.Table(
    "happenings",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    # A person's message, or (text is null) a new owner.
    sa.Column("text", sa.Text),
    sa.Column("owner", sa.String(16)),
    sa.Column("role", sa.String(40)),
    sa.Column("lang", sa.String(8)),
    sa.Column("returned", sa.Boolean, nullable=False, default=False),
    # Ids are never used again: a page asks for what came after the last it saw.
    sqlite_autoincrement=True,
)
_heard = sa.Table(
    "heard",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
_desk = sa.Table(
    "desk",
    meta,
    sa.Column("who", sa.String(64), primary_key=True),
    sa.Column("seen_at", sa.DateTime, nullable=False),
)
#: A desk that has not been seen for so long is not attended.
_ATTENDED = timedelta(minutes=2)
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
class Happening:
    """What a visitor is told outside of an answer: a person's words, or who answers now.

    `text` is None for a new owner. `role` is a key of bot/wording/roles.yml, or None.
    `returned`: the new owner has it back from a person.
    """

    id: int
    text: Optional[str]
    owner: Optional[Owner]
    role: Optional[str]
    lang: Optional[str]
    returned: bool


@dataclass(frozen=True)
class Heard:
    """What a visitor wrote while a person answers."""

    id: int
    text: str
    at: datetime


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


class Handoffs:
    """Gives conversations to people and back. Works on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        meta.create_all(engine)

    def owner(self, conversation: str) -> Owner:
        """Who answers: the assistant, the assistant until a person comes, or a person."""
        query = sa.select(_handoffs.c.owner).where(_handoffs.c.conversation == conversation)
        with self._engine.connect() as connection:
            found: Optional[Owner] = connection.execute(query).scalar()
        return found or "assistant"

    def role(self, conversation: str) -> Optional[str]:
        """The role of the person who answers, if one does."""
        query = sa.select(_handoffs.c.role).where(_handoffs.c.conversation == conversation)
        with self._engine.connect() as connection:
            found: Optional[str] = connection.execute(query).scalar()
        return found

    def ask(self, conversation: str, *, language: Optional[str] = None) -> None:
        """The visitor wants a person. Changes nothing while one answers already."""
        with self._engine.begin() as connection:
            if self._held(connection, conversation) == "assistant":
                self._give(connection, conversation, "waiting", None, language)

    def waiting(self) -> list[str]:
        """The conversations that wait for a person, the longest first."""
        query = sa.select(_handoffs.c.conversation).where(_handoffs.c.owner == "waiting")
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(_handoffs.c.changed_at)).scalars())

    def take(self, conversation: str, role: Optional[str] = None) -> bool:
        """A person answers from now on. False when another person already does."""
        with self._engine.begin() as connection:
            if self._held(connection, conversation) == "person":
                return False
            self._give(connection, conversation, "person", role, None)
        return True

    def give_back(self, conversation: str) -> None:
        """The assistant answers again, and says so. What was heard for the person is erased."""
        with self._engine.begin() as connection:
            if self._held(connection, conversation) == "assistant":
                return
            connection.execute(_heard.delete().where(_heard.c.conversation == conversation))
            self._give(connection, conversation, "assistant", None, None, unsaid=True)

    def withdraw(self, conversation: str) -> None:
        """The visitor waits no longer. Changes nothing while a person answers."""
        with self._engine.begin() as connection:
            if self._held(connection, conversation) == "waiting":
                self._give(connection, conversation, "assistant", None, None)

    def returned(self, conversation: str) -> bool:
        """Whether the assistant has still to say that it answers again; true only once."""
        query = _handoffs.update().where(
            _handoffs.c.conversation == conversation, _handoffs.c.unsaid.is_(True)
        )
        with self._engine.begin() as connection:
            return bool(connection.execute(query.values(unsaid=False)).rowcount)

    def idle_since(self, conversation: str, moment: datetime) -> bool:
        """Whether the person who answers has neither come nor written since `moment` (UTC)."""
        query = sa.select(_handoffs.c.changed_at).where(
            _handoffs.c.conversation == conversation, _handoffs.c.owner == "person"
        )
        with self._engine.connect() as connection:
            changed: Optional[datetime] = connection.execute(query).scalar()
        return changed is not None and changed < moment

    def here(self, who: str) -> None:
        """A person is at the desk (`who`: any name of the desk's own). To be said every minute."""
        one = _desk.c.who == who
        with self._engine.begin() as connection:
            if not connection.execute(_desk.update().where(one).values(seen_at=now())).rowcount:
                connection.execute(_desk.insert().values(who=who, seen_at=now()))

    def someone_here(self) -> bool:
        """Whether a person is at the desk, and could answer now."""
        query = sa.select(_desk.c.who).where(_desk.c.seen_at > now() - _ATTENDED).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def hear(self, conversation: str, text: str) -> None:
        """Keeps the visitor's words for the person who answers."""
        with self._engine.begin() as connection:
            connection.execute(
                _heard.insert().values(conversation=conversation, text=text, at=now())
            )

    def heard(self, conversation: str, after: int = 0) -> list[Heard]:
        """What the visitor wrote for the person after the message with the id `after`."""
        table = _heard
        query = sa.select((table.c.id, table.c.text, table.c.at)).where(
            table.c.conversation == conversation, table.c.id > after
        )
        with self._engine.connect() as connection:
            return [Heard(*row) for row in connection.execute(query.order_by(table.c.id))]

    def write(self, conversation: str, text: str, lang: str, role: Optional[str] = None) -> None:
        """A person of the association writes to the visitor."""
        held = _handoffs.c.conversation == conversation
        values = {"conversation": conversation, "text": text, "lang": lang, "role": role}
        with self._engine.begin() as connection:
            # First, because it locks the row: what happens in a conversation is numbered in order.
            connection.execute(_handoffs.update().where(held).values(changed_at=now()))
            connection.execute(_happenings.insert().values(**values, returned=False))
            announce(connection, conversation)

    def happenings(self, conversation: str, after: int = 0) -> list[Happening]:
        """What the visitor is to be told after the happening with the id `after`, in order."""
        table = _happenings
        columns = (
            table.c.id,
            table.c.text,
            table.c.owner,
            table.c.role,
            table.c.lang,
            table.c.returned,
        )
        query = sa.select(columns).where(table.c.conversation == conversation, table.c.id > after)
        with self._engine.connect() as connection:
            return [Happening(*row) for row in connection.execute(query.order_by(table.c.id))]

    def news(self, prefix: str, after: int = 0) -> list[tuple[str, Happening]]:
        """The same of all conversations whose ids begin with `prefix`, with their ids."""
        table = _happenings
        query = (
            sa.select(table)
            .where(table.c.conversation.startswith(prefix, autoescape=True), table.c.id > after)
            .order_by(table.c.id)
        )
        with self._engine.connect() as connection:
            return [
                (r.conversation, Happening(r.id, r.text, r.owner, r.role, r.lang, r.returned))
                for r in connection.execute(query)
            ]

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
        table = left_messages
        names = ("id", "conversation", "text", "reach_by", "contact", "lang", "consented_at")
        query = sa.select([table.c[name] for name in names]).order_by(table.c.id)
        if conversation is not None:
            query = query.where(table.c.conversation == conversation)
        with self._engine.connect() as connection:
            return [LeftMessage(*row) for row in connection.execute(query)]

    def remove_message(self, message: int) -> None:
        """Deletes a message that was dealt with."""
        with self._engine.begin() as connection:
            connection.execute(left_messages.delete().where(left_messages.c.id == message))

    def _held(self, connection: Connection, conversation: str) -> Owner:
        query = sa.select(_handoffs.c.owner).where(_handoffs.c.conversation == conversation)
        found: Optional[Owner] = connection.execute(query.with_for_update()).scalar()
        return found or "assistant"

    def _give(
        self,
        connection: Connection,
        conversation: str,
        owner: Owner,
        role: Optional[str],
        language: Optional[str],
        *,
        unsaid: bool = False,
    ) -> None:
        values = {"owner": owner, "role": role, "unsaid": unsaid, "changed_at": now()}
        if language:
            values["lang"] = language
        held = _handoffs.c.conversation == conversation
        if not connection.execute(_handoffs.update().where(held).values(**values)).rowcount:
            connection.execute(_handoffs.insert().values(conversation=conversation, **values))
        lang = connection.execute(sa.select(_handoffs.c.lang).where(held)).scalar()
        happening = {"conversation": conversation, "owner": owner, "role": role, "lang": lang}
        connection.execute(_happenings.insert().values(**happening, returned=unsaid))
        announce(connection, conversation)
