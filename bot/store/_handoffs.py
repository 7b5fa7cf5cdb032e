"""Who answers a conversation, the assistant or a person.

What happens is also kept in order as `happenings`, which channels pass on to the visitor. Every
change of hands is one conditional UPDATE: of two workers at once the database lets one through.
"""

import json
from datetime import datetime
from typing import Any, Collection, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._handoff_tables import Happening, Heard, Owner, Reason, Return
from bot.store._handoff_tables import handoffs as _handoffs
from bot.store._handoff_tables import happenings as _happenings
from bot.store._handoff_tables import heard as _heard
from bot.store._handoff_tables import notes as _notes
from bot.store._left_messages import LeftMessages
from bot.store._listening import announce
from bot.store._presence import Presence
from bot.store._schema import now
from bot.store._spans import record

# Put together once: that takes longer than to carry them out.
_OWNER = sa.select(_handoffs.c.owner).where(_handoffs.c.conversation == sa.bindparam("whose"))
_UNSAID = sa.select(_handoffs.c.unsaid).where(_handoffs.c.conversation == sa.bindparam("whose"))
_ANSWERING = sa.select(_handoffs.c.changed_at).where(
    _handoffs.c.conversation == sa.bindparam("whose"), _handoffs.c.owner == "person"
)
_AFTER = (
    sa.select(_happenings)
    .where(
        _happenings.c.conversation == sa.bindparam("whose"),
        _happenings.c.id > sa.bindparam("after"),
    )
    .order_by(_happenings.c.id)
)


