"""The search with its words in PostgreSQL: live, shared between processes, and when it fails."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from knowledge import FOLDER, Directory, load
from knowledge.__main__ import main
from tests import postgres

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.server() as address:
        yield address


@pytest.fixture
def database(server: str) -> Iterator[sa.engine.Engine]:
    """An empty database; `url` is its address."""
    opened = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with opened.connect() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS directory_posting, directory_index")
    yield opened
    opened.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


def kept(database: sa.engine.Engine) -> int:
    with database.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM directory_index").scalar_one())


def opened(folder: Path, database: sa.engine.Engine) -> Directory:
    directory = Directory(folder)
    directory.search_in(str(database.url))
    return directory


def rename(folder: Path, name: str) -> None:
    path = folder / "services" / "surendettement.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("  fr:"))
    lines[at] = f"  fr: {name}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def renew(directory: Directory) -> None:
    directory.look()
    directory.look()


def first(directory: Directory, text: str) -> str:
    return next((hit.id for hit in directory.current.search(text, limit=1)), "")


def test_a_change_is_found_at_once(folder: Path, database: sa.engine.Engine) -> None:
    directory = opened(folder, database)
    assert first(directory, "quetschekraut") == ""
    rename(folder, "Quetschekraut")
    renew(directory)
    assert first(directory, "quetschekraut") == "surendettement"
    assert kept(database) == 2
    directory.stop()


def test_processes_with_the_same_files_share_one_copy(
    folder: Path, database: sa.engine.Engine
) -> None:
    one, other = opened(folder, database), opened(folder, database)
    assert kept(database) == 1
    rename(folder, "Quetschekraut")
    renew(one)
    # The other has not looked yet: it answers from what it knows, as its pages do.
    assert (first(one, "quetschekraut"), first(other, "quetschekraut")) == ("surendettement", "")
    assert first(other, "surendettement") == "surendettement"
    renew(other)
    assert first(other, "quetschekraut") == "surendettement" and kept(database) == 2
    one.stop()
    other.stop()


def test_old_copies_are_removed(folder: Path, database: sa.engine.Engine) -> None:
    directory = opened(folder, database)
    for name in ("Eent", "Zwee", "Dräi", "Véier", "Fënnef", "Sechs"):
        rename(folder, f"Quetschekraut {name}")
        renew(directory)
    assert kept(database) == 4
    assert first(directory, "quetschekraut sechs") == "surendettement"
    directory.stop()


def test_memory_answers_when_the_database_cannot_be_reached(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = Directory(folder)
    directory.search_in(NOWHERE)
    assert first(directory, "surendettement") == "surendettement"
    assert [r.levelno for r in caplog.records if "search_in_memory" in r.message] == [logging.ERROR]
    directory.stop()


def test_memory_answers_when_the_words_are_gone(
    folder: Path, database: sa.engine.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    directory = opened(folder, database)
    with database.connect() as connection:
        connection.exec_driver_sql("DELETE FROM directory_index")
    hits = directory.current.search("Iergendeppes surendetement Iergendwou")
    assert hits == load(folder).search("Iergendeppes surendetement Iergendwou")
    with database.connect() as connection:
        connection.exec_driver_sql("DROP TABLE directory_posting, directory_index")
    again = opened(folder, database)
    assert first(again, "surendettement") == "surendettement" and kept(database) == 1
    assert "search_in_memory" in caplog.text and "urendet" not in caplog.text
    directory.stop()
    again.stop()


def test_what_is_looked_for_is_in_no_error(
    folder: Path, database: sa.engine.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    directory = opened(folder, database)
    with database.connect() as connection:
        connection.exec_driver_sql("DROP TABLE directory_posting")
    assert first(directory, "surendettement") == "surendettement"
    assert "directory_posting" in caplog.text and "urendet" not in caplog.text
    directory.stop()


def test_the_command_line_uses_it(
    database: sa.engine.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "Scholdeberodung", "--database", str(database.url)]) == 0
    hits = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert hits[0]["id"] == "surendettement" and kept(database) == 1
