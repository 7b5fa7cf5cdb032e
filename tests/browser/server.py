"""The real server as a process of its own, which can be killed and started again."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

from bot.settings import ROOT
from tests.test_rasa_cli import free_port
from tests.watched_logs import WATCH


class Server:
    """`address`: where it answers. `foreign`: the same machine under another name, as an origin
    that is not ours. `database`: the file that stays when the process ends. `more`: settings."""

    def __init__(self, database: Path, **more: str) -> None:
        self.more = more
        self.port = free_port()
        self.database = database
        self._log = database.with_suffix(".log")
        self.address = f"http://localhost:{self.port}"
        self.foreign = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def script(self) -> str:
        """The one line a website includes."""
        return f'<script src="{self.address}/widget.js" defer></script>'

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env={
                **os.environ,
                "WEEWEISER_PORT": str(self.port),
                "WEEWEISER_DATABASE": f"sqlite:///{self.database}",
                "WEEWEISER_ALLOWED_ORIGINS": self.foreign,
                "WEEWEISER_ALLOWED_FRAMES": self.foreign,
                "WEEWEISER_CLIENT_REQUESTS_PER_MINUTE": "0",
                **self.more,
            },
            stdout=subprocess.DEVNULL,
            stderr=self._log.open("ab"),
        )
        end = time.monotonic() + 240
        while self._process.poll() is None and time.monotonic() < end:
            try:
                if httpx.get(f"{self.address}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.3)
        self._process.kill()
        raise AssertionError("the server does not answer:\n" + self._log.read_text()[-2000:])

    def kill(self) -> None:
        """Ends it without a farewell, as a power cut does."""
        assert self._process
        self._process.kill()
        self._process.wait(20)
        WATCH.read(self._log)

    def stop(self) -> None:
        assert self._process
        self._process.terminate()
        self._process.wait(20)
        WATCH.read(self._log)
