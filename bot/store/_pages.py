"""Pages without JavaScript and without a cookie: two keys for each page that was shown.

The key in an address (`view`) only shows the conversation, for an hour, and until the visitor
leaves. The key in a form writes. One cannot be told from what is stored, nor `view` from the other.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, NamedTuple, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine, Row

from bot.store._schema import meta, now

_pages = sa.Table(
    "pages",
    meta,
    sa.Column("view_hash", sa.String(64), primary_key=True),
    sa.Column("form_hash", sa.String(64), nullable=False, index=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("shown_until", sa.DateTime, nullable=False),
    sa.Column("draft", sa.Text),
)
SHOWN_FOR = timedelta(hours=1)


class Shown(NamedTuple):
    """A page: its conversation, and what stands in its form."""

    conversation: str
    draft: Optional[str]


class Pages:
    """Makes and checks the keys of pages."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, conversation: str, draft: Optional[str] = None) -> str:
        """A new `view` key of a conversation. `draft`: what stands in the form, not sent yet."""
        view = secrets.token_urlsafe(32)
        values = {"conversation": conversation, "shown_until": now() + SHOWN_FOR, "draft": draft}
        hashes = {"view_hash": _hash(view), "form_hash": _hash(form_key(view))}
        with self._engine.begin() as connection:
            connection.execute(_pages.insert().values(**values, **hashes))
        return view

    def shown(self, view: str) -> Optional[Shown]:
        """What a `view` key still shows."""
        row = self._row((_pages.c.view_hash == _hash(view)) & (_pages.c.shown_until > now()))
        return Shown(*row) if row else None

    def writable(self, form: str) -> Optional[str]:
        """The conversation the key of a form writes into."""
        row = self._row(_pages.c.form_hash == _hash(form))
        return row.conversation if row else None

    def close(self, conversation: str) -> None:
        """No page of this conversation is shown again: the visitor left in a hurry."""
        closed = _pages.update().where(_pages.c.conversation == conversation)
        with self._engine.begin() as connection:
            connection.execute(closed.values(shown_until=now()))

    def _row(self, condition: Any) -> Optional[Row]:
        query = sa.select((_pages.c.conversation, _pages.c.draft)).where(condition)
        with self._engine.connect() as connection:
            return connection.execute(query).first()


def form_key(view: str) -> str:
    """The key of the form on the page that `view` shows."""
    return _hash(f"form {view}")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
