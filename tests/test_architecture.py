"""The rooms of docs/architecture.md: who may import whom."""

import ast
from pathlib import Path

import pytest

from bot.settings import ROOT

#: A room, and what may not enter it.
CLOSED = {
    "knowledge": ("bot", "actions", "rasa", "rasa_sdk", "fastapi"),
    "actions": ("bot", "fastapi", "sqlalchemy", "httpx"),
    "bot/nlu": ("bot.channels", "bot.desk", "bot.store", "fastapi", "sqlalchemy", "httpx"),
    "bot/channels": ("bot.desk", "bot.nlu", "rasa", "rasa_sdk"),
    "bot/desk": ("bot.channels", "bot.nlu", "rasa", "rasa_sdk"),
    "bot/store": ("bot.channels", "bot.desk", "bot.nlu", "bot.assistant", "rasa", "fastapi"),
}
#: Errors of the database may be caught elsewhere, and an engine handed on; nothing else.
_HANDED_ON = {"sqlalchemy.exc", "sqlalchemy.engine"}
#: Not ours to decide here: reading an address.
_ADDRESSES = {"bot/assistant_process.py", "bot/settings.py"}


def imported(path: Path) -> set[str]:
    """Every module a file imports, anywhere in it; `from a import b` counts as a.b, too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


@pytest.mark.parametrize("room", CLOSED)
def test_nobody_enters_who_may_not(room: str) -> None:
    files = list((ROOT / room).rglob("*.py"))
    assert files
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path)
        for closed in CLOSED[room]
        if within(name, closed) and not name.startswith("sqlalchemy.exc")
    }
    assert not wrong


def test_sql_stays_in_the_store() -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / "bot").rglob("*.py")
        if not path.is_relative_to(ROOT / "bot" / "store")
        and path.relative_to(ROOT).as_posix() not in _ADDRESSES
        for name in imported(path)
        if within(name, "sqlalchemy") and not any(within(name, room) for room in _HANDED_ON)
    }
    assert not wrong


def test_the_document_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for room in CLOSED:
        assert f"`{room}/`" in text, room
