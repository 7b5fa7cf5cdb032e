"""The state of each conversation: one row, written once per turn, whatever its length."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import clear_log, meta, now

states = sa.Table(
    "states",
    meta,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False, index=True),
)
# Put together once: that takes longer than to carry them out.
_ONE = states.c.conversation == sa.bindparam("whose")
_LOAD = sa.select((states.c.state, states.c.changed_at)).where(_ONE)
_INSERT = states.insert()
_UPDATE = (
    states.update()
    .where(_ONE)
    .values(state=sa.bindparam("state"), changed_at=sa.bindparam("changed_at"))
)


@dataclass
class State:
    """What is remembered from one turn to the next.

    `slots`: Rasa's slots that are set. `offered`: payloads of the buttons shown, newest last.
    `said`: what was said lately, for a person who takes over: `{"who": "visitor" | "assistant" |
    "card", "text", "lang", "at"}` (of a card: the service's name). `last`: `{"id", "reply"}` of the
    last message that had an id. `at`: the time that was pretended in the last turn, ISO 8601, if
    one was. `seen`: when it was (UTC).
    """

    slots: dict[str, Any] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    said: list[dict[str, str]] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)
    at: Optional[str] = None
    seen: Optional[datetime] = None


class States:
    """Reads and writes states. Works on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self, conversation: str) -> Optional[State]:
        """The state after the last turn; None when there was none."""
        with self._engine.connect() as connection:
            row = connection.execute(_LOAD, {"whose": conversation}).first()
        return State(**json.loads(row[0]), seen=row[1]) if row else None

    def save(self, conversation: str, state: State, *, for_good: bool = False) -> None:
        """Replaces the state; `seen` becomes now. `for_good`: nothing is left of the old one."""
        kept = {name: value for name, value in vars(state).items() if name != "seen"}
        values = {"state": json.dumps(kept, ensure_ascii=False), "changed_at": now()}
        with self._engine.begin() as connection:
            if not connection.execute(_UPDATE, {"whose": conversation, **values}).rowcount:
                connection.execute(_INSERT, {"conversation": conversation, **values})
        if for_good:
            clear_log(self._engine)

    def said(self, conversation: str) -> list[dict[str, str]]:
        """What was said lately, for a person who takes over; nothing of a crisis."""
        state = self.load(conversation)
        return state.said if state else []
