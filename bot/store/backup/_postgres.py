"""Copies of PostgreSQL databases by its own programs: one moment of a running database."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine.url import URL

from bot.store.backup._file import BadBackup


def dump(url: URL, target: Path) -> None:
    """Writes a database into a file. Raises BadBackup when that cannot be."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(url: URL, source: Path) -> None:
    """Replaces the tables of a database by those of a file, in one transaction."""
    kept = ["--clean", "--if-exists", "--no-owner", "--no-privileges"]
    _run("pg_restore", url, *kept, "--single-transaction", "--exit-on-error", str(source))


def _run(program: str, url: URL, *arguments: str) -> None:
    found = shutil.which(program)
    if not found:
        raise BadBackup(f"{program} is not installed (Debian: apt-get install postgresql-client).")
    address = url.set(drivername="postgresql", password=None).render_as_string()
    # In the environment: everybody may read the arguments of a running program.
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    done = subprocess.run(  # noqa: S603  our own arguments, no shell
        [found, *arguments, f"--dbname={address}"], env=environment, capture_output=True, text=True
    )
    if done.returncode:
        # The first line says what; later ones may quote rows.
        first = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BadBackup(f"{program} failed: {first}")
