"""As many assistants as there are processors to compute for them; a conversation has one of them.

Each is a process of its own, and all are forked from the one that loaded the model: a further one
costs a tenth of the memory of the first.
"""

from itertools import cycle
from typing import Any, Optional
from zlib import crc32

from bot.assistant_process import AssistantProcess, Setup
from bot.reply import Message, Reply
from bot.turn_metrics import count, timed


class Assistants:
    """What `Assistant` is, by the same methods. `start()` it once, `stop()` it at the end.

    Each method also raises AssistantGone.
    """

    def __init__(self, setup: Setup, number: int = 1) -> None:
        self._all = [AssistantProcess(setup) for _ in range(number)]
        self._turn = cycle(self._all)

    def start(self) -> None:
        """Loads the model; raises when it cannot be loaded."""
        for one in self._all:
            one.start()

    def stop(self) -> None:
        for one in self._all:
            one.stop()

    async def answer(self, conversation: str, **message: Optional[str]) -> Reply:
        """As Assistant.answer; is counted and timed."""
        with timed():
            reply: Reply = await self._of(conversation).call("answer", conversation, **message)
        count(reply)
        return reply

    async def greet(self, conversation: str, page_language: Optional[str] = None) -> Reply:
        """As Assistant.greet."""
        reply: Reply = await self._of(conversation).call("greet", conversation, page_language)
        return reply

    async def parse(self, text: str) -> dict[str, Any]:
        """As Assistant.parse."""
        found: dict[str, Any] = await next(self._turn).call("parse", text)
        return found

    async def vectors(self, texts: list[str]) -> Any:
        """As Assistant.vectors."""
        # Always the same one: it loads what it needs for this when it is first asked.
        return await self._all[0].call("vectors", texts)

    async def nearest(self, text: str, most: int = 5) -> Any:
        """As Assistant.nearest."""
        return await self._all[0].call("nearest", text, most)

    async def erase(self, conversation: str) -> None:
        """As Assistant.erase."""
        await self._of(conversation).call("erase", conversation)

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        """As Assistant.words."""
        return self._all[0].words(response, language, **gaps)

    def _of(self, conversation: str) -> AssistantProcess:
        """The same one each time, so that messages of a conversation keep their order."""
        return self._all[crc32(conversation.encode()) % len(self._all)]
