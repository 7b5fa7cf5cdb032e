"""Conversations and their tokens, in SQL. Ids and tokens are random and come from the server."""

import hashlib
import hmac
import secrets
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store import _schema
from bot.store._counts import Count, add_counts, month_of
from bot.store._schema import meta as _meta
from bot.store._schema import now as _now

conversations = sa.Table(
    "conversations",
    _meta,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False),
    sa.Column("page_language", sa.String(8)),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
_feedback = sa.Table(
    "feedback",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("rating", sa.String(8), nullable=False),
    sa.Column("word", sa.String(80)),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("answer", sa.String(64)),
)
# Put together once: that takes longer than to carry it out.
_CHECKED = sa.select((conversations.c.token_hash, conversations.c.page_language)).where(
    conversations.c.id == sa.bindparam("whose")
)


class UnknownConversation(Exception):
    """No conversation has this id (or it was deleted)."""


class WrongToken(Exception):
    """The token does not belong to this conversation."""


class Conversations:
    """Creates, checks and erases conversations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, page_language: Optional[str]) -> tuple[str, str]:
        """A new conversation: its id and the only copy of its token."""
        name, token = secrets.token_urlsafe(18), secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(
                conversations.insert().values(
                    id=name,
                    token_hash=_hash(token),
                    page_language=page_language,
                    created_at=_now(),
                )
            )
        return name, token

    def check(self, name: str, token: str) -> Optional[str]:
        """The page's language. Raises UnknownConversation or WrongToken."""
        with self._engine.connect() as connection:
            row = connection.execute(_CHECKED, {"whose": name}).first()
        if row is None:
            raise UnknownConversation(name)
        if not hmac.compare_digest(row[0], _hash(token)):
            raise WrongToken(name)
        language: Optional[str] = row[1]
        return language

    def erase(self, name: str) -> None:
        """Deletes everything of a conversation, and the right to go on with it."""
        with self._engine.begin() as connection:
            connection.execute(conversations.delete().where(conversations.c.id == name))
            _schema.erase(connection, name)
        _schema.clear_log(self._engine)

    def forget(self, name: str) -> None:
        """Deletes everything of a conversation, which can go on as a new one."""
        with self._engine.begin() as connection:
            _schema.erase(connection, name)
        _schema.clear_log(self._engine)

    def rate(
        self, name: str, rating: str, word: Optional[str], answer: Optional[str] = None
    ) -> None:
        """Keeps a visitor's rating: of the answer to the message with the id `answer`, or of all.

        Who rates the same again has thought better of it: the last rating counts.
        """
        about = (_feedback.c.conversation == name) & (_feedback.c.answer == answer)
        values = {"conversation": name, "rating": rating, "word": word, "answer": answer}
        with self._engine.begin() as connection:
            old = sa.select((_feedback.c.created_at, _feedback.c.rating)).where(about)
            for at, before in connection.execute(old).fetchall():
                add_counts(connection, {Count(month_of(at), "rating", before): -1})
            connection.execute(_feedback.delete().where(about))
            connection.execute(_feedback.insert().values(created_at=_now(), **values))
            add_counts(connection, {Count(month_of(_now()), "rating", rating): 1})

    def rating(self, name: str, answer: str) -> Optional[tuple[str, Optional[str]]]:
        """How the answer to a message was rated ("up" or "down"), and the word; None if not yet."""
        about = (_feedback.c.conversation == name) & (_feedback.c.answer == answer)
        query = sa.select((_feedback.c.rating, _feedback.c.word)).where(about)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return (row.rating, row.word) if row else None

    def alive(self) -> bool:
        """Whether the database answers, and holds our tables."""
        try:
            with self._engine.connect() as connection:
                # A damaged SQLite file would still say what 1 is.
                connection.execute(sa.select(conversations.c.id).limit(1))
        except sa.exc.SQLAlchemyError:
            return False
        return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
