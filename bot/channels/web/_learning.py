"""What visitors of the website agree to be learnt from: a message, by the id of its answer."""

import hmac
from typing import Optional

from bot.channels.learning import Choice, Lessons, Understanding, outcome, question
from bot.channels.web._turns import digest_of
from bot.reply import Message
from bot.store import Answers, Review, States


class Learning:
    """Asks, keeps and forgets."""

    def __init__(
        self, assistant: Understanding, states: States, answers: Answers, review: Review
    ) -> None:
        self._lessons = Lessons(assistant, states, review)
        self._answers = answers

    def agreed(self, conversation: str, message: str) -> bool:
        """Whether the writer of this message has agreed."""
        return self._lessons.agreed(conversation, message)

    async def agree(self, conversation: str, message: str, yes: bool) -> bool:
        """Keeps the message, or forgets it again. True when it is kept.

        Not kept, besides what `Lessons` leaves out: what was written right after a cry for help,
        and what was left for the office.
        """
        text = self._text(conversation, message) if yes else None
        return await self._lessons.keep(conversation, message, text)

    async def ask(self, conversation: str, message: str, language: str) -> list[Message]:
        """The question whether it may be kept; none where it could not be, or is already."""
        if self.agreed(conversation, message):
            return []
        teaches = await self._lessons.teaches(self._text(conversation, message))
        return [question(language, message)] if teaches else []

    async def choose(self, conversation: str, choice: Choice, language: Optional[str]) -> Message:
        """Does what was tapped below the question, and says so."""
        kept = await self.agree(conversation, choice.message, choice.yes)
        return outcome(language, choice, kept)

    def _text(self, conversation: str, message: str) -> Optional[str]:
        """The words of a message, from what the dialogue kept: that leaves out all in danger."""
        entry = self._answers.find(conversation, message)
        answer = entry.answer if entry else None
        if not entry or not answer or answer.get("crisis") or answer.get("handoff"):
            return None
        digest = entry.digest
        return self._lessons.words(
            conversation, lambda text: hmac.compare_digest(digest_of(text, None), digest)
        )
