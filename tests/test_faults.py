"""What a visitor sees when something breaks: the database, the disk, the server."""

import os
import resource
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from fastapi import FastAPI

from bot import app as product
from bot import cli, serving
from bot.settings import ROOT, Settings
from bot.store import States, open_database
from tests import postgres
from tests.light_server import Light
from tests.test_rasa_cli import free_port
from tests.watched_logs import WATCH

LANGUAGES = ("fr", "de", "lb")


@pytest.fixture(scope="module")
def database() -> Iterator[postgres.Server]:
    if postgres.why_not():
        pytest.skip(postgres.why_not())
    made = postgres.Server()
    made.start()
    yield made
    with suppress(subprocess.CalledProcessError):
        made.stop()
    made.remove()


@pytest.fixture(scope="module")
async def app(database: postgres.Server) -> AsyncIterator[FastAPI]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(product, "Assistants", Light)
        application = product.create_app(Settings(database=database.address), Path("unused"))
        async with application.router.lifespan_context(application):
            yield application


@pytest.fixture(scope="module")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def begun(client: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    found = (await client.post("/api/conversations", json={"lang": "fr"})).json()
    path = f"/api/conversations/{found['id']}/messages"
    return path, {"Authorization": f"Bearer {found['token']}"}


async def refused_with_words(
    client: httpx.AsyncClient,
    path: str,
    headers: dict[str, str],
    message: dict[str, str],
) -> None:
    """What everybody sees while the database is away."""
    for language in LANGUAGES:
        refused = await client.post(
            path, json=message, headers={**headers, "Accept-Language": language}
        )
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"
        assert refused.headers["content-language"] == language
        assert "112" in refused.json()["detail"]
        form = {"text": "ech hu Scholden"}
        page = await client.post("/talk", data=form, headers={"Accept-Language": language})
        assert page.status_code == 503 and page.headers["content-type"].startswith("text/html")
        assert "112" in page.text
    begin = await client.post("/api/conversations", json={})
    assert begin.status_code == 503 and "112" in begin.json()["detail"]
    assert (await client.get("/healthz")).status_code == 200, "the process is not to be restarted"
    ready = await client.get("/readyz")
    assert ready.status_code == 503 and ready.json()["database"] is False
    assert (await client.get("/services")).status_code == 200, "the directory needs no database"


async def test_the_database_is_killed_and_comes_back(
    client: httpx.AsyncClient, database: postgres.Server
) -> None:
    path, headers = await begun(client)
    message = {"id": secrets.token_hex(8), "text": "j'habite à Mersch"}
    database.kill()
    try:
        await refused_with_words(client, path, headers, message)
    finally:
        database.start()
    answered = await client.post(path, json=message, headers=headers)
    assert answered.status_code == 200 and answered.json()["messages"]
    said = States(open_database(database.address)).said(path.split("/")[3])
    assert [x["text"] for x in said if x["who"] == "visitor"] == [message["text"]]
    assert (await client.get("/readyz")).status_code == 200


def test_a_database_that_comes_late(database: postgres.Server) -> None:
    database.stop()
    late = threading.Timer(1.5, database.start)
    late.start()
    since = time.monotonic()
    assert serving.wait_for_database(database.address, 30)
    assert time.monotonic() - since > 1
    late.join()


def test_a_database_that_does_not_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = f"postgresql://postgres@127.0.0.1:{free_port()}/none"
    assert not serving.wait_for_database(nowhere, 0)
    monkeypatch.setattr(serving, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(typer.Exit):
        cli._check_database(Settings(database=nowhere))
    assert "database does not answer" in capsys.readouterr().err


class Server:
    """A server of its own on SQLite; its assistant takes as long as it is told."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        own = {"PORT": str(self.port), "DATABASE": f"sqlite:///{folder / 'weeweiser.db'}"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.light_server"],
            cwd=ROOT,
            env={**os.environ, **{f"WEEWEISER_{k}": v for k, v in own.items()}},
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("wb"),
        )
        end = time.monotonic() + 240
        while True:
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            with suppress(httpx.HTTPError):
                httpx.get(f"{self.address}/healthz", timeout=5)
                return
            time.sleep(0.2)

    def begin(self) -> tuple[str, dict[str, str]]:
        found = httpx.post(f"{self.address}/api/conversations", json={}, timeout=20).json()
        path = f"{self.address}/api/conversations/{found['id']}"
        return path, {"Authorization": f"Bearer {found['token']}"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("faults"))
    yield started
    started.process.kill()
    started.process.wait(20)
    WATCH.read(started.log)


def test_the_disk_is_full(server: Server) -> None:
    path, headers = server.begin()
    message = {"id": secrets.token_hex(8), "text": "ech hu Scholden"}
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        refused = httpx.post(f"{path}/messages", json=message, headers=headers, timeout=20)
        assert refused.status_code == 503 and "112" in refused.json()["detail"]
        page = httpx.post(f"{server.address}/talk", data={"text": "merci"}, timeout=20)
        assert page.status_code == 503 and "112" in page.text
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
    answered = httpx.post(f"{path}/messages", json=message, headers=headers, timeout=20)
    assert answered.status_code == 200 and answered.json()["messages"]


def refuses(port: int, seconds: float = 5.0) -> bool:
    """Whether no connection is taken any more, very soon."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as late:
            if late.connect_ex(("127.0.0.1", port)):
                return True
        time.sleep(0.05)
    return False


def test_ended_in_the_middle_of_an_answer(server: Server) -> None:
    """The last of this file that uses the server."""
    path, headers = server.begin()
    heard: list[str] = []

    def listen() -> None:
        with httpx.stream("GET", f"{path}/events", headers=headers, timeout=30) as stream:
            heard.extend(stream.iter_lines())
        heard.append("over")

    with ThreadPoolExecutor(2) as pool:
        stream = pool.submit(listen)
        post: Any = {"json": {"text": "90"}, "headers": headers, "timeout": 30}
        asked = pool.submit(lambda: httpx.post(f"{path}/messages", **post))
        time.sleep(1.5)
        server.process.terminate()
        stream.result(3)
        assert heard[-1] == "over", "streams end at once, so that pages go to another server"
        assert refuses(server.port), "new connections go to another server"
        assert not asked.done() and server.process.poll() is None
        answer = asked.result(20)
    assert answer.status_code == 200 and answer.json()["messages"]
    since = time.monotonic()
    assert server.process.wait(20) == 0
    assert time.monotonic() - since < 10
    assert "Traceback" not in server.log.read_text()