class Handoffs(Presence, LeftMessages):
    """Gives conversations to people and back. Works on SQLite and PostgreSQL.

    `worker`, where it is given: only while this account answers.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def owner(self, conversation: str) -> Owner:
        """Who answers: the assistant, the assistant until a person comes, or a person."""
        with self._engine.connect() as connection:
            found: Optional[Owner] = connection.execute(_OWNER, {"whose": conversation}).scalar()
        return found or "assistant"

    def role(self, conversation: str) -> Optional[str]:
        """The role of the person who answers, if one does."""
        found: Optional[str] = self._of(conversation, _handoffs.c.role)
        return found

    def ask(self, conversation: str, *, language: Optional[str] = None) -> None:
        """The visitor wants a person. Changes nothing while one answers already."""
        self._give(conversation, ["assistant"], "waiting", lang=language)

    def waiting(self) -> list[str]:
        """The conversations that wait for a person, the longest first."""
        query = sa.select(_handoffs.c.conversation).where(_handoffs.c.owner == "waiting")
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(_handoffs.c.changed_at)).scalars())

    def take(
        self, conversation: str, role: Optional[str] = None, *, worker: Optional[int] = None
    ) -> bool:
        """A person answers from now on. False when another person already does."""
        free: list[Owner] = ["assistant", "waiting"]
        return self._give(conversation, free, "person", role=role, of=worker)

    def claim(self, conversation: str, worker: int, role: Optional[str] = None) -> bool:
        """A worker takes who waits. False when nobody waits there any more."""
        return self._give(conversation, ["waiting"], "person", role=role, of=worker)

    def pass_on(
        self, conversation: str, to: int, role: Optional[str], *, worker: Optional[int] = None
    ) -> bool:
        """Another worker answers from now on."""
        return self._give(conversation, ["person"], "person", role=role, of=to, worker=worker)

    def put_back(
        self, conversation: str, reason: Reason = "queue", *, worker: Optional[int] = None
    ) -> bool:
        """Waits again; the assistant answers meanwhile. What was heard stays for the next."""
        return self._give(
            conversation, ["person"], "waiting", worker=worker, unsaid=True, reason=reason
        )

    def give_back(
        self,
        conversation: str,
        *,
        worker: Optional[int] = None,
        reason: Optional[Reason] = None,
    ) -> bool:
        """The assistant answers again, and says so. What was heard for the person is erased."""
        held: list[Owner] = ["person"] if worker is not None else ["waiting", "person"]
        return self._give(
            conversation, held, "assistant", worker=worker, unsaid=True, reason=reason
        )

    def withdraw(self, conversation: str) -> None:
        """The visitor waits no longer. Changes nothing while a person answers."""
        self._give(conversation, ["waiting"], "assistant")

    def free_left(self, seen: Collection[int]) -> list[str]:
        """Puts back what is answered by a worker who is none of these; gives the conversations."""
        query = sa.select((_handoffs.c.conversation, _handoffs.c.worker)).where(
            _handoffs.c.owner == "person",
            _handoffs.c.worker.is_not(None),
            _handoffs.c.worker.not_in(list(seen)),
        )
        with self._engine.connect() as connection:
            left = [tuple(row) for row in connection.execute(query)]
        return [name for name, worker in left if self.put_back(name, "left", worker=worker)]

    def returned(self, conversation: str) -> Optional[Return]:
        """That the assistant answers again, only once: whether the visitor was told so already.

        "untold": the next answer says it, and what happened does not any more.
        """
        with self._engine.connect() as connection:
            if not connection.execute(_UNSAID, {"whose": conversation}).scalar():
                return None  # nearly always: nothing is written then
        mine, happened = _handoffs.c.conversation == conversation, _happenings.c
        back = (happened.conversation == conversation) & happened.returned.is_(True)
        last = sa.select((happened.id, happened.owner)).where(back).order_by(happened.id.desc())
        said = _happenings.update().where(back & (happened.owner == "assistant"))
        with self._engine.begin() as connection:
            claim = _handoffs.update().where(mine & _handoffs.c.unsaid.is_(True))
            if not connection.execute(claim.values(unsaid=False)).rowcount:
                return None
            given = connection.execute(sa.select(_handoffs.c.delivered).where(mine)).scalar()
            newest = connection.execute(last.limit(1)).first()
            live = newest is not None and newest.owner == "assistant"
            if live and given is not None and given >= newest.id:
                return "told"
            connection.execute(said.values(returned=False))
        return "untold"

    def idle_since(self, conversation: str, moment: datetime) -> bool:
        """Whether the person who answers has neither come nor written since `moment` (UTC)."""
        with self._engine.connect() as connection:
            of = {"whose": conversation}
            changed: Optional[datetime] = connection.execute(_ANSWERING, of).scalar()
        return changed is not None and changed < moment

    def flag(self, conversation: str) -> None:
        """Somebody is or may be in danger: kept with the conversation, for who takes over."""
        self._begin(conversation)
        one = _handoffs.update().where(_handoffs.c.conversation == conversation)
        with self._engine.begin() as connection:
            connection.execute(one.values(danger_at=now()))

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

    def write(
        self,
        conversation: str,
        text: Optional[str],
        lang: str,
        role: Optional[str] = None,
        *,
        message: Optional[dict[str, Any]] = None,
        worker: Optional[int] = None,
        once: Optional[str] = None,
    ) -> bool:
        """A person writes to the visitor, or (`message`, instead of a text) shows a card.

        False, and nothing is said, when `worker` is not the one who answers. The same `once` is
        said once.
        """
        held = _handoffs.c.conversation == conversation
        if worker is not None:
            held &= (_handoffs.c.owner == "person") & (_handoffs.c.worker == worker)
        values: dict[str, Any] = {"conversation": conversation, "text": text, "lang": lang}
        written = json.dumps(message, ensure_ascii=False) if message else None
        values |= {"role": role, "returned": False, "message": written, "at": now(), "once": once}
        with self._engine.begin() as connection:
            # Also holds the row: nobody writes, takes or gives at the same time.
            there = connection.execute(_handoffs.update().where(held).values(changed_at=now()))
            if worker is not None and not there.rowcount:
                return False
            if once is None or not _said_before(connection, conversation, once):
                connection.execute(_happenings.insert().values(**values))
                announce(connection, conversation)
        return True

    def happenings(self, conversation: str, after: int = 0) -> list[Happening]:
        """What the visitor is to be told after the happening with the id `after`, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(_AFTER, {"whose": conversation, "after": after})
            return [_happening(row) for row in rows]

    def news(self, prefix: str, after: int = 0) -> list[tuple[str, Happening]]:
        """The same of all conversations whose ids begin with `prefix`, with their ids."""
        table = _happenings
        query = (
            sa.select(table)
            .where(table.c.conversation.startswith(prefix, autoescape=True), table.c.id > after)
            .order_by(table.c.id)
        )
        with self._engine.connect() as connection:
            return [(row.conversation, _happening(row)) for row in connection.execute(query)]

    def delivered(self, conversation: str, happening: int) -> None:
        """The visitor's page was given everything up to this happening."""
        seen = _handoffs.c.delivered
        one = (_handoffs.c.conversation == conversation) & (seen.is_(None) | (seen < happening))
        with self._engine.begin() as connection:
            connection.execute(_handoffs.update().where(one).values(delivered=happening))

    def _of(self, conversation: str, column: Any) -> Any:
        query = sa.select(column).where(_handoffs.c.conversation == conversation)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def _begin(self, conversation: str) -> None:
        """The first row of a conversation: the assistant answers."""
        if self._of(conversation, _handoffs.c.owner) is not None:
            return
        first = {"owner": "assistant", "unsaid": False, "changed_at": now()}
        try:
            with self._engine.begin() as connection:
                connection.execute(_handoffs.insert().values(conversation=conversation, **first))
        except sa.exc.IntegrityError:
            return  # somebody else was as quick

    def _give(
        self,
        conversation: str,
        held: list[Owner],
        to: Owner,
        *,
        role: Optional[str] = None,
        lang: Optional[str] = None,
        of: Optional[int] = None,
        worker: Optional[int] = None,
        unsaid: bool = False,
        reason: Optional[Reason] = None,
    ) -> bool:
        """A new owner (`of`: their account), if one of `held` (`worker`: this account) has it."""
        if "assistant" in held:
            self._begin(conversation)
        mine = _handoffs.c.conversation == conversation
        condition = mine & _handoffs.c.owner.in_(held)
        if worker is not None:
            condition &= _handoffs.c.worker == worker
        values: dict[str, Any] = {"owner": to, "role": role, "unsaid": unsaid, "worker": of}
        values["changed_at"] = now()
        if lang:
            values["lang"] = lang
        if reason == "closed":
            values["danger_at"] = None
        with self._engine.begin() as connection:
            if not connection.execute(
                _handoffs.update().where(condition).values(**values)
            ).rowcount:
                return False
            if to == "assistant":
                for table in (_heard, _notes):
                    connection.execute(table.delete().where(table.c.conversation == conversation))
            spoken = connection.execute(sa.select(_handoffs.c.lang).where(mine)).scalar()
            told: dict[str, Any] = {"conversation": conversation, "owner": to, "role": role}
            told |= {"lang": spoken, "returned": unsaid, "reason": reason, "at": now()}
            record(connection, conversation, to, now())
            connection.execute(_happenings.insert().values(**told))
            announce(connection, conversation)
        return True


def _said_before(connection: Connection, conversation: str, once: str) -> bool:
    query = sa.select(_happenings.c.id).where(
        _happenings.c.conversation == conversation, _happenings.c.once == once
    )
    return connection.execute(query).first() is not None


def _happening(row: Any) -> Happening:
    message = json.loads(row.message) if row.message else None
    return Happening(
        row.id, row.text, row.owner, row.role, row.lang, row.returned, message, row.reason, row.at
    )
