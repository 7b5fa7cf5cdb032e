"""The one door to Rasa: one conversation turn, in time, in order, and never silent.

Rasa's Agent lives on its own thread and event loop: it computes while it answers, and would
block everybody else on the server's loop.
"""

import asyncio
import gc
import logging
import threading
import time
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, AsyncIterator, Coroutine, Optional, TypeVar

from sqlalchemy.engine import Engine

from bot.apology import apology
from bot.keeping import Keeping
from bot.logs import hashed, where
from bot.payloads import UnknownPayload
from bot.reply import Incoming, Message, Reply, Responses, in_words
from bot.store import AWAY, Alone, Away, open_database
from knowledge import LANGUAGES

if TYPE_CHECKING:  # importing Rasa takes seconds and must follow bot.logs.configure
    from rasa.core.agent import Agent

    from bot.dialogue import Dialogue
    from bot.likeness import Likeness, Near
    from bot.loading import Loaded

__all__ = ["Assistant", "Busy", "UnknownPayload"]

T = TypeVar("T")
_log = logging.getLogger(__name__)
#: A turn takes some 10 ms: who waits for another process looks that often.
_LOOK_SECONDS = 0.02


class Busy(Exception):
    """Too many messages of one conversation wait already, or another process has been at work
    in it for the time one answer may take."""


