"""The product's application with an assistant that loads nothing: `python -m tests.light_server`.

For tests of the server around it: it answers after as many tenths of a second as a text says.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any, Optional

from fastapi import FastAPI

from bot import app as product
from bot import logs, serving
from bot.assistant_process import Setup
from bot.reply import Message, Reply
from bot.settings import Settings
from bot.store import State, States, open_database


class Light:
    """What Assistants is, by the same methods."""

    def __init__(self, setup: Setup, number: int = 1) -> None:
        self._states = States(open_database(setup.database))

    def start(self) -> None: ...

    def stop(self) -> None: ...

    async def answer(
        self,
        conversation: str,
        *,
        text: Optional[str] = None,
        message_id: Optional[str] = None,
        **_: Optional[str],
    ) -> Reply:
        await asyncio.sleep(int(text) / 10 if text and text.isdigit() else 0)
        state = self._states.load(conversation) or State()
        reply = await self.greet(conversation)
        if message_id and state.last.get("id") == message_id:
            return reply  # taken up already, as the real one knows
        line = {"who": "visitor", "text": text or "", "lang": "fr"}
        last = {"id": message_id}
        self._states.save(conversation, State(said=[*state.said, line], last=last))
        return reply

    async def greet(self, conversation: str, page_language: Optional[str] = None) -> Reply:
        return Reply("fr", "greet", self.words("utter_greet", "fr"))

    async def parse(self, text: str) -> dict[str, Any]:
        words = {"je": "fr", "ich": "de", "ech": "lb"}
        return {"language": words.get(text.split()[0], "fr")}

    async def erase(self, conversation: str) -> None: ...

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        return [{"type": "text", "text": response, "lang": language}]


def build(settings: Settings) -> FastAPI:
    """The application; its assistant is made when it starts."""
    product.Assistants = Light  # type: ignore[assignment,misc]
    return product.create_app(settings, Path("unused"))


if __name__ == "__main__":
    logs.configure("WARNING")
    given = Settings()
    serving.run(build(given), given)
    sys.exit(0)
