"""Backups of a database that is in use, and the way back, on SQLite and PostgreSQL."""

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import ROOT
from bot.store import State, States, connect, open_database
from bot.store.backup import BadBackup, back_up, restore
from bot.store.messenger import Received, open_arrivals
from bot.store.migrations import bring, latest, revision_of
from tests.store.test_migrations import next_release

#: Writes pairs of rows, each pair in one transaction, until it is ended.
_WRITER = """
import sys
import sqlalchemy as sa
from bot.store import connect
engine = connect(sys.argv[1])
say = sa.text("INSERT INTO states (conversation, state, changed_at) VALUES (:c, :s, '2026-01-01')")
for number in range(100_000):
    with engine.begin() as connection:
        connection.execute(say, {"c": f"a{number}", "s": "x" * 500})
        connection.execute(say, {"c": f"b{number}", "s": "x" * 500})
    if number == 50:
        print("on", flush=True)
"""


@pytest.fixture
def other(request: pytest.FixtureRequest, address: str, tmp_path: Path) -> str:
    """Another, empty database of the same kind."""
    url = sa.engine.make_url(address)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{tmp_path / 'elsewhere' / 'store.db'}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {url.database}_other"))
    engine.dispose()
    return url.set(database=f"{url.database}_other").render_as_string(hide_password=False)


def pairs(database: str) -> tuple[int, int]:
    engine = connect(database)
    count = "SELECT count(*) FROM states WHERE conversation LIKE :c"
    with engine.connect() as connection:
        both = [connection.execute(sa.text(count), {"c": f"{c}%"}).scalar() for c in "ab"]
    engine.dispose()
    return both[0], both[1]


def test_while_somebody_writes(address: str, other: str, tmp_path: Path) -> None:
    open_database(address).dispose()
    order = [sys.executable, "-c", _WRITER, address]
    with subprocess.Popen(order, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stdout.readline() == b"on\n"
        file = tmp_path / "backup.zip"
        before = pairs(address)[0]
        made = back_up(address, file)
        time.sleep(0.2)
        alive = writer.poll() is None
        writer.kill()
    assert alive, "the writer was not held up"
    assert made.revision == latest() and file.stat().st_mode & 0o777 == 0o600
    assert restore(other, file) == made
    first, second = pairs(other)
    assert before <= first == second < pairs(address)[0], "one moment, no half transaction"
    engine = open_database(other)
    assert revision_of(engine) == latest()
    States(engine).save("after", State())
    engine.dispose()


def test_what_stands_there_is_not_lost_unasked(
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = open_database(address)
    States(engine).save("old", State())
    monkeypatch.setenv("WEEWEISER_DATABASE", address)
    file = tmp_path / "backup.zip"
    run = CliRunner().invoke
    assert run(app, ["backup", str(file)]).exit_code == 0
    again = run(app, ["backup", str(file)])
    assert again.exit_code == 1 and "exists already" in again.output
    States(engine).save("new", State())
    engine.dispose()
    refused = run(app, ["restore", str(file)])
    assert refused.exit_code == 1 and "--force" in refused.output
    assert States(engine).load("new")
    engine.dispose()
    assert run(app, ["restore", str(file), "--force"]).exit_code == 0
    assert States(engine).load("old") and States(engine).load("new") is None
    engine.dispose()


def test_damage_is_seen(address: str, other: str, tmp_path: Path) -> None:
    open_database(address).dispose()
    file = tmp_path / "backup.zip"
    back_up(address, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadBackup, match="damaged"):
        restore(other, file)
    file.write_bytes(b"no backup")
    with pytest.raises(BadBackup, match="no backup"):
        restore(other, file)
    file.write_bytes(whole)
    swapped(file, lambda name, content: content[:-1] + b"?" if "store" in name else content)
    with pytest.raises(BadBackup, match="not what was written"):
        restore(other, file)
    with pytest.raises(FileNotFoundError):
        restore(other, tmp_path / "missing.zip")


def test_newer_and_foreign_backups_are_refused(
    address: str,
    other: str,
    tmp_path: Path,
) -> None:
    engine = connect(address)
    bring(engine, "9001", versions=next_release(tmp_path))
    engine.dispose()
    file = tmp_path / "backup.zip"
    back_up(address, file)
    with pytest.raises(BadBackup, match="9001.*newer program"):
        restore(other, file)
    kind = sa.engine.make_url(address).get_backend_name()
    foreign = "postgresql://nobody@127.0.0.1:1/x" if kind == "sqlite" else "sqlite:////tmp/none/x"
    with pytest.raises(BadBackup, match="another kind"):
        restore(foreign, file)


def test_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="no database at"):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "b.zip")
    with pytest.raises(BadBackup, match="memory"):
        back_up("sqlite://", tmp_path / "b.zip")
    assert not (tmp_path / "none.db").exists()


def test_webhooks_on_their_way_are_in_it(tmp_path: Path) -> None:
    address, other = (f"sqlite:///{tmp_path / name}" for name in ("a.db", "b.db"))
    open_database(address).dispose()
    arrivals = open_arrivals(address)
    fields = Received.__dataclass_fields__
    event = Received(**{name: _any(fields[name].type) for name in fields})
    arrivals.add([event], 1)
    back_up(address, tmp_path / "one.zip")
    restore(other, tmp_path / "one.zip")
    restored = open_arrivals(other)
    assert [one.event() for one in restored.oldest(5)] == [event]
    restored.close()
    open_database(f"sqlite:///{tmp_path / 'c.db'}").dispose()
    back_up(f"sqlite:///{tmp_path / 'c.db'}", tmp_path / "none.zip")
    restore(other, tmp_path / "none.zip", force=True)
    restored = open_arrivals(other)
    assert restored.oldest(5) == []
    restored.close()
    arrivals.close()


def _any(kind: object) -> object:
    named = str(kind)
    return 1 if "int" in named else False if "bool" in named else "x"


def swapped(file: Path, change: object) -> None:
    """Writes a zip file anew, with other contents."""
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert json.loads(parts["manifest.json"])["parts"]
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, change(name, content))  # type: ignore[operator]
