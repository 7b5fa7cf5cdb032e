"""A restart storm: the server is killed and started ten times while people write."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from bot.settings import ROOT
from bot.store import States, open_database
from tests.test_rasa_cli import free_port
from tests.watched_logs import WATCH

TIMES = 10
PEOPLE = 4


class Storm:
    """A server that can be killed and started in moments."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.database = f"sqlite:///{folder / 'weeweiser.db'}"
        self.log = folder / "log"
        own = {"PORT": str(port), "DATABASE": self.database, "MESSAGES_PER_MINUTE": "0"}
        own["CLIENT_REQUESTS_PER_MINUTE"] = "0"
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "tests.forking_server"],
            cwd=ROOT,
            env={**os.environ, **{f"WEEWEISER_{k}": v for k, v in own.items()}},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("wb"),
            text=True,
        )
        self._number = 0

    def start(self) -> None:
        assert self._starter.stdin and self._starter.stdout
        self._starter.stdin.write("again\n")
        self._starter.stdin.flush()
        self._number = int(self._starter.stdout.readline() or "0")
        assert self._number, self.log.read_text()

    def wait(self) -> None:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            with suppress(httpx.HTTPError):
                httpx.get(f"{self.address}/healthz", timeout=5)
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        os.kill(self._number, signal.SIGKILL)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self.kill()
        self._starter.kill()
        self._starter.wait(20)
        WATCH.read(self.log)


@pytest.fixture
def storm(tmp_path: Path) -> Iterator[Storm]:
    started = Storm(tmp_path)
    started.start()
    started.wait()
    yield started
    started.end()


class Person:
    """Writes one message after the other; sends each again, as the widget does, until it has its
    answer."""

    def __init__(self, storm: Storm) -> None:
        self._storm = storm
        begun = httpx.post(f"{storm.address}/api/conversations", json={}, timeout=60).json()
        self.name = begun["id"]
        self._headers = {"Authorization": f"Bearer {begun['token']}"}
        self.answered: list[str] = []

    def write(self, over: threading.Event) -> None:
        while not over.is_set():
            message = {"id": secrets.token_hex(8), "text": f"message {len(self.answered)}"}
            while not self._sent(message):
                time.sleep(0.05)
            self.answered.append(message["text"])

    def _sent(self, message: dict[str, str]) -> bool:
        path = f"{self._storm.address}/api/conversations/{self.name}/messages"
        try:
            got = httpx.post(path, json=message, headers=self._headers, timeout=30)
        except httpx.HTTPError:
            return False
        if got.status_code == 200:
            assert got.json()["messages"], "never an empty answer"
            return True
        # Somebody is told to ask again, in words; nothing else is an answer to a message.
        assert got.status_code in (429, 503) and got.json()["detail"], got.text
        return False


def test_nothing_is_lost_or_doubled_in_a_restart_storm(storm: Storm) -> None:
    people = [Person(storm) for _ in range(PEOPLE)]
    over = threading.Event()
    with ThreadPoolExecutor(PEOPLE) as pool:
        writing = [pool.submit(person.write, over) for person in people]
        try:
            for _ in range(TIMES):
                answered = sum(len(p.answered) for p in people)
                end = time.monotonic() + 60
                while sum(len(p.answered) for p in people) < answered + PEOPLE:
                    assert time.monotonic() < end, "it came back and answers"
                    assert not any(w.done() and w.exception() for w in writing)
                    time.sleep(0.01)
                storm.kill()
                storm.start()
        finally:
            over.set()
        for one in writing:
            one.result(90)
    states = States(open_database(storm.database))
    for person in people:
        said = [line["text"] for line in states.said(person.name) if line["who"] == "visitor"]
        assert person.answered, "each got through"
        assert said == person.answered, "nothing lost, nothing twice, in the order it was written"
