"""Brings a database to a revision, alone: everybody else waits, and finds it done."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Optional

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.engine import Connection, Engine

from bot.store.migrations._adopt import adopt, differences

_HERE = Path(__file__).parent
VERSIONS = _HERE / "versions"
#: Any number nobody else locks with.
_LOCK = 7_338_001
_WAIT_MS = 60_000
#: Alembic keeps what it works on in global variables.
_one_at_a_time = threading.Lock()


class Unusable(Exception):
    """The database does not fit this program; the message says why, and what to do."""


def latest(versions: Path = VERSIONS) -> str:
    """The newest revision this program knows."""
    head = _scripts(versions).get_current_head()
    assert head
    return head


def knows(revision: str) -> bool:
    """Whether this program can use a database at this revision, or bring it up to date."""
    return revision in {script.revision for script in _scripts(VERSIONS).walk_revisions()}


def revision_of(engine: Engine) -> Optional[str]:
    """The revision a database is at; None without one."""
    with engine.connect() as connection:
        return _at(connection)


def upgrade(engine: Engine, *, versions: Path = VERSIONS) -> None:
    """Brings the tables to the newest revision; a database without one is looked at first.

    Raises Unusable for a newer database, or for one whose tables are others than ours.
    """
    if revision_of(engine) != latest(versions):
        bring(engine, latest(versions), versions=versions)


def bring(engine: Engine, to: str, *, versions: Path = VERSIONS) -> Optional[str]:
    """Brings the tables to a revision, newer or older; gives the one before. Raises Unusable.

    Everything or nothing is done: DDL is part of the transaction in both databases.
    """
    scripts = _scripts(versions)
    known = [script.revision for script in scripts.walk_revisions()]
    if to not in known:
        raise Unusable(f"There is no revision {to}. Known are, newest first: {', '.join(known)}.")
    with _one_at_a_time, _alone(engine) as connection:
        before = _at(connection)
        if before and before not in known:
            raise Unusable(
                f"The database is at revision {before}, which this program does not know (it knows "
                f"{known[0]} at most). Start the newer program, or restore a backup made before."
            )
        config = _config(versions)
        config.attributes["connection"] = connection
        if before is None and sa.inspect(connection).get_table_names():
            _recognise(connection, known[-1], versions)
            command.stamp(config, known[-1])
        try:
            older = before is not None and known.index(to) > known.index(before)
            (command.downgrade if older else command.upgrade)(config, to)
        except (CommandError, NotImplementedError) as error:
            raise Unusable(f"Revision {to} cannot be reached: {error}") from error
    return before


def _recognise(connection: Connection, base: str, versions: Path) -> None:
    """A database that was made before there were revisions becomes the first of them."""
    script = _scripts(versions).get_revision(base)
    assert script
    adopt(connection, script.module)
    different = differences(connection, script.module)
    if different:
        lines = "\n".join(f"- {line}" for line in different)
        raise Unusable(
            f"The database has no revision, and its tables are not those of {base}:\n{lines}"
        )


def _at(connection: Connection) -> Optional[str]:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_WAIT_MS}")
            # Else Python would begin only at the first INSERT, and commit each CREATE at once.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        yield connection


def _config(versions: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(versions))
    return config


def _scripts(versions: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(versions))
