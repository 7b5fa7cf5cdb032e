"""The tables from one release to the next, on SQLite and PostgreSQL, with data in them."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import ROOT
from bot.store import State, States, connect, open_database
from bot.store.messenger import create_tables, open_engine
from bot.store.migrations import VERSIONS, Unusable, bring, latest, revision_of, upgrade
from bot.store.migrations._adopt import compare
from bot.store.migrations._tables import ALL

_NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9001", "{last}"


def upgrade() -> None:
    with op.batch_alter_table("states") as states:
        states.alter_column("state", new_column_name="held", nullable=False)
        states.add_column(sa.Column("size", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE states SET size = length(held)")


def downgrade() -> None:
    with op.batch_alter_table("states") as states:
        states.drop_column("size")
        states.alter_column("held", new_column_name="state", nullable=False)
"""


@pytest.fixture
def empty(address: str) -> Iterator[Engine]:
    engine = connect(address)
    yield engine
    engine.dispose()


def next_release(folder: Path, text: str = _NEXT) -> Path:
    """The revisions of an imagined next release."""
    versions = Path(copytree(VERSIONS, folder / "versions"))
    (versions / "9001_next.py").write_text(text.format(last=latest()), encoding="utf-8")
    return versions


def before_revisions(engine: Engine) -> None:
    """A database as it was made while there were no revisions."""
    for meta in ALL:
        meta.create_all(engine)
    States(engine).save("c1", State({"place": "Mersch"}))


def test_a_new_database_is_what_the_code_wants(address: str) -> None:
    engine = open_database(address)
    with engine.connect() as connection:
        assert compare(connection, *ALL) == [], "run: python -m bot.store.migrations baseline"
    assert revision_of(engine) == latest()
    engine.dispose()


def test_a_difference_is_seen(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("ALTER TABLE states ADD COLUMN more INTEGER"))
        connection.execute(sa.text("DROP INDEX ix_desk_calls_at"))
        found = " ".join(compare(connection, *ALL))
    assert "'states'" in found and "more" in found and "ix_desk_calls_at" in found


def test_messenger_finds_its_tables_whoever_comes_first(address: str) -> None:
    engine = open_engine(address)
    create_tables(engine)
    assert revision_of(engine) == latest()
    engine.dispose()
    open_database(address).dispose()


def test_up_and_down_with_data(empty: Engine, tmp_path: Path) -> None:
    upgrade(empty)
    States(empty).save("c1", State({"place": "Mersch"}))
    versions = next_release(tmp_path)
    upgrade(empty, versions=versions)
    with empty.connect() as connection:
        held, size = connection.execute(sa.text("SELECT held, size FROM states")).one()
    assert "Mersch" in held and size == len(held)
    assert bring(empty, latest(), versions=versions) == "9001"
    state = States(empty).load("c1")
    assert state and state.slots == {"place": "Mersch"}
    with empty.connect() as connection:
        assert compare(connection, *ALL) == []


def test_a_step_that_fails_changes_nothing(empty: Engine, tmp_path: Path) -> None:
    upgrade(empty)
    States(empty).save("c1", State({"place": "Mersch"}))
    wrong = _NEXT.replace("UPDATE states SET", "UPDATE nothing SET")
    with pytest.raises(sa.exc.DatabaseError):
        upgrade(empty, versions=next_release(tmp_path, wrong))
    assert revision_of(empty) == latest()
    assert States(empty).load("c1")


def test_a_database_from_before_revisions(empty: Engine, address: str) -> None:
    before_revisions(empty)
    with empty.begin() as connection:
        # Older still: a table and a column came later.
        connection.execute(sa.text("DROP TABLE desk_calls"))
        connection.execute(sa.text("ALTER TABLE feedback DROP COLUMN answer"))
    engine = open_database(address)
    with engine.connect() as connection:
        assert compare(connection, *ALL) == []
    assert revision_of(engine) == latest() and States(engine).load("c1")
    engine.dispose()


def test_other_tables_do_not_matter(empty: Engine) -> None:
    before_revisions(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("CREATE TABLE weather (day INTEGER)"))
    upgrade(empty)
    assert "weather" in sa.inspect(empty).get_table_names()


def test_tables_of_another_shape_are_refused(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(sa.text("CREATE TABLE states (conversation INTEGER, size INTEGER)"))
    with pytest.raises(Unusable, match="(?s)not those of .*states"):
        upgrade(empty)
    assert revision_of(empty) is None


def test_a_newer_database_is_refused(
    empty: Engine, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(empty, versions=next_release(tmp_path))
    with pytest.raises(Unusable, match="9001.*does not know"):
        open_database(address)
    monkeypatch.setenv("WEEWEISER_DATABASE", address)
    monkeypatch.setenv("WEEWEISER_PORT", "18999")
    for order in (["migrate"], ["serve"]):
        done = CliRunner().invoke(app, order)
        assert done.exit_code == 1 and "Start the newer program" in done.output, order


def test_everything_cannot_be_undone(empty: Engine) -> None:
    upgrade(empty)
    with pytest.raises(Unusable, match="no revision base"):
        bring(empty, "base")
    with pytest.raises(Unusable, match="no revision 0000"):
        bring(empty, "0000")


def test_two_processes_start_at_once(address: str) -> None:
    code = f"from bot.store import open_database; open_database({address!r})"
    started = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    engine = connect(address)
    assert revision_of(engine) == latest()
    engine.dispose()


def test_two_threads_start_at_once(address: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for engine in pool.map(open_database, [address] * 4):
            assert revision_of(engine) == latest()
            engine.dispose()


def test_the_command(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEEWEISER_DATABASE", address)
    done = CliRunner().invoke(app, ["migrate"])
    assert done.exit_code == 0 and f"is at {latest()}" in done.output
    done = CliRunner().invoke(app, ["migrate", "--to", "7777"])
    assert done.exit_code == 1 and "no revision 7777" in done.output


def test_tables_are_made_by_revisions_only() -> None:
    made = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        if "create_all(" in path.read_text(encoding="utf-8")
    ]
    # The lane of webhooks beside SQLite and the buckets of limits are empty between two releases.
    assert sorted(made) == [
        "bot/store/_buckets.py",
        "bot/store/messenger/_arrivals.py",
        "bot/store/migrations/_adopt.py",
    ]
