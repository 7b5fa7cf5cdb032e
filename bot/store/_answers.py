"""Each message of a conversation once: who answers it, and the answer, to be given again.

A message is claimed before it is answered. Whoever sends it again waits for the answer, or takes
the claim over when its owner shows no sign of life (the process ended).
"""

import json
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine, Row

from bot.store._schema import meta

_answers = sa.Table(
    "answers",
    meta,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False),
    sa.Column("message", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("said", sa.Text),
    sa.Column("after", sa.Integer, nullable=False),
    sa.Column("beat", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text),
    sa.UniqueConstraint("conversation", "message"),
)
_conversations = sa.table("conversations", sa.column("id"))
# Put together once: that takes longer than to carry them out.
_ONE = (_answers.c.conversation == sa.bindparam("whose")) & (
    _answers.c.message == sa.bindparam("which")
)
_INSERT = _answers.insert()
_THERE = sa.select(_conversations.c.id).where(_conversations.c.id == sa.bindparam("whose"))
_COMPLETE = _answers.update().where(_ONE).values(answer=sa.bindparam("written"))
_COMPLETE_CRISIS = _COMPLETE.values(said=None, digest=sa.bindparam("nothing"))
#: The digest of what may not even be recognised.
NOTHING = "-"


@dataclass(frozen=True)
class Entry:
    """A message and its answer. `answer` is None while it is being written.

    `digest` tells two messages apart; `said` is what the visitor sees as said, None where the
    page keeps that itself; `after`: the last message of a person shown before; `beat` changes
    as long as the owner of the claim is at work.
    """

    number: int
    message: str
    digest: str
    said: Optional[str]
    after: int
    beat: int
    answer: Optional[dict[str, Any]]


class Answers:
    """Claims, completes and finds answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(
        self, conversation: str, message: str, digest: str, said: Optional[str], after: int
    ) -> Optional[Entry]:
        """None when the caller is to answer it; else what there is already."""
        values = {"conversation": conversation, "message": message, "digest": digest}
        try:
            with self._engine.begin() as connection:
                row = {**values, "said": said, "after": after, "beat": 0}
                connection.execute(_INSERT, row)
        except sa.exc.IntegrityError:
            # Gone again between the two looks: its owner was refused, so the message is free.
            found = self.find(conversation, message)
            return found or self.claim(conversation, message, digest, said, after)
        return None

    def find(self, conversation: str, message: str) -> Optional[Entry]:
        """The message with this id, if it was ever claimed."""
        with self._engine.connect() as connection:
            row = connection.execute(_entries().where(_is(conversation, message))).first()
        return _entry(row) if row else None

    def of(self, conversation: str) -> list[Entry]:
        """All messages of a conversation, in the order they came."""
        query = _entries().where(_answers.c.conversation == conversation)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query.order_by(_answers.c.number))]

    def beat(self, conversation: str, message: str, seen: Optional[int] = None) -> bool:
        """Says that somebody is at work on it; with `seen`, only if nobody else said so since."""
        condition = _is(conversation, message) & _answers.c.answer.is_(None)
        if seen is not None:
            condition &= _answers.c.beat == seen
        return self._update(condition, beat=_answers.c.beat + 1)

    def complete(
        self, conversation: str, message: str, digest: str, answer: dict[str, Any]
    ) -> bool:
        """Keeps the answer. False when the conversation is gone: then nothing is kept.

        A conversation may have been emptied, and the claim with it, by the message itself ("delete
        my data"): its answer is kept all the same.
        """
        written = json.dumps(answer)
        given = {"whose": conversation, "which": message, "written": written}
        complete = _COMPLETE
        if answer.get("crisis"):
            # Of a cry for help nothing is kept but that it was one.
            digest = NOTHING
            complete, given = _COMPLETE_CRISIS, {**given, "nothing": NOTHING}
        with self._engine.begin() as connection:
            if connection.execute(_THERE, {"whose": conversation}).first() is None:
                connection.execute(_answers.delete().where(_is(conversation, message)))
                return False
            if not connection.execute(complete, given).rowcount:
                row: dict[str, Any] = {"conversation": conversation, "message": message}
                row |= {"digest": digest, "after": 0, "beat": 0, "answer": written}
                connection.execute(_INSERT, row)
        return True

    def release(self, conversation: str, message: str) -> None:
        """Forgets a claim: the message was refused, its id may be used again."""
        with self._engine.begin() as connection:
            connection.execute(_answers.delete().where(_is(conversation, message)))

    def _update(self, condition: Any, **values: Any) -> bool:
        with self._engine.begin() as connection:
            done = connection.execute(_answers.update().where(condition).values(**values))
        return bool(done.rowcount)


def _entries() -> Any:
    t = _answers.c
    return sa.select((t.number, t.message, t.digest, t.said, t.after, t.beat, t.answer))


def _is(conversation: str, message: str) -> Any:
    return (_answers.c.conversation == conversation) & (_answers.c.message == message)


def _entry(row: Row) -> Entry:
    known = dict(row._mapping)
    answer = known.pop("answer")
    return Entry(**known, answer=json.loads(answer) if answer else None)
