"""Three servers on addresses of their own over one PostgreSQL, and those who talk to them."""

import hashlib
import hmac
import itertools
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Optional

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.channels.messenger._person import Door
from bot.settings import ROOT
from bot.store import Handoffs, States
from tests.channels.messenger.graph import APP_SECRET, PAGE_TOKEN, Graph
from tests.test_rasa_cli import free_port
from tests.watched_logs import WATCH

PAGE = "100000000000001"
#: Longer than a server takes to start on a busy machine.
PATIENCE = 500.0


class Instance:
    """One server, its process and its assistant's."""

    def __init__(self, host: str, port: int, settings: dict[str, str], log: Path) -> None:
        self.address = f"http://{host}:{port}"
        own = {"HOST": host, "PORT": str(port), **settings}
        self._environment = {f"WEEWEISER_{name}": value for name, value in own.items()}
        self._log = log
        self._process: Optional[subprocess.Popen[bytes]] = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env={**os.environ, **self._environment},
            stdout=subprocess.DEVNULL,
            stderr=self._log.open("ab"),
        )

    def ready(self) -> float:
        """Waits until it answers; the seconds that took."""
        since = time.monotonic()
        while time.monotonic() < since + PATIENCE:
            assert self._process and self._process.poll() is None, self._log.read_text()[-2000:]
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return time.monotonic() - since
            time.sleep(0.2)
        raise AssertionError(self._log.read_text()[-2000:])

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait(20)

    def kill_assistant(self) -> None:
        """Its child that uses the most memory: the other one only watches."""
        assert self._process
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        numbers = [int(n) for n in children.read_text().split()]
        os.kill(max(numbers, key=_memory), signal.SIGKILL)

    def terminate(self) -> float:
        """Asks it to end; the seconds that took. Its status must be 0."""
        assert self._process
        since = time.monotonic()
        self._process.terminate()
        assert self._process.wait(60) == 0, self._log.read_text()[-2000:]
        return time.monotonic() - since

    def end(self) -> None:
        if self._process and self._process.poll() is None:
            self.kill()
        WATCH.read(self._log)

    def logged(self) -> str:
        return self._log.read_text()


def _memory(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1])


class Cluster:
    """The three servers. `any()`: the address of one of them, whether it runs or not."""

    def __init__(self, database: str, graph: Graph, folder: Path) -> None:
        self.key = secrets.token_hex(32)
        settings = {
            "DATABASE": database,
            "DEADLINE_SECONDS": "30",
            "CLIENT_REQUESTS_PER_MINUTE": "0",
            "MESSAGES_PER_MINUTE": "0",
            "LOG_LEVEL": "WARNING",
            "MESSENGER_PAGE_ID": PAGE,
            "MESSENGER_APP_ID": "1",
            "MESSENGER_APP_SECRET": APP_SECRET,
            "MESSENGER_PAGE_TOKEN": PAGE_TOKEN,
            "MESSENGER_VERIFY_TOKEN": secrets.token_hex(16),
            "MESSENGER_PRIVACY_KEY": self.key,
            "MESSENGER_GRAPH_ADDRESS": graph.address,
        }
        port = free_port()
        self.instances = [
            Instance(f"127.0.0.{n}", port, settings, folder / f"server-{n}.log") for n in (1, 2, 3)
        ]
        self._random = random.Random(1)

    def any(self) -> str:
        return self._random.choice(self.instances).address

    def end(self) -> None:
        for instance in self.instances:
            instance.end()


class Talker(threading.Thread):
    """Does something again and again until it is told to stop; keeps what went wrong."""

    def __init__(self, pause: float) -> None:
        super().__init__(daemon=True)
        self._pause = pause
        self._over = threading.Event()
        self.error: Optional[BaseException] = None
        self.done = 0

    def run(self) -> None:
        try:
            self.begin()
            while not self._over.wait(self._pause):
                self.once()
                self.done += 1
        except BaseException as error:
            self.error = error

    def begin(self) -> None:
        """Before the first time."""

    def once(self) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        self._over.set()
        self.join(PATIENCE)
        assert not self.is_alive()
        if self.error:
            raise self.error


def again(call: Callable[[], httpx.Response]) -> httpx.Response:
    """As the widget does: until somebody answers, whatever happens on the way."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            response = call()
            if response.status_code < 400:
                return response
            # An answer that is none still says something, and where to call.
            assert response.status_code in (429, 503), response.text
            assert response.json()["detail"]
        time.sleep(0.2)
    raise AssertionError("nobody answers")


class Visitor(Talker):
    """Writes on the website, each message to any server, and looks what was understood of it."""

    def __init__(self, cluster: Cluster, database: Engine) -> None:
        super().__init__(pause=0.5)
        self._cluster = cluster
        self._states = States(database)
        self.sent: list[str] = []
        self.slowest = 0.0

    def begin(self) -> None:
        path = "/api/conversations"
        begun = again(lambda: httpx.post(self._cluster.any() + path, json={}, timeout=40)).json()
        self.name = begun["id"]
        self._path = f"{path}/{self.name}/messages"
        self._headers = {"Authorization": f"Bearer {begun['token']}"}

    def once(self) -> None:
        text = f"je cherche une crèche, demande numéro {len(self.sent) + 1}"
        message = {"id": secrets.token_hex(8), "text": text}
        since = time.monotonic()

        def post() -> httpx.Response:
            address = self._cluster.any() + self._path
            return httpx.post(address, json=message, headers=self._headers, timeout=40)

        answer = again(post).json()
        self.slowest = max(self.slowest, time.monotonic() - since)
        assert answer["messages"], "an empty answer"
        self.sent.append(text)
        self.check()

    def check(self) -> None:
        """Every message was taken up once, in order; none of another's turn is missing."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                said = self._states.said(self.name)
                break
            except sa.exc.SQLAlchemyError:  # the database is being killed
                assert time.monotonic() < end
                time.sleep(0.2)
        # The greeting at the begin was asked for by the page.
        asked = [line["text"] for line in said if line["who"] == "visitor"]
        found = [text for text in asked if text != "/greet"]
        assert found and found == self.sent[-len(found) :], (found, self.sent[-8:])


