"""The desk's view of who asked for a person, and what workers tell each other about it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._conversations import conversations
from bot.store._handoff_tables import Note, Owner, handoffs, notes
from bot.store._schema import now
from bot.store._states import states


@dataclass(frozen=True)
class Talk:
    """A conversation that waits for a person, or that one answers.

    `since`: for who waits, when they asked (UTC); else the last change or word. `website`: it is
    one of the website's. `danger`: somebody is or may be in danger. `need`: asked for last.
    `delivered`: the last happening the visitor's page was given.
    """

    conversation: str
    owner: Owner
    worker: Optional[int]
    role: Optional[str]
    lang: Optional[str]
    since: datetime
    danger: bool
    website: bool
    need: Optional[str]
    delivered: int


class Inbox:
    """Lists conversations, keeps notes. Works on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def talks(self) -> list[Talk]:
        """All that people wait in or answer: danger first, then who waits, the longest first."""
        query = _talks().where(handoffs.c.owner != "assistant")
        with self._engine.connect() as connection:
            found = [_talk(row) for row in connection.execute(query)]
        return sorted(found, key=lambda t: (not t.danger, t.owner == "person", t.since))

    def talk(self, conversation: str) -> Optional[Talk]:
        """One of them; None when nobody asked for a person there, or no longer."""
        query = _talks().where(handoffs.c.conversation == conversation)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _talk(row) if row and row.owner != "assistant" else None

    def note(self, conversation: str, worker: int, text: str) -> None:
        """A word for the next worker."""
        values = {"conversation": conversation, "worker": worker, "text": text, "at": now()}
        with self._engine.begin() as connection:
            connection.execute(notes.insert().values(**values))

    def notes(self, conversation: str) -> list[Note]:
        """Their words, oldest first."""
        query = sa.select((notes.c.worker, notes.c.text, notes.c.at))
        query = query.where(notes.c.conversation == conversation).order_by(notes.c.id)
        with self._engine.connect() as connection:
            return [Note(*row) for row in connection.execute(query)]


def _talks() -> Any:
    joined = handoffs.outerjoin(
        conversations, conversations.c.id == handoffs.c.conversation
    ).outerjoin(states, states.c.conversation == handoffs.c.conversation)
    return sa.select([*handoffs.c, conversations.c.id.label("site"), states.c.state]).select_from(
        joined
    )


def _talk(row: Any) -> Talk:
    slots = json.loads(row.state)["slots"] if row.state else {}
    return Talk(
        conversation=row.conversation,
        owner=row.owner,
        worker=row.worker,
        role=row.role,
        lang=row.lang or slots.get("language"),
        since=row.changed_at,
        danger=row.danger_at is not None,
        website=row.site is not None,
        need=slots.get("need"),
        delivered=row.delivered or 0,
    )
