"""As many assistants as there are processors to compute for them; a conversation has one of them.

Each is a process of its own, and all are forked from the one that loaded the model: a further one
costs a tenth of the memory of the first.
"""

from itertools import cycle
from typing import Any, Optional
from zlib import crc32

from bot.assistant_process import AssistantProcess, Setup
from bot.reply import Message, Reply


class Assistants:
    """What `AssistantProcess` is, by the same methods."""

    def __init__(self, setup: Setup) -> None:
        self._all = [AssistantProcess(setup) for _ in range(setup.assistants)]
        self._turn = cycle(self._all)

    def start(self) -> None:
        """Loads the model; raises when it cannot be loaded."""
        for one in self._all:
            one.start()

    def stop(self) -> None:
        for one in self._all:
            one.stop()

    async def answer(self, conversation: str, **message: Optional[str]) -> Reply:
        return await self._of(conversation).answer(conversation, **message)

    async def greet(self, conversation: str, page_language: Optional[str] = None) -> Reply:
        return await self._of(conversation).greet(conversation, page_language)

    async def parse(self, text: str) -> dict[str, Any]:
        return await next(self._turn).parse(text)

    async def vectors(self, texts: list[str]) -> Any:
        # Always the same one: it loads what it needs for this when it is first asked.
        return await self._all[0].vectors(texts)

    async def nearest(self, text: str, most: int = 5) -> Any:
        return await self._all[0].nearest(text, most)

    async def erase(self, conversation: str) -> None:
        await self._of(conversation).erase(conversation)

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        return self._all[0].words(response, language, **gaps)

    def _of(self, conversation: str) -> AssistantProcess:
        """The same one each time, so that messages of a conversation keep their order."""
        return self._all[crc32(conversation.encode()) % len(self._all)]
