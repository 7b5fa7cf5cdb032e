"""A running page: our server with Messenger set up, and the stand-in of Meta beside it."""

import hashlib
import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, AsyncIterator

import httpx
import uvicorn
from fastapi import FastAPI

from bot import problems
from bot.channels import messenger
from bot.channels.messenger._turn import Answering
from bot.settings import Settings
from bot.store import Conversations, Handoffs, open_database
from tests.channels.messenger.graph import APP_SECRET, PAGE_TOKEN, Graph, serving

PAGE = "100000000000001"
SITE = "https://weeweiser.example"
VERIFY = "verify-7f3a9c51e2d04b"
RECORDED = Path(__file__).parent / "recorded.jsonl"


@dataclass
class Running:
    """The server, what it is set to, and the stand-in it sends to."""

    settings: Settings
    address: str
    graph: Graph
    channel: messenger.Messenger

    def post(self, payload: Any) -> int:
        """A webhook, signed as Meta signs it; the status of the answer."""
        return self.post_raw(json.dumps(payload).encode()).status_code

    def post_raw(self, raw: bytes, **headers: str) -> httpx.Response:
        """Any body, signed unless the headers say otherwise."""
        signed = {"X-Hub-Signature-256": f"sha256={signature(raw)}"}
        return httpx.post(self.address, content=raw, headers={**signed, **headers}, timeout=20)

    def event(self, *, channel: str = "messaging", **content: Any) -> int:
        """One event in a webhook of its own, now unless it says when."""
        now = int(time.time() * 1000)
        item = {"recipient": {"id": PAGE}, "timestamp": now, **content}
        return self.post({"object": "page", "entry": [{"id": PAGE, "time": now, channel: [item]}]})

    def write(self, person: str, mid: str, **message: Any) -> None:
        """A message of a person, who becomes known to the stand-in by it."""
        self.graph.person(person)
        assert self.event(sender={"id": person}, message={"mid": mid, **message}) == 200

    def settle(self) -> None:
        """Waits until there is nothing left to answer or to send."""

        def done() -> bool:
            left = self.channel.records.waiting(0)
            return left.inbox == 0 and left.outbox == 0

        until(done)

    def bodies(self, person: str) -> list[dict[str, Any]]:
        """What arrived at a person."""
        return [body for whom, body in self.graph.delivered if whom == person]

    def environment(self) -> dict[str, str]:
        """The settings as another process of ours reads them."""
        secrets = {"page_token": PAGE_TOKEN, "app_secret": APP_SECRET}
        named = {f"WEEWEISER_MESSENGER_{k.upper()}": v for k, v in secrets.items()}
        return {
            **named,
            "WEEWEISER_MESSENGER_GRAPH_ADDRESS": self.graph.address,
            "WEEWEISER_DATABASE": self.settings.database,
            "WEEWEISER_PUBLIC_URL": SITE,
        }


def signature(raw: bytes, secret: str = APP_SECRET) -> str:
    """The SHA-256 signature of a body."""
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def sends(server: str, person: str, mid: str, text: str) -> None:
    """A message of a person, to a server that runs by itself."""
    now = int(time.time() * 1000)
    event = {"recipient": {"id": PAGE}, "timestamp": now, "sender": {"id": person}}
    message = {**event, "message": {"mid": mid, "text": text}}
    raw = json.dumps(
        {"object": "page", "entry": [{"id": PAGE, "time": now, "messaging": [message]}]}
    ).encode()
    headers = {"X-Hub-Signature-256": f"sha256={signature(raw)}"}
    answer = httpx.post(f"{server}/webhooks/messenger", content=raw, headers=headers)
    assert answer.status_code == 200


def until(happened: Callable[[], Any], seconds: float = 20.0) -> None:
    """Waits for something another thread does; fails when it does not."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.02)


@contextmanager
def running(folder: Path, assistant: Answering, **changed: Any) -> Iterator[Running]:
    """Both servers on free ports, with a database in the folder; `changed` settings."""
    with serving() as graph, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        given = {
            "database": f"sqlite:///{folder / 'weeweiser.db'}",
            "public_url": SITE,
            "messenger_page_token": PAGE_TOKEN,
            "messenger_app_secret": APP_SECRET,
            "messenger_page_id": PAGE,
            "messenger_app_id": "1",
            "messenger_verify_token": VERIFY,
            # Another name for the same person in each test: the assistant is shared.
            "messenger_privacy_key": secrets.token_hex(32),
            "messenger_graph_address": graph.address,
        }
        settings = Settings(**{**given, **changed})
        app = _app(settings, assistant)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        until(lambda: server.started)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}{messenger.PATH}"
        try:
            yield Running(settings, address, graph, app.state.messenger)
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def _app(settings: Settings, assistant: Answering) -> FastAPI:
    """As bot.app builds it, but with the assistant the tests share."""
    page = messenger.secrets_of(settings)
    assert page

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = open_database(settings.database)
        app.state.handoffs = Handoffs(engine)
        app.state.messenger = messenger.Messenger(
            settings, page, assistant, Conversations(engine), app.state.handoffs
        )
        await app.state.messenger.start()
        yield
        await app.state.messenger.stop()

    app = FastAPI(lifespan=lifespan)
    problems.install(app)
    app.include_router(messenger.create_router(settings))
    return app
