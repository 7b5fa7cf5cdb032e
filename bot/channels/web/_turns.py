"""Sending without doubling: a message with the same id is answered once, whatever happens.

At once, in another process, after a restart: the second request waits for the first, or gets
what was answered. A turn goes on when the visitor's connection is lost.
"""

import asyncio
import hashlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Coroutine, Optional, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.assistant import Assistant
from bot.reply import Reply
from bot.store import NOTHING, Answers, Conversations, Entry, Handoffs, UnknownConversation

Answer = dict[str, Any]
T = TypeVar("T")
_log = logging.getLogger(__name__)
#: Seconds: how often an owner says that it is at work, how long its silence means that it ended.
_BEAT = 2.0
_PATIENCE = 6.0
_LOOK = 0.1


class IdUsed(Exception):
    """The id belongs to another message of this conversation."""


class Turns:
    """Answers messages through the assistant, each once. One object per application."""

    def __init__(
        self,
        assistant: Assistant,
        conversations: Conversations,
        answers: Answers,
        handoffs: Handoffs,
        *,
        patience: float = _PATIENCE,
        note: Callable[[str, Reply], None] = lambda _channel, _reply: None,
    ) -> None:
        """`note`: is told of each answer, with its channel (web or plain)."""
        self._note = note
        self._assistant = assistant
        self._conversations = conversations
        self._answers = answers
        self._handoffs = handoffs
        self._patience = patience
        self._running: dict[tuple[str, str], tuple[str, asyncio.Task[Answer]]] = {}
        # The database makes writers wait for each other: not on the loop that serves everybody,
        # and one after the other, so that messages are claimed in the order they came.
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="answers")

    async def answer(
        self,
        conversation: str,
        message: str,
        *,
        text: Optional[str] = None,
        payload: Optional[str] = None,
        page_language: Optional[str] = None,
        said: Optional[str] = None,
    ) -> Answer:
        """The answer to the message with the id `message`, as the API gives it.

        `said`: what a page without a memory of its own shows as the visitor's words.
        Raises what `Assistant.answer` raises, IdUsed, and UnknownConversation when the
        conversation was deleted meanwhile.
        """
        digest = digest_of(text, payload)
        key = (conversation, message)
        if key not in self._running:
            values = {"text": text, "payload": payload, "page_language": page_language}
            self._start(key, digest, self._once(key, digest, said, values))
        running, task = self._running[key]
        if running != digest:
            raise IdUsed(message)
        return await asyncio.shield(task)

    def _start(self, key: tuple[str, str], digest: str, work: Coroutine[Any, Any, Answer]) -> None:
        task = asyncio.ensure_future(work)
        self._running[key] = (digest, task)

        def done(finished: "asyncio.Task[Answer]") -> None:
            self._running.pop(key, None)
            if not finished.cancelled():
                finished.exception()  # looked at, even when nobody waits any more

        task.add_done_callback(done)

    async def _once(
        self, key: tuple[str, str], digest: str, said: Optional[str], values: dict[str, Any]
    ) -> Answer:
        entry = await self._claimed(key, digest, said)
        if entry and entry.digest not in (digest, NOTHING):
            raise IdUsed(key[1])
        if entry and entry.answer is not None:
            return entry.answer
        alive = asyncio.ensure_future(self._show_life(key))
        try:
            reply = await self._assistant.answer(key[0], message_id=key[1], **values)
        except Exception:
            await self._written(self._answers.release, *key)
            raise
        finally:
            alive.cancel()
        self._note("web" if said is None else "plain", reply)
        answer = {
            "messages": reply.messages,
            "language": reply.language,
            "crisis": reply.crisis,
            "handoff": reply.handoff,
        }
        await self._written(self._keep, key, digest, answer)
        return answer

    async def _written(self, work: Callable[..., T], *given: Any) -> T:
        """What touches the database, away from the event loop and in its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, work, *given)

    def _keep(self, key: tuple[str, str], digest: str, answer: Answer) -> None:
        try:
            kept = self._answers.complete(*key, digest, answer)
        except SQLAlchemyError as error:
            # Who waits gets the answer all the same; only sending it again would be a new turn.
            _log.error("answer_not_kept error=%s", type(error).__name__)
            return
        if not kept:
            # Deleted while it was answered: what the turn has written since goes, too.
            self._conversations.erase(key[0])
            raise UnknownConversation(key[0])

    async def _claimed(
        self, key: tuple[str, str], digest: str, said: Optional[str]
    ) -> Optional[Entry]:
        """The answered message, or None when it is ours to answer."""
        entry = await self._written(self._claim, key, digest, said)
        since = time.monotonic()
        while entry and entry.answer is None:
            await asyncio.sleep(_LOOK)
            seen, entry = entry.beat, await self._written(self._answers.find, *key)
            if entry is None:
                entry = await self._written(self._claim, key, digest, said)
            elif entry.beat != seen:
                since = time.monotonic()
            elif time.monotonic() - since > self._patience:
                if await self._written(self._answers.beat, *key, seen):
                    return None
                since = time.monotonic()
        return entry

    def _claim(self, key: tuple[str, str], digest: str, said: Optional[str]) -> Optional[Entry]:
        last = max((h.id for h in self._handoffs.happenings(key[0])), default=0)
        return self._answers.claim(*key, digest, said, last)

    async def _show_life(self, key: tuple[str, str]) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            await self._written(self._answers.beat, *key)


def digest_of(text: Optional[str], payload: Optional[str]) -> str:
    """What tells a message from another."""
    said = f"text {text}" if text is not None else f"payload {payload}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