class Assistant:
    """Answers messages. Create it, `start()` it once, `stop()` it at the end.

    `database`: where conversations are kept; in memory without one. `keeping`: how long.
    `loaded`: the model in memory already, for nobody but this assistant.
    """

    def __init__(
        self,
        model: Path,
        *,
        database: Optional[Engine] = None,
        keeping: Keeping = Keeping(),
        deadline: float = 8.0,
        queue: int = 5,
        loaded: "Optional[Loaded]" = None,
    ) -> None:
        if not model.is_file():
            # Agent.load would silently take another model of the folder.
            raise FileNotFoundError(f"no model at {model}")
        self._model = model
        self._database = database if database is not None else open_database()
        self._keeping = keeping
        self._deadline = deadline
        self._queue = queue
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rasa", daemon=True)
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}
        self._alone_in_all = Alone(self._database)
        self._loaded = loaded
        self._agent: Optional[Agent] = None
        self._dialogue: Optional[Dialogue] = None
        self._likeness: Optional[Likeness] = None
        self._loading = threading.Lock()

    def start(self) -> None:
        """Loads the model; raises when it cannot be loaded."""
        self._thread.start()
        self._run(self._load()).result()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    async def answer(
        self,
        conversation: str,
        *,
        text: Optional[str] = None,
        payload: Optional[str] = None,
        page_language: Optional[str] = None,
        at: Optional[str] = None,
        message_id: Optional[str] = None,
    ) -> Reply:
        """Answers a message, or a button's payload, of one conversation.

        Messages of a conversation are answered in their order. The `message_id` of the message
        before gets the same answer again: no second turn. After the deadline, or when anything
        fails, the reply says so in the visitor's language, with a number to call. While a person
        answers, the reply has no messages. Raises Busy, UnknownPayload, or Away (nothing is kept).
        """
        incoming = Incoming(text, payload, page_language, at, message_id)
        return await asyncio.wrap_future(self._run(self._turn(conversation, incoming)))

    async def greet(self, conversation: str, page_language: Optional[str] = None) -> Reply:
        """The first message of a conversation: says that it is an automated assistant."""
        incoming = Incoming(payload="/greet", page_language=page_language)
        return await asyncio.wrap_future(self._run(self._turn(conversation, incoming)))

    async def parse(self, text: str) -> dict[str, Any]:
        """Rasa's parse of one message, without a conversation."""
        return await asyncio.wrap_future(self._run(self._parse(text)))

    async def vectors(self, texts: list[str]) -> Any:
        """Unit vectors of texts, one row each: texts that mean the like have a high product."""
        return await asyncio.to_thread(lambda: self._alike().vectors(texts))

    async def nearest(self, text: str, most: int = 5) -> "list[Near]":
        """The training sentences nearest to a text, nearest first; none if they are unknown."""
        return await asyncio.to_thread(lambda: self._alike().nearest(text, most))

    async def erase(self, conversation: str) -> None:
        """Deletes everything of a conversation, after the turn that may be at work."""
        await asyncio.wrap_future(self._run(self._erase(conversation)))

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        """A response of domain.yml in a language; French where the language is none of ours."""
        return in_words(self.responses(), response, language, **gaps)

    def responses(self) -> Responses:
        """All of domain.yml, for `in_words`."""
        assert self._agent
        found: Responses = self._agent.domain.responses
        return found

    def _alike(self) -> "Likeness":
        """Loaded when it is first asked for: only those who teach the assistant need it."""
        from bot.likeness import Likeness
        from bot.model import LEARNED

        with self._loading:
            if self._likeness is None:
                self._likeness = Likeness(self._model, self._model.parent / LEARNED)
            return self._likeness

    def _run(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _load(self) -> None:
        from bot.loading import load

        loaded = self._loaded = self._loaded or load(self._model)
        from bot.dialogue import Dialogue

        self._agent = loaded.agent
        self._dialogue = Dialogue(loaded.agent, loaded.turns, self._database, self._keeping)
        # What was loaded stays: the collector need not look through a million objects at each turn.
        gc.collect()
        gc.freeze()

    async def _parse(self, text: str) -> dict[str, Any]:
        from bot.listening import PUBLIC, Listener, neutral

        assert self._agent
        found = await Listener(self._agent, self._keeping).parse(neutral(text))
        found["intent"]["name"] = PUBLIC.get(found["intent"]["name"], found["intent"]["name"])
        return found

    async def _turn(self, conversation: str, incoming: Incoming) -> Reply:
        assert self._dialogue
        if self._waiting.get(conversation, 0) >= self._queue:
            raise Busy(conversation)
        try:
            async with self._alone(conversation):
                work = self._dialogue.turn(conversation, incoming)
                reply = await asyncio.wait_for(work, self._deadline)
        except (UnknownPayload, Busy):
            raise
        except AWAY as error:
            # Asked again it is answered in full; an apology would be all that came of it.
            _log.error("database_away conversation=%s error=%s", conversation, where(error))
            raise Away("the database is away") from None
        except Exception as error:
            _log.error("turn_failed conversation=%s error=%s", hashed(conversation), where(error))
            return self._apology(conversation, incoming.page_language)
        if reply.messages or reply.silent:
            return reply
        _log.error("empty_reply conversation=%s", hashed(conversation))
        return replace(reply, messages=apology(self.words, reply.language))

    @asynccontextmanager
    async def _alone(self, conversation: str) -> AsyncIterator[None]:
        """One turn of a conversation at a time, in the order they came."""
        self._waiting[conversation] = self._waiting.get(conversation, 0) + 1
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        try:
            async with lock:
                await self._taken_from_others(conversation)
                try:
                    yield
                finally:
                    self._alone_in_all.give_back(conversation)
        finally:
            self._waiting[conversation] -= 1
            if not self._waiting[conversation]:
                self._waiting.pop(conversation)
                self._locks.pop(conversation, None)

    async def _taken_from_others(self, conversation: str) -> None:
        """Waits until no other process answers in this conversation. Raises Busy."""
        end = time.monotonic() + self._deadline
        while not self._alone_in_all.take(conversation):
            if time.monotonic() > end:
                raise Busy(conversation)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _erase(self, conversation: str) -> None:
        assert self._dialogue
        async with self._alone(conversation):
            self._dialogue.forget(conversation)

    def _apology(self, conversation: str, page_language: Optional[str]) -> Reply:
        assert self._dialogue
        language = page_language
        try:
            language = self._dialogue.language(conversation) or page_language
        except Exception as error:
            _log.error("state_unreadable error=%s", where(error))
        known = next((code for code in LANGUAGES if code == language), LANGUAGES[0])
        messages = apology(self.words, known)
        return Reply(language=known, intent="nlu_fallback", messages=messages)
