"""Backing up and restoring the database of a server, SQLite or PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine.url import URL

from bot.store._database import connect
from bot.store.backup import _postgres, _sqlite
from bot.store.backup._file import BadBackup, pack, unpack
from bot.store.messenger import arrivals_beside
from bot.store.migrations import knows, revision_of

_STORE, _ARRIVALS, _DUMP = "store.db", "arrivals.db", "store.dump"


@dataclass(frozen=True)
class Backup:
    """`made_at`: ISO 8601, UTC. `revision`: of the tables."""

    kind: str
    revision: str
    made_at: str


def back_up(address: str, file: Path) -> Backup:
    """Copies the database at an address into a new file, while others use it. Raises BadBackup."""
    if file.exists():
        raise BadBackup(f"{file} exists already; no backup is ever written over.")
    url = sa.engine.make_url(address)
    kind = url.get_backend_name()
    if kind == "sqlite" and not _file_of(url).exists():
        raise BadBackup(f"There is no database at {url.database}.")
    revision = _revision(address)
    if revision is None:
        raise BadBackup("The database has no revision: start the server, or `migrate`, first.")
    made = Backup(kind, revision, datetime.now(timezone.utc).isoformat(timespec="seconds"))
    with TemporaryDirectory(prefix="weeweiser-backup-") as folder:
        parts = _copy(url, Path(folder))
        pack(file, vars(made), parts)
    return made


def restore(address: str, file: Path, *, force: bool = False) -> Backup:
    """Makes the database at an address what it was. Stop the server before. Raises BadBackup.

    `force`: also when there are tables already: they are lost.
    """
    url = sa.engine.make_url(address)
    with TemporaryDirectory(prefix="weeweiser-restore-") as folder:
        manifest, parts = unpack(file, Path(folder))
        held = Backup(*(str(manifest.get(name)) for name in ("kind", "revision", "made_at")))
        if held.kind != url.get_backend_name():
            raise BadBackup(f"The backup is of {held.kind}, the database is another kind.")
        if not knows(held.revision):
            raise BadBackup(
                f"The backup is at revision {held.revision}, which this program does not know: "
                "restore it with the newer program."
            )
        if not force and not _is_empty(url, address):
            raise BadBackup("The database has tables already. With --force they are lost.")
        _put_back(url, {part.name: part for part in parts})
    return held


def _copy(url: URL, folder: Path) -> list[Path]:
    if url.get_backend_name() != "sqlite":
        _postgres.dump(url, folder / _DUMP)
        return [folder / _DUMP]
    parts = []
    arrivals = arrivals_beside(_file_of(url))
    # First: what moves to the store meanwhile is in both, and is taken once. Else it was in none.
    if arrivals.exists():
        _sqlite.copy(arrivals, folder / _ARRIVALS)
        parts.append(folder / _ARRIVALS)
    _sqlite.copy(_file_of(url), folder / _STORE)
    return [*parts, folder / _STORE]


def _put_back(url: URL, parts: dict[str, Path]) -> None:
    if url.get_backend_name() != "sqlite":
        _postgres.load(url, parts[_DUMP])
        return
    for part in parts.values():
        _sqlite.check(part)
    store = _file_of(url)
    store.parent.mkdir(parents=True, exist_ok=True)
    _sqlite.copy(parts[_STORE], store)
    arrivals = arrivals_beside(store)
    if _ARRIVALS in parts:
        _sqlite.copy(parts[_ARRIVALS], arrivals)
    else:
        _sqlite.remove(arrivals)


def _file_of(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise BadBackup("A database in memory has no backup.")
    return Path(url.database)


def _is_empty(url: URL, address: str) -> bool:
    if url.get_backend_name() == "sqlite" and not _file_of(url).exists():
        return True
    engine = connect(address)
    try:
        return not sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def _revision(address: str) -> Optional[str]:
    engine = connect(address)
    try:
        return revision_of(engine)
    finally:
        engine.dispose()
