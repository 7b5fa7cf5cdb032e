"""A server of our own that dies at a chosen moment, for the tests that kill it.

Everything is the product's but the assistant, whose answers are numbered by turn, and one call
that ends the process as `kill -9` does: before it, or after it.
"""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Optional

import uvicorn
from fastapi import FastAPI

from bot import logs, problems
from bot.channels import messenger
from bot.reply import Message, Reply
from bot.settings import Settings
from bot.store import Conversations, Handoffs, State, States, open_database

#: Moments between two steps of the path, and the call at which each is.
MOMENTS = {
    "before it is stored": "before arrivals.add",
    "stored, not acknowledged": "after arrivals.add",
    "acknowledged, not sorted": "before reception.receive",
    "sorted, still with the arrivals": "before arrivals.sorted_out",
    "sorted": "after arrivals.sorted_out",
    "claimed": "after queue.claim",
    "begun": "after queue.begin",
    "answered, not kept": "before queue.answered",
    "answer kept": "after queue.answered",
    "before it is sent": "before client.send",
    "sent, not noted": "after client.send",
    "noted": "after queue.sent",
}
#: Milliseconds; the product waits longer for an echo.
GRACE_MS = 3000


class Numbered:
    """Answers with the number of the turn; remembers like the assistant, in the database."""

    def __init__(self, states: States) -> None:
        self._states = states

    async def answer(
        self,
        conversation: str,
        *,
        text: Optional[str] = None,
        payload: Optional[str] = None,
        page_language: Optional[str] = None,
        message_id: Optional[str] = None,
    ) -> Reply:
        state = self._states.load(conversation) or State()
        if state.last.get("id") == message_id:
            return Reply(**state.last["reply"])
        turn = state.slots.get("turn", 0) + 1
        messages = [_text(f"{turn} {text}"), _text(f"{turn} and more")]
        last = {"reply": {"language": "fr", "intent": "inform", "messages": messages}}
        self._states.save(conversation, State({"turn": turn}, last={"id": message_id, **last}))
        return Reply(**last["reply"])

    async def parse(self, text: str) -> dict[str, Any]:
        return {}

    async def erase(self, conversation: str) -> None:
        return None

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        return [_text(response)]


def _text(text: str) -> Message:
    return {"type": "text", "text": text, "lang": "fr"}


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(channel: messenger.Messenger, moment: str, nth: int) -> None:
    """Has the process die at the `nth` time a call is reached."""
    side, _, call = MOMENTS[moment].partition(" ")
    owner, _, name = call.partition(".")
    targets: dict[str, Any] = {
        "arrivals": channel.inbox._arrivals,
        "reception": channel.sorter._reception,
        "queue": channel.queue,
        "client": channel._client,
    }
    target = targets[owner]
    original: Callable[..., Any] = getattr(target, name)
    left = [nth]

    def reached(found: Any) -> bool:
        if name == "claim" and not found:  # it looks for work all the time
            return False
        left[0] -= 1
        return left[0] == 0

    def call_now(*given: Any, **named: Any) -> Any:
        if side == "before" and reached(True):
            _die()
        found = original(*given, **named)
        if side == "after" and reached(found):
            _die()
        return found

    async def call_later(*given: Any, **named: Any) -> Any:
        if side == "before" and reached(True):
            _die()
        found = await original(*given, **named)
        if side == "after" and reached(found):
            _die()
        return found

    setattr(target, name, call_later if owner == "client" else call_now)


def serve(listener: socket.socket, given: dict[str, Any], moment: Optional[str], nth: int) -> None:
    """Serves with these settings, until it dies at the moment's `nth` time."""
    logs.configure("ERROR")
    settings = Settings(**given)
    page = messenger.secrets_of(settings)
    assert page
    engine = open_database(settings.database)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        channel = messenger.Messenger(
            settings, page, Numbered(States(engine)), Conversations(engine), Handoffs(engine)
        )
        channel.queue._grace_ms = GRACE_MS
        if moment:
            _arm(channel, moment, nth)
        app.state.messenger = channel
        await channel.start()
        yield
        await channel.stop()

    app = FastAPI(lifespan=lifespan)
    problems.install(app)
    app.include_router(messenger.create_router(settings))
    uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none")).run([listener])
