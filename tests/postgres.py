"""A PostgreSQL server of our own for the tests: on a free port, in a temporary folder."""

import os
import shutil
import signal
import socket
import subprocess
import time
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


class Server:
    """A server that can be killed and started again. `address`: as SQLAlchemy writes it."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._folder = Path(mkdtemp(prefix="weeweiser-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, _USER, _USER)
        self._data = str(self._folder / "data")
        self._options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self._folder}"
        self.address = f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        _run("initdb", "-D", self._data, "-U", _USER, "--auth=trust", "-E", "UTF8", "--no-sync")

    def start(self, seconds: float = 30.0) -> None:
        """Returns when it answers; what a killed one left behind may take a moment to end."""
        end = time.monotonic() + seconds
        given = ("-D", self._data, "-o", self._options, "-l", str(self._folder / "log"))
        while True:
            try:
                _run("pg_ctl", *given, "-w", "start")
                return
            except subprocess.CalledProcessError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def kill(self) -> None:
        """Without a farewell; its other processes end when they notice."""
        number = int((Path(self._data) / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGKILL)

    def stop(self) -> None:
        _run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """Runs a server; gives its address."""
    made = Server()
    try:
        made.start()
        try:
            yield made.address
        finally:
            made.stop()
    finally:
        made.remove()


def _run(program: str, *arguments: str) -> None:
    command = [str(_BINARIES[-1] / program), *arguments]
    if os.geteuid() == 0:
        # As a service manager would start it: another user, none of our privileges.
        command = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups", *command]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)
