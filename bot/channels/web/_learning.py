"""Keeps a message to learn from, masked, when its writer agreed; nothing of a cry for help."""

import hmac
from typing import Optional

from bot.assistant import Assistant
from bot.channels.web._turns import digest_of
from bot.masking import mask
from bot.store import Answers, Review, ReviewReason, States
from knowledge import LANGUAGES

_GUESSES = 6
_REJECTED = ("nlu_fallback", "out_of_scope")


class Learning:
    """What visitors agree to be learnt from."""

    def __init__(
        self, assistant: Assistant, states: States, answers: Answers, review: Review
    ) -> None:
        self._assistant = assistant
        self._states = states
        self._answers = answers
        self._review = review

    def agreed(self, conversation: str, message: str) -> bool:
        """Whether the writer of this message has agreed."""
        return self._review.agreed(conversation, message)

    async def agree(self, conversation: str, message: str, yes: bool) -> bool:
        """Keeps the message, or forgets it again. True when it is kept.

        Not kept: what may be a cry for help, what was written right after one, what was left for
        the office, buttons, and languages that are not taught.
        """
        self._review.withdraw(conversation, message)
        text = self._text(conversation, message) if yes else None
        if text is None:
            return False
        found = await self._assistant.parse(text)
        language = found.get("language")
        ranking = [str(one["name"]) for one in found.get("intent_ranking") or []]
        if found.get("crisis") or any(n.startswith("crisis_") for n in ranking[:1]):
            return False
        if language not in LANGUAGES:
            return False
        rejected = found["intent"]["name"] in _REJECTED
        reason: ReviewReason = "not_understood" if rejected else "rated_down"
        guesses = [name for name in ranking if name != "nlu_fallback"][:_GUESSES]
        self._review.keep(
            conversation,
            message,
            mask(text),
            language=str(language),
            reason=reason,
            guesses=guesses,
        )
        return True

    def _text(self, conversation: str, message: str) -> Optional[str]:
        """The words of a message, from what the dialogue kept: that leaves out all in danger."""
        entry = self._answers.find(conversation, message)
        answer = entry.answer if entry else None
        if not entry or not answer or answer.get("crisis") or answer.get("handoff"):
            return None
        for line in reversed(self._states.said(conversation)):
            if line["who"] == "visitor" and hmac.compare_digest(
                digest_of(line["text"], None), entry.digest
            ):
                return line["text"]
        return None
