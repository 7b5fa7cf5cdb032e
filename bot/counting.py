"""Counts turns for the reports: when they are answered, in memory, and once in a while as numbers.

Nothing of a turn is kept but that there was one of its kind. A turn never waits for it, and
never fails by it.
"""

import asyncio
import logging
from collections import Counter
from datetime import datetime
from typing import Any, Optional

from sqlalchemy.exc import SQLAlchemyError

from bot.reply import Reply
from bot.store import Count, Counts
from knowledge import LUXEMBOURG, directory

_log = logging.getLogger(__name__)
#: How often the numbers are written, so how much a power cut may lose.
_SECONDS = 10.0
_NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")


class Counting:
    """Create it, `note` each reply, `await run()` beside the server, `flush()` at the end."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._held: Counter[Count] = Counter()

    def note(self, channel: str, reply: Reply, at: Optional[datetime] = None) -> None:
        """Counts a reply. `channel`: web, plain or messenger."""
        try:
            self._held.update(_seen(channel, reply, (at or datetime.now(LUXEMBOURG))))
        except Exception as error:
            _log.error("turn_not_counted error=%s", type(error).__name__)

    def flush(self) -> None:
        """Writes what was counted; what cannot be written is kept for the next time."""
        held, self._held = self._held, Counter()
        try:
            self._counts.add(held)
        except SQLAlchemyError as error:
            self._held.update(held)
            _log.error("counts_not_written error=%s", type(error).__name__)

    async def run(self) -> None:
        """Writes now and then."""
        while True:
            await asyncio.sleep(_SECONDS)
            await asyncio.to_thread(self.flush)


class Counted:
    """An assistant whose answers in one channel are counted."""

    def __init__(self, assistant: Any, counting: Counting, channel: str) -> None:
        self._assistant = assistant
        self._counting = counting
        self._channel = channel

    async def answer(self, conversation: str, **message: Any) -> Reply:
        """As Assistant.answer."""
        reply: Reply = await self._assistant.answer(conversation, **message)
        self._counting.note(self._channel, reply)
        return reply

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)


def _seen(channel: str, reply: Reply, at: datetime) -> list[Count]:
    month = at.date().replace(day=1)
    where = {"channel": channel, "language": reply.language}
    found = [Count(month, "turn", **where)]
    if reply.crisis:
        # Of a cry for help nothing but a flag.
        found.append(Count(month, "crisis", **where))
    found += [Count(month, "helpline", name, **where) for name in reply.helplines]
    if reply.crisis or reply.silent:
        return found
    if reply.intent in _NOT_UNDERSTOOD:
        found.append(Count(month, "not_understood", **where))
    if reply.intent == "human_handoff" and reply.handoff:
        found.append(Count(month, "handoff", **where))
    if _answered(reply):
        place = reply.commune or ""
        found += [Count(month, "need", need, detail=place, **where) for need in reply.needs]
    return found


def _answered(reply: Reply) -> bool:
    """Whether a need was answered, not only asked about."""
    if reply.asks is not None or not reply.needs:
        return False
    shows = any(message["type"] == "service" for message in reply.messages)
    named = reply.intent in directory().current.needs
    return named or (shows and reply.intent == "inform")
