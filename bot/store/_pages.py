"""Pages without JavaScript and without a cookie: two keys for each page that was shown.

The key in an address (`view`) only shows the conversation, for an hour, and until the visitor
leaves. The key in a form writes. One cannot be told from what is stored, nor `view` from the other.
"""

import hashlib
import secrets
from datetime import datetime, timedelta, timezone
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta

_pages = sa.Table(
    "pages",
    meta,
    sa.Column("view_hash", sa.String(64), primary_key=True),
    sa.Column("form_hash", sa.String(64), nullable=False, index=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("shown_until", sa.DateTime, nullable=False),
)
SHOWN_FOR = timedelta(hours=1)


class Pages:
    """Makes and checks the keys of pages."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, conversation: str) -> str:
        """A new `view` key of a conversation."""
        view = secrets.token_urlsafe(32)
        values = {"conversation": conversation, "shown_until": _now() + SHOWN_FOR}
        hashes = {"view_hash": _hash(view), "form_hash": _hash(form_key(view))}
        with self._engine.begin() as connection:
            connection.execute(_pages.insert().values(**values, **hashes))
        return view

    def shown(self, view: str) -> Optional[str]:
        """The conversation a `view` key still shows."""
        fresh = _pages.c.shown_until > _now()
        return self._conversation((_pages.c.view_hash == _hash(view)) & fresh)

    def writable(self, form: str) -> Optional[str]:
        """The conversation the key of a form writes into."""
        return self._conversation(_pages.c.form_hash == _hash(form))

    def close(self, conversation: str) -> None:
        """No page of this conversation is shown again: the visitor left in a hurry."""
        closed = _pages.update().where(_pages.c.conversation == conversation)
        with self._engine.begin() as connection:
            connection.execute(closed.values(shown_until=_now()))

    def _conversation(self, condition: sa.sql.ColumnElement) -> Optional[str]:
        query = sa.select((_pages.c.conversation,)).where(condition)
        with self._engine.connect() as connection:
            found: Optional[str] = connection.execute(query).scalar()
        return found


def form_key(view: str) -> str:
    """The key of the form on the page that `view` shows."""
    return _hash(f"form {view}")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
