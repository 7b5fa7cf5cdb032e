"""The whole application on a port, with an assistant that computes nothing."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import uvicorn
import yaml
from fastapi import FastAPI

from bot import app as application
from bot.reply import Message, Reply, in_words
from bot.settings import ROOT, Settings

APP_SECRET = "0123456789abcdef-app-secret"
_DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


class Cheap:
    """What `Assistants` is, by the same methods."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    async def answer(self, conversation: str, **message: Any) -> Reply:
        return Reply("fr", "greet", [{"type": "text", "text": "Bonjour", "lang": "fr"}])

    async def greet(self, conversation: str, page_language: Any = None) -> Reply:
        return await self.answer(conversation)

    async def parse(self, text: str) -> dict[str, Any]:
        intent = {"name": "greet", "confidence": 0.9}
        language = next(
            (code for code, probe in application._PROBES.items() if probe == text), "fr"
        )
        found = {"language": language, "intent": intent, "intent_ranking": [intent]}
        return {**found, "needs": [], "crisis": [], "entities": []}

    async def erase(self, conversation: str) -> None:
        pass

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        return in_words(_DOMAIN["responses"], response, language, **gaps)


@dataclass
class Running:
    app: FastAPI
    address: str

    def begin(self) -> tuple[str, dict[str, str]]:
        """A new conversation: its id, and the header of who holds its token."""
        begun = httpx.post(
            f"{self.address}/api/conversations", json={"lang": "fr"}, timeout=60
        ).json()
        return begun["id"], {"Authorization": f"Bearer {begun['token']}"}


@contextmanager
def running(folder: Path, **changed: Any) -> Iterator[Running]:
    """Website, desk and Messenger, without limits of how much may be asked."""
    given: dict[str, Any] = {
        "database": f"sqlite:///{folder / 'weeweiser.db'}",
        "client_requests_per_minute": 0,
        "messages_per_minute": 0,
        "messenger_page_token": secrets.token_hex(16),
        "messenger_app_secret": APP_SECRET,
        "messenger_page_id": "100",
        "messenger_app_id": "1",
        "messenger_verify_token": secrets.token_hex(16),
        "messenger_privacy_key": secrets.token_hex(32),
        # Nobody answers there.
        "messenger_graph_address": "http://127.0.0.1:9",
    }
    with patch.object(application, "Assistants", Cheap), socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = application.create_app(Settings(**{**given, **changed}), Path("unused"))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        end = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive() and time.monotonic() < end
            time.sleep(0.02)
        try:
            yield Running(app, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(timeout=20)
