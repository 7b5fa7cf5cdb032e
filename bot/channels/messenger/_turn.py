"""One message of a person: what is answered, as bodies to send. Nothing is stored here."""

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, Optional, Protocol

from bot.apology import apology
from bot.assistant import UnknownPayload
from bot.channels.learning import Choice, Lessons, chosen, outcome, question
from bot.channels.messenger import _payloads
from bot.channels.messenger._notices import notice
from bot.channels.messenger._render import more_choices, render
from bot.reply import Message, Reply
from bot.store import Conversations
from bot.store.messenger import Ask, Outgoing
from knowledge import LANGUAGES

#: How often somebody who sends pictures is asked to write, at most.
_WRITE_AGAIN_MS = 60_000
_GREET = "/greet"


class Answering(Protocol):
    """The part of the assistant a channel needs."""

    async def answer(
        self,
        conversation: str,
        *,
        text: Optional[str] = None,
        payload: Optional[str] = None,
        page_language: Optional[str] = None,
        message_id: Optional[str] = None,
    ) -> Reply: ...

    async def parse(self, text: str) -> dict[str, Any]: ...

    async def erase(self, conversation: str) -> None: ...

    def words(self, response: str, language: str, **gaps: str) -> list[Message]: ...


@dataclass(frozen=True)
class Answer:
    """What is sent, and what is remembered of it. `urgent`: said even beside a person's words."""

    outgoing: list[Outgoing] = field(default_factory=list)
    language: Optional[str] = None
    choices: Optional[Message] = None
    told_write: bool = False
    urgent: bool = False
    state: str = "done"


class Turn:
    """Answers messages of people, each with the assistant or with words of the channel."""

    def __init__(
        self,
        assistant: Answering,
        conversations: Conversations,
        *,
        public_url: Optional[str] = None,
        to_inbox: bool = False,
        lessons: Optional[Lessons] = None,
    ) -> None:
        """`lessons`: asks who was not helped whether the message may be kept to learn from."""
        self._assistant = assistant
        self._conversations = conversations
        self._public_url = public_url
        self._to_inbox = to_inbox
        self._lessons = lessons

    async def answer(self, ask: Ask) -> Answer:
        """Raises what the assistant raises (Busy), and whatever a mistake of ours raises."""
        if ask.last:
            return self._sorry(ask)
        if ask.silent and not await self._is_crisis(ask):
            return Answer(state="silent")
        if ask.kind == "too_fast":
            return self._notice(ask, "too_fast")
        if ask.kind == "wordless":
            if int(time.time() * 1000) - ask.told_write_at < _WRITE_AGAIN_MS:
                return Answer()
            return self._notice(ask, "please_write", told_write=True)
        if ask.kind == "start":
            return await self._asked(ask, ask.language, payload=_GREET)
        if ask.kind == "choice":
            return await self._choice(ask)
        return await self._words(ask, ask.language)

    async def _is_crisis(self, ask: Ask) -> bool:
        """Somebody of the page wrote a while ago: a cry for help must not wait for them."""
        text = ask.content.get("text")
        return bool(text and (await self._assistant.parse(text)).get("crisis"))

    async def _words(self, ask: Ask, language: Optional[str]) -> Answer:
        return await self._asked(ask, language, text=ask.content.get("text") or "")

    async def _asked(self, ask: Ask, language: Optional[str], **words: str) -> Answer:
        # After a crash the same message is asked again, and gets the same answer.
        reply = await self._assistant.answer(
            ask.person, page_language=language, message_id=ask.once, **words
        )
        return self._said(ask, reply)

    async def _choice(self, ask: Ask) -> Answer:
        tagged, payload = _payloads.split(ask.content["payload"])
        language = ask.language or tagged
        about_learning = chosen(payload)
        if about_learning:
            return await self._learn(ask, about_learning)
        if payload in (_payloads.RATE_UP, _payloads.RATE_DOWN):
            rating = payload.partition(":")[2]
            await asyncio.to_thread(self._conversations.rate, ask.person, rating, None)
            asked = await self._ask_to_learn(ask) if payload == _payloads.RATE_DOWN else []
            return self._told(ask, asked) if asked else self._notice(ask, "rated")
        page = _payloads.page_of(payload)
        if page is not None:
            if ask.choices is None:
                return self._notice(ask, "no_more")
            return Answer([Outgoing(body) for body in more_choices(ask.choices, page)])
        try:
            return await self._asked(ask, language, payload=payload)
        except UnknownPayload:
            # A button of long ago: its title says what is wanted.
            return await self._words(ask, language)

    async def _ask_to_learn(self, ask: Ask) -> list[Message]:
        """Asks whether the last message may be kept; not of a button, or what teaches nothing."""
        if self._lessons is None:
            return []
        text = self._lessons.words(ask.person, lambda _: True)
        # A button's payload begins so; a text of the person never does.
        if text is None or text.startswith("/") or not await self._lessons.teaches(text):
            return []
        return [question(ask.language, _digest(text))]

    async def _learn(self, ask: Ask, choice: Choice) -> Answer:
        kept = False
        if self._lessons is not None:
            text = self._lessons.words(ask.person, lambda text: _digest(text) == choice.message)
            about = (ask.person, choice.message, text if choice.yes else None)
            kept = await self._lessons.keep(*about)
        return self._told(ask, [outcome(ask.language, choice, kept)])

    def _told(self, ask: Ask, messages: list[Message]) -> Answer:
        return Answer([Outgoing(body) for body in render(messages, str(ask.language))])

    def _said(self, ask: Ask, reply: Reply) -> Answer:
        messages = list(reply.messages)
        if not messages:  # somebody at the desk has the conversation
            return Answer(language=reply.language, state="silent")
        rate = bool(reply.services) and not reply.crisis and reply.asks is None
        bodies = render(messages, reply.language, public_url=self._public_url, rate=rate)
        if ask.returns and ask.kind != "start":
            again = render(
                self._assistant.words("utter_automated_again", reply.language), reply.language
            )
            # In danger the number comes first.
            bodies = [*bodies, *again] if reply.crisis else [*again, *bodies]
        outgoing = [Outgoing(body) for body in bodies]
        if reply.erased:
            outgoing.append(Outgoing(kind="erase"))
        if self._to_inbox and reply.handoff and reply.intent == "human_handoff":
            outgoing.append(Outgoing(kind="pass"))
        return Answer(
            outgoing,
            language=reply.language,
            choices=next((m for m in reversed(messages) if m.get("choices")), None),
            urgent=reply.crisis,
        )

    def _sorry(self, ask: Ask) -> Answer:
        language = ask.language if ask.language in LANGUAGES else LANGUAGES[0]
        said = apology(self._assistant.words, str(language))
        return Answer([Outgoing(body) for body in render(said, str(language))], state="dead")

    def _notice(self, ask: Ask, key: str, **remembered: Any) -> Answer:
        language = ask.language
        bodies = render(notice(language, key), str(language))
        return Answer([Outgoing(body) for body in bodies], **remembered)


def _digest(text: str) -> str:
    """Names a message of a person without its words."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
