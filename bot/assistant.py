"""The one door to Rasa: one conversation turn, in time, in order, and never silent.

Rasa's Agent lives on its own thread and event loop: it computes while it answers, and would
block everybody else on the server's loop.
"""

import asyncio
import gc
import logging
import re
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Coroutine, Optional, TypeVar

from bot.logs import where
from bot.reply import Message, Reply, from_rasa, ids
from knowledge import LANGUAGES, directory, spoken

if TYPE_CHECKING:  # importing Rasa takes seconds and must follow bot.logs.configure
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.trackers import DialogueStateTracker

T = TypeVar("T")
_log = logging.getLogger(__name__)

#: What our own intents mean in the public contract (shared names only).
_PUBLIC = {
    "no_words": "nlu_fallback",
    "too_long": "nlu_fallback",
    "other_language": "out_of_scope",
    "skip_question": "inform",
}
_FALLBACK = "utter_technical_problem"
_DETAIL = "ask_"


class Busy(Exception):
    """Too many messages of one conversation wait already."""


class UnknownPayload(Exception):
    """A button payload that was not offered in this conversation."""


class Assistant:
    """Answers messages. Create it, `start()` it once, `stop()` it at the end."""

    def __init__(
        self,
        model: Path,
        *,
        tracker_store: "Optional[TrackerStore]" = None,
        deadline: float = 8.0,
        queue: int = 5,
    ) -> None:
        if not model.is_file():
            # Agent.load would silently take another model of the folder.
            raise FileNotFoundError(f"no model at {model}")
        self._model = model
        self._store = tracker_store
        self._deadline = deadline
        self._queue = queue
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rasa", daemon=True)
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}
        self._agent: Optional[Agent] = None

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
    ) -> Reply:
        """Answers a message, or a button's payload, of one conversation.

        Messages of a conversation are answered in their order. After the deadline, or when
        anything fails, the reply says so in the visitor's language, with a number to call.
        Raises Busy or UnknownPayload.
        """
        turn = self._turn(conversation, text, payload, page_language, at)
        return await asyncio.wrap_future(self._run(turn))

    async def greet(self, conversation: str, page_language: Optional[str] = None) -> Reply:
        """The first message of a conversation: says that it is an automated assistant."""
        turn = self._turn(conversation, None, "/greet", page_language, None, offered=True)
        return await asyncio.wrap_future(self._run(turn))

    async def parse(self, text: str) -> dict[str, Any]:
        """Rasa's parse of one message, without a conversation."""
        return await asyncio.wrap_future(self._run(self._parse(text)))

    def _run(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _load(self) -> None:
        from rasa.core.agent import Agent

        from bot.inprocess import InProcessActions

        self._agent = Agent.load(
            self._model, tracker_store=self._store, action_endpoint=InProcessActions()
        )
        # What was loaded stays: the collector need not look through a million objects at each turn.
        gc.collect()
        gc.freeze()

    async def _parse(self, text: str) -> dict[str, Any]:
        from rasa.core.channels.channel import UserMessage

        assert self._agent and self._agent.processor
        message = UserMessage(text=_neutral(text), metadata={})
        found: dict[str, Any] = await self._agent.processor.parse_message(message)
        found["intent"]["name"] = _PUBLIC.get(found["intent"]["name"], found["intent"]["name"])
        return found

    async def _turn(
        self,
        conversation: str,
        text: Optional[str],
        payload: Optional[str],
        page_language: Optional[str],
        at: Optional[str],
        *,
        offered: bool = False,
    ) -> Reply:
        if self._waiting.get(conversation, 0) >= self._queue:
            raise Busy(conversation)
        self._waiting[conversation] = self._waiting.get(conversation, 0) + 1
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        try:
            async with lock:
                work = self._ask_rasa(conversation, text, payload, page_language, at, offered)
                return await asyncio.wait_for(work, self._deadline)
        except (Busy, UnknownPayload):
            raise
        except Exception as error:
            _log.error("turn_failed conversation=%s error=%s", conversation, where(error))
            return await self._apology(conversation, page_language)
        finally:
            self._waiting[conversation] -= 1
            if not self._waiting[conversation]:
                self._waiting.pop(conversation)
                self._locks.pop(conversation, None)

    async def _ask_rasa(
        self,
        conversation: str,
        text: Optional[str],
        payload: Optional[str],
        page_language: Optional[str],
        at: Optional[str],
        offered: bool,
    ) -> Reply:
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        assert self._agent
        before = await self._tracker(conversation)
        started = any(True for _ in before.applied_events()) if before else False
        language = before.get_slot("language") if before and started else page_language
        if payload is not None and not offered and payload not in _offered(before):
            raise UnknownPayload(payload)
        if not started and payload is not None and page_language in LANGUAGES:
            payload = f'{payload}{{"language": "{page_language}"}}'
        metadata: dict[str, Any] = {"language": language if language in LANGUAGES else None}
        if at:
            metadata["at"] = at
        channel = CollectingOutputChannel()
        message = UserMessage(
            text=payload if payload is not None else _neutral(text or ""),
            output_channel=channel,
            sender_id=conversation,
            input_channel="weeweiser",
            metadata=metadata,
        )
        if payload is None and _is_command(text or ""):
            metadata["command"] = True
        await self._agent.handle_message(message)
        after = await self._tracker(conversation)
        assert after
        language = str(after.get_slot("language"))
        messages = from_rasa(channel.messages, language)
        if not messages:
            _log.error("empty_reply conversation=%s", conversation)
            messages = self._apology_messages(language)
        return _reply(after, messages, language)

    async def _tracker(self, conversation: str) -> "Optional[DialogueStateTracker]":
        assert self._agent
        found: Optional[DialogueStateTracker] = await self._agent.tracker_store.retrieve(
            conversation
        )
        return found

    async def _apology(self, conversation: str, page_language: Optional[str]) -> Reply:
        language = page_language if page_language in LANGUAGES else LANGUAGES[0]
        try:
            tracker = await self._tracker(conversation)
            if tracker and tracker.latest_message and tracker.latest_message.text:
                language = tracker.get_slot("language")
        except Exception as error:
            _log.error("tracker_unreadable error=%s", where(error))
        messages = self._apology_messages(str(language))
        return Reply(language=str(language), intent="nlu_fallback", messages=messages)

    def _apology_messages(self, language: str) -> list[Message]:
        assert self._agent and self._agent.domain
        phone = directory().current.association.facts.get("phone")[0]
        for variation in self._agent.domain.responses[_FALLBACK]:
            if variation["condition"][0]["value"] == language:
                text = variation["text"].format(phone=spoken(phone.value))
                return [{"type": "text", "text": text, "lang": language}]
        raise LookupError(_FALLBACK)


def _neutral(text: str) -> str:
    """A visitor's text can never be read as a command: no leading slash."""
    return text.lstrip().lstrip("/").lstrip() if text.lstrip().startswith("/") else text


def _is_command(text: str) -> bool:
    """Typed as Rasa's commands are: `/restart`. Only a button may mean that."""
    return re.fullmatch(r"\s*/+\w*\s*(\{.*)?", text, re.DOTALL) is not None


def _offered(tracker: "Optional[DialogueStateTracker]") -> set[str]:
    """The payloads of every button shown in this conversation so far."""
    from rasa.shared.core.events import BotUttered

    found: set[str] = set()
    for event in tracker.events if tracker else ():
        if isinstance(event, BotUttered):
            found |= {b["payload"] for b in event.data.get("buttons") or [] if "payload" in b}
    return found


def _reply(tracker: "DialogueStateTracker", messages: list[Message], language: str) -> Reply:
    message = tracker.latest_message
    intent = str((message.intent or {}).get("name")) if message else ""
    services = ids(messages, "service")
    if intent.startswith(_DETAIL):
        services += [i for i in tracker.get_slot("shown") or [] if i not in services]
    return Reply(
        language=language,
        intent=_PUBLIC.get(intent, intent),
        messages=messages,
        services=services,
        helplines=ids(messages, "helpline"),
        asks=tracker.get_slot("asks"),
        handoff=bool(tracker.get_slot("handoff")),
    )
