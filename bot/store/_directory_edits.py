"""Versions of entries of the directory as editors changed them: who, when, and what.

A version is never changed nor deleted. The newest of an entry counts instead of its file, until
a release contains it (`taken_in_at`).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta, now

EditKind = Literal["created", "edited", "confirmed", "undone", "retired", "restored", "settled"]

_edits = sa.Table(
    "desk_directory_edits",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entry", sa.String(120), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("deed", sa.String(16), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("base", sa.Text),
    sa.Column("changed", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("worker", sa.Integer, nullable=False),
    sa.Column("undoes", sa.Integer),
    sa.Column("taken_in_at", sa.DateTime),
    sa.UniqueConstraint("entry", "number"),
)


@dataclass(frozen=True)
class Edit:
    """One version of an entry, numbered from 1.

    `entry`: "services/<id>" and the like. `content`: all of it, as its file would hold it.
    `base`: what the file said when it was made; None without a file. `changed`: the fields that
    differ from the version before. `undoes`: the number of the version taken back. `at`: UTC
    without a zone. `taken_in_at`: since when a release contains it.
    """

    id: int
    entry: str
    number: int
    deed: EditKind
    content: dict[str, Any]
    base: Optional[dict[str, Any]]
    changed: list[str]
    at: datetime
    worker: int
    undoes: Optional[int]
    taken_in_at: Optional[datetime]


class Outdated(Exception):
    """Somebody else saved a newer version meanwhile."""


class DirectoryEdits:
    """Keeps and gives versions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state(self) -> tuple[int, int]:
        """Differs whenever anything changed; cheap, to be asked every second or two."""
        query = sa.select((sa.func.max(_edits.c.id), sa.func.count(_edits.c.taken_in_at)))
        with self._engine.connect() as connection:
            newest, taken_in = connection.execute(query).one()
        return newest or 0, taken_in

    def add(
        self,
        entry: str,
        number: int,
        content: dict[str, Any],
        *,
        deed: EditKind,
        base: Optional[dict[str, Any]],
        changed: list[str],
        worker: int,
        undoes: Optional[int] = None,
    ) -> int:
        """Keeps version `number` of an entry. Raises Outdated when there is one of that number."""
        values: dict[str, Any] = {"entry": entry, "number": number, "deed": deed, "worker": worker}
        values |= {"content": _packed(content), "changed": _packed(changed), "undoes": undoes}
        values |= {"base": None if base is None else _packed(base), "at": now()}
        try:
            with self._engine.begin() as connection:
                done = connection.execute(_edits.insert().values(**values))
        except sa.exc.IntegrityError as error:
            raise Outdated(entry) from error
        return int(done.inserted_primary_key[0])

    def of(self, entry: str) -> list[Edit]:
        """All versions of an entry, oldest first."""
        return self._found(_edits.c.entry == entry)

    def newest(self) -> dict[str, Edit]:
        """The newest version of every entry that has one."""
        last = sa.select(sa.func.max(_edits.c.id)).group_by(_edits.c.entry)
        return {edit.entry: edit for edit in self._found(_edits.c.id.in_(last))}

    def take_in(self, edit: int, at: Optional[datetime] = None) -> None:
        """Marks a version as contained in the release: the file counts again."""
        new = _edits.update().where((_edits.c.id == edit) & _edits.c.taken_in_at.is_(None))
        with self._engine.begin() as connection:
            connection.execute(new.values(taken_in_at=at or now()))

    def _found(self, condition: Any) -> list[Edit]:
        query = sa.select(list(_edits.c)).where(condition).order_by(_edits.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_edit(dict(row._mapping)) for row in rows]


def _edit(known: dict[str, Any]) -> Edit:
    content, changed = json.loads(known["content"]), json.loads(known["changed"])
    base = json.loads(known["base"]) if known["base"] else None
    return Edit(**{**known, "content": content, "changed": changed, "base": base})


def _packed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