class Writer(Talker):
    """A person at the desk, who writes to a visitor whose page listens to any server."""

    def __init__(self, cluster: Cluster, database: Engine) -> None:
        super().__init__(pause=0.7)
        self._cluster = cluster
        self._handoffs = Handoffs(database)
        self.written: list[str] = []
        self.came: list[tuple[str, float]] = []
        self._at: dict[str, float] = {}
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._ended = False

    def begin(self) -> None:
        path = "/api/conversations"
        begun = again(lambda: httpx.post(self._cluster.any() + path, json={}, timeout=40)).json()
        self.name, self._token = begun["id"], begun["token"]
        self._handoffs.ask(self.name)
        self._handoffs.take(self.name)
        self._listener.start()

    def once(self) -> None:
        text = f"Bonjour, numéro {len(self.written) + 1}"
        self._at[text] = time.monotonic()
        end = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < end
            with suppress(sa.exc.SQLAlchemyError):
                if not any(h.text == text for h in self._handoffs.happenings(self.name)):
                    self._handoffs.write(self.name, text, "fr")
                break
            time.sleep(0.2)
        self.written.append(text)

    def settle(self) -> None:
        """Until everything has come."""
        end = time.monotonic() + 30
        while len(self.came) < len(self.written) and time.monotonic() < end:
            time.sleep(0.1)
        self._ended = True
        assert [text for text, _ in self.came] == self.written

    def delays(self) -> list[float]:
        """Milliseconds from the beginning of writing until a page has it."""
        return sorted(1000 * (at - self._at[text]) for text, at in self.came)

    def _listen(self) -> None:
        seen = "0"
        while not self._ended:
            headers = {"Authorization": f"Bearer {self._token}", "Last-Event-ID": seen}
            address = f"{self._cluster.any()}/api/conversations/{self.name}/events"
            with (
                suppress(httpx.HTTPError),
                httpx.stream("GET", address, headers=headers, timeout=20) as stream,
            ):
                for line in stream.iter_lines():
                    if line.startswith("id: "):
                        seen = line[4:]
                    if line.startswith("data: ") and "numéro" in line:
                        self.came.append((json.loads(line[6:])["text"], time.monotonic()))
            time.sleep(0.2)


class Meta(Talker):
    """People on Messenger, and the platform between: repeats what is not acknowledged, echoes."""

    PEOPLE = ("7000000000000001", "7000000000000002", "7000000000000003")

    def __init__(self, cluster: Cluster, graph: Graph) -> None:
        super().__init__(pause=0.1)
        self._cluster = cluster
        self._graph = graph
        self._echoed = 0
        self._turns = itertools.cycle(self.PEOPLE)
        # More than 20 a minute of one person are too many.
        self._next = time.monotonic()
        self.sent: dict[str, list[str]] = {person: [] for person in self.PEOPLE}
        self.stopped = False

    def once(self) -> None:
        self.echo()
        if time.monotonic() < self._next or self.stopped:
            return
        self._next = time.monotonic() + 1.4
        person = next(self._turns)
        text = f"ich suche eine Kinderkrippe, Frage {len(self.sent[person]) + 1}"
        self._graph.person(person)
        message = {"mid": f"{person} {text}", "text": text}
        self._deliver(person, PAGE, message)
        self.sent[person].append(text)

    def echo(self) -> None:
        """What was delivered comes back, as Meta does it."""
        while self._echoed < len(self._graph.delivered):
            person, body = self._graph.delivered[self._echoed]
            self._echoed += 1
            again = {**body, "mid": f"echo-{self._echoed}", "is_echo": True, "app_id": 1}
            self._deliver(PAGE, person, again)

    def names(self) -> dict[str, str]:
        """The people as we call them."""
        door = Door(self._cluster.key.encode())
        return {person: door.person(person) for person in self.PEOPLE}

    def _deliver(self, sender: str, recipient: str, message: dict[str, Any]) -> None:
        now = int(time.time() * 1000)
        item = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": now}
        entry = {"id": PAGE, "time": now, "messaging": [{**item, "message": message}]}
        raw = json.dumps({"object": "page", "entry": [entry]}).encode()
        signature = hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}"}
        path = "/webhooks/messenger"
        again(lambda: httpx.post(self._cluster.any() + path, content=raw, headers=headers))
