"""Killed between any two steps, started again: everything answered, nothing twice, in order."""

import hashlib
import hmac
import json
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from multiprocessing import forkserver, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest

from tests.channels.messenger.graph import APP_SECRET, PAGE_TOKEN, Graph, serving
from tests.channels.messenger.victim import GRACE_MS, MOMENTS, serve

PAGE = "100000000000001"
#: Processes of their own, made from one that has imported everything already.
FORKED = get_context("forkserver")
ONE, TWO = "7000000000000001", "7000000000000002"


@pytest.fixture(scope="module", autouse=True)
def _forked_from_victims() -> Iterator[None]:
    """A process makes all its forks from one; that of other tests holds the model."""
    server = forkserver._forkserver  # type: ignore[attr-defined]
    server._stop()
    FORKED.set_forkserver_preload(["tests.channels.messenger.victim"])
    yield
    server._stop()


class Meta:
    """Calls the webhook until it answers 200, starts the killed server again, and echoes."""

    def __init__(self, database: str, graph: Graph, *, echoes: bool = True) -> None:
        self.graph = graph
        self.echoes = echoes
        self.deaths = 0
        self._echoed = 0
        self._process: Optional[BaseProcess] = None
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/webhooks/messenger"
        self._settings = {
            "database": database,
            "messenger_page_token": PAGE_TOKEN,
            "messenger_app_secret": APP_SECRET,
            "messenger_page_id": PAGE,
            "messenger_app_id": "1",
            "messenger_verify_token": secrets.token_hex(16),
            "messenger_privacy_key": secrets.token_hex(32),
            "messenger_graph_address": graph.address,
        }

    def start(self, moment: Optional[str] = None, nth: int = 1) -> None:
        given = (self._listener, self._settings, moment, nth)
        self._process = FORKED.Process(target=serve, args=given, daemon=True)
        self._process.start()

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.join()
        self._listener.close()

    def died(self) -> bool:
        """Whether it was killed; then it runs again."""
        assert self._process
        status = self._process.exitcode
        if status is None:
            return False
        assert status == -signal.SIGKILL, status
        self.deaths += 1
        self.start()
        return True

    def say(self, person: str, text: str) -> None:
        now = int(time.time() * 1000)
        message = {"mid": f"{person}-{text}", "text": text}
        self.graph.person(person)
        self._echo()
        self._deliver(
            {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": now},
            message=message,
        )

    def settle(self, expected: int, seconds: float = 120.0) -> None:
        """Until so many messages have arrived, and nothing more for longer than the grace."""
        end = time.monotonic() + seconds
        calm = time.monotonic()
        count = -1
        while len(self.graph.delivered) < expected or time.monotonic() < calm:
            assert time.monotonic() < end, self.graph.delivered
            if self.died() or len(self.graph.delivered) != count:
                count = len(self.graph.delivered)
                calm = time.monotonic() + 1.2 * GRACE_MS / 1000
            self._echo()
            time.sleep(0.05)

    def _echo(self) -> None:
        while self.echoes and self._echoed < len(self.graph.delivered):
            person, body = self.graph.delivered[self._echoed]
            self._echoed += 1
            echo = {**body, "mid": f"echo-{self._echoed}", "is_echo": True, "app_id": 1}
            now = int(time.time() * 1000)
            self._deliver(
                {"sender": {"id": PAGE}, "recipient": {"id": person}, "timestamp": now},
                message=echo,
            )

    def _deliver(self, event: dict[str, Any], **content: Any) -> None:
        entry = {"id": PAGE, "time": event["timestamp"], "messaging": [{**event, **content}]}
        raw = json.dumps({"object": "page", "entry": [entry]}).encode()
        signature = hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}"}
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                response = httpx.post(self.address, content=raw, headers=headers, timeout=5)
                if response.status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)  # the process may still be ending
                self.died()
        raise AssertionError("never acknowledged")


def answers(*texts: str) -> list[str]:
    return [f"{n} {part}" for n, text in enumerate(texts, 1) for part in (text, "and more")]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_nothing_is_lost_or_said_twice(database: str, moment: str) -> None:
    with serving() as graph:
        meta = Meta(database, graph)
        try:
            meta.start(moment, nth=2)
            for text in ("a", "b", "c"):
                meta.say(ONE, text)
                meta.say(TWO, text)
            meta.settle(12)
        finally:
            meta.stop()
        assert meta.deaths == 1
        assert graph.texts(ONE) == answers("a", "b", "c")
        assert graph.texts(TWO) == answers("a", "b", "c")


def test_without_echoes_a_message_in_doubt_is_sent_again(tmp_path: Path) -> None:
    """At Meta nothing tells a repeated call from a new one: rather twice than never."""
    with serving() as graph:
        meta = Meta(f"sqlite:///{tmp_path / 'weeweiser.db'}", graph, echoes=False)
        try:
            meta.start("sent, not noted")
            meta.say(ONE, "a")
            meta.settle(3)
        finally:
            meta.stop()
        assert meta.deaths == 1
        assert graph.texts(ONE) == ["1 a", "1 a", "1 and more"]
