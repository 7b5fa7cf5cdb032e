"""Everything kept of one person: found by what they are known by, written out, or erased.

Every table with a column `conversation` or `call` belongs to that conversation or call; a table
that names them otherwise is made known with `register`.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator, Literal, NamedTuple, Optional

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store import messenger
from bot.store._call_counts import fold
from bot.store._schema import clear_log, meta
from knowledge import fold as folded

Kind = Literal["conversation", "call"]
By = Literal["contact", "mention"]
#: Columns that hold the way to reach somebody, or their name, and nothing else.
_CONTACTS = ("phone", "contact", "name")
_SECRET = re.compile(r"hash$|^token|^address$|^digest$|^secret")
_NUMBER = re.compile(r"\+?\d[\d .()/\u00a0-]{3,}\d")
_SHORTEST_PHONE, _SHORTEST_NAME = 6, 3
#: Table and column by which its rows belong to a conversation or a call.
_LINKS: dict[tuple[str, Kind], str] = {
    ("conversations", "conversation"): "id",
    ("desk_calls", "call"): "id",
    **{(table, "conversation"): "person" for table in messenger.PERSONAL_TABLES},
}


class Found(NamedTuple):
    """A conversation or a call. `by`: their contact stands there, or a text mentions it."""

    kind: Kind
    id: str
    by: By


@dataclass(frozen=True)
class Sought:
    """What a person is known by; what is empty is not looked for."""

    phone: str = ""
    email: str = ""
    name: str = ""
    conversation: str = ""

    @property
    def enough(self) -> bool:
        """Whether it says anything that can be looked for."""
        name = len(folded(self.name).strip()) >= _SHORTEST_NAME
        return bool(_national(self.phone) or "@" in self.email or name or self.conversation)


def register(table: str, kind: Kind, column: str) -> None:
    """Makes known that `column` of a table holds the id of a conversation or a call."""
    _LINKS[table, kind] = column


class People:
    """Finds, writes out and erases. Works on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, sought: Sought) -> list[Found]:
        """What is kept of a person. Texts are looked through, too: check what is a mention."""
        found: dict[tuple[Kind, str], By] = {}
        with self._engine.connect() as connection:
            for table, kind, link in _tables(connection):
                for row in connection.execute(sa.select(table)).mappings():
                    by = _matches(row, str(row[link]), kind, sought)
                    if by and row[link] is not None:
                        key = (kind, str(row[link]))
                        found[key] = "contact" if "contact" in (by, found.get(key)) else by
        return sorted(Found(kind, name, by) for (kind, name), by in found.items())

    def export(self, found: list[Found]) -> list[dict[str, Any]]:
        """All rows of each, by table; keys and hashes are left out."""
        written = []
        with self._engine.connect() as connection:
            for one in found:
                rows: dict[str, list[dict[str, Any]]] = {}
                for table, kind, link in _tables(connection):
                    if kind == one.kind:
                        query = sa.select(table).where(_is(table, link, one.id))
                        held = [_plain(row) for row in connection.execute(query).mappings()]
                        if held:
                            rows[table.name] = held
                written.append({"kind": one.kind, "id": one.id, "by": one.by, "kept": rows})
        return written

    def erase(self, found: list[Found]) -> int:
        """Deletes all rows of each; gives how many. Of calls their numbers stay in the counts."""
        gone = 0
        with self._engine.begin() as connection:
            for one in found:
                for table, kind, link in _tables(connection):
                    if kind != one.kind:
                        continue
                    mine = _is(table, link, one.id)
                    if table.name == "desk_calls":
                        fold(connection, table, mine)
                    gone += connection.execute(table.delete().where(mine)).rowcount
        clear_log(self._engine)
        return gone


def _tables(connection: Connection) -> Iterator[tuple[sa.Table, Kind, str]]:
    """The tables that are there, children first, each with the column that links it."""
    there = set(sa.inspect(connection).get_table_names())
    for table in reversed([*messenger.meta.sorted_tables, *meta.sorted_tables]):
        kinds: tuple[Kind, ...] = ("conversation", "call")
        for kind in kinds:
            link = _LINKS.get((table.name, kind)) or (kind if kind in table.c else None)
            if link and table.name in there:
                yield table, kind, link


def _is(table: sa.Table, link: str, name: str) -> Any:
    column = table.c[link]
    if not isinstance(column.type, sa.Integer):
        return column == name
    return column == (int(name) if name.isdecimal() and len(name) < 10 else -1)


def _matches(row: Any, name: str, kind: Kind, sought: Sought) -> Optional[By]:
    if kind == "conversation" and sought.conversation and name == sought.conversation:
        return "contact"
    held: Optional[By] = None
    for column, value in row.items():
        if not isinstance(value, str) or _SECRET.search(column):
            continue
        if _mentions(_words(value), sought):
            if column in _CONTACTS:
                return "contact"
            held = "mention"
    return held


def _words(value: str) -> str:
    """The text of a column; what is kept as JSON without its escapes."""
    if value[:1] not in "{[":
        return value
    try:
        return json.dumps(json.loads(value), ensure_ascii=False)
    except ValueError:
        return value


def _mentions(text: str, sought: Sought) -> bool:
    email, name = sought.email.strip().casefold(), _spaced(folded(sought.name))
    if "@" in email and email in text.casefold():
        return True
    if len(name) >= _SHORTEST_NAME and f" {name} " in f" {_spaced(folded(text))} ":
        return True
    number = _national(sought.phone)
    if not number:
        return False
    runs = (re.sub(r"\D", "", run) for run in _NUMBER.findall(text))
    return any(number in run for run in runs)


def _spaced(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", text))


def _national(number: str) -> str:
    """The digits of a phone number within its country, however it is written; else empty."""
    try:
        parsed = phonenumbers.parse(number, "LU")
    except phonenumbers.NumberParseException:
        return ""
    digits = str(parsed.national_number)
    return digits if len(digits) >= _SHORTEST_PHONE else ""


def _plain(row: Any) -> dict[str, Any]:
    """A row as JSON can hold it."""
    held = {column: value for column, value in row.items() if not _SECRET.search(column)}
    plain: dict[str, Any] = json.loads(json.dumps(held, default=str))
    for column, value in plain.items():
        if isinstance(value, str) and value[:1] in "{[":
            try:
                plain[column] = json.loads(value)
            except ValueError:
                continue
    return plain
