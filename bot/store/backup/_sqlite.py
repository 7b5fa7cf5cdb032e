"""Copies of SQLite files while others write: by SQLite's own backup, a whole moment at a time."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store.backup._file import BadBackup

_WAIT_SECONDS = 60.0


def copy(source: Path, target: Path) -> None:
    """Makes `target` the same as `source`, in one transaction. Raises BadBackup if damaged."""
    with closing(_open(source)) as read, closing(_open(target)) as written:
        read.backup(written)
        # A file on its own, without the log beside it.
        written.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    check(target)


def check(path: Path) -> None:
    """Raises BadBackup when SQLite finds the file damaged."""
    try:
        with closing(_open(path)) as opened:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"{path.name} is damaged ({error}).") from error
    if found != "ok":
        raise BadBackup(f"{path.name} is damaged.")


def remove(path: Path) -> None:
    """Deletes a file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_WAIT_SECONDS)
