"""A PostgreSQL server of our own for the tests: on a free port, in a temporary folder."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_USER = "postgres"


def why_not() -> str:
    """Why no server can be started here; empty when one can."""
    if not _BINARIES:
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return "PostgreSQL refuses to run as root, and setpriv is not installed"
    return ""


@contextmanager
def server() -> Iterator[str]:
    """Runs a server; gives its address as SQLAlchemy writes it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(mkdtemp(prefix="weeweiser-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
    data = str(folder / "data")
    try:
        _run("initdb", "-D", data, "-U", _USER, "--auth=trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        _run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str) -> None:
    command = [str(_BINARIES[-1] / program), *arguments]
    if os.geteuid() == 0:
        # As a service manager would start it: another user, none of our privileges.
        command = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups", *command]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)
