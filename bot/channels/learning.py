"""Keeps a message to learn from, masked, when its writer agreed; nothing of a cry for help.

Who says that an answer did not help is asked by two buttons, which every channel can show.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional, Protocol

import yaml

from bot.masking import mask
from bot.reply import Message
from bot.store import Review, ReviewReason, States
from knowledge import LANGUAGES

_WORDS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parents[1] / "wording" / "learning.yml").read_text(encoding="utf-8")
)
_GUESSES = 6
_REJECTED = ("nlu_fallback", "out_of_scope")
_PAYLOAD = re.compile(r"learn:(yes|no):([A-Za-z0-9_-]{1,64})")


class Understanding(Protocol):
    """The part of the assistant that is needed here."""

    async def parse(self, text: str) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Choice:
    """What somebody tapped: whether the message with this id may be kept."""

    yes: bool
    message: str


@dataclass(frozen=True)
class _Lesson:
    language: str
    reason: ReviewReason
    guesses: list[str]


class Lessons:
    """What people agree to be learnt from. A message's id is the channel's matter."""

    def __init__(self, assistant: Understanding, states: States, review: Review) -> None:
        self._assistant = assistant
        self._states = states
        self._review = review

    def agreed(self, conversation: str, message: str) -> bool:
        """Whether the writer of this message has agreed."""
        return self._review.agreed(conversation, message)

    def words(self, conversation: str, fits: Callable[[str], bool]) -> Optional[str]:
        """A visitor's newest words that fit, of what the dialogue kept: nothing of danger."""
        said = reversed(self._states.said(conversation))
        return next((s["text"] for s in said if s["who"] == "visitor" and fits(s["text"])), None)

    async def teaches(self, text: Optional[str]) -> bool:
        """Whether these words could be kept."""
        return text is not None and await self._read(text) is not None

    async def keep(self, conversation: str, message: str, text: Optional[str]) -> bool:
        """Keeps the words in the place of what was kept of the message, or forgets that.

        Not kept: what may be a cry for help, buttons, languages that are not taught.
        """
        self._review.withdraw(conversation, message)
        lesson = await self._read(text) if text is not None else None
        if text is None or lesson is None:
            return False
        self._review.keep(conversation, message, mask(text), **vars(lesson))
        return True

    async def _read(self, text: str) -> Optional[_Lesson]:
        found = await self._assistant.parse(text)
        language = found.get("language")
        ranking = [str(one["name"]) for one in found.get("intent_ranking") or []]
        if found.get("crisis") or any(n.startswith("crisis_") for n in ranking[:1]):
            return None
        if language not in LANGUAGES:
            return None
        rejected = found["intent"]["name"] in _REJECTED
        guesses = [name for name in ranking if name != "nlu_fallback"][:_GUESSES]
        return _Lesson(str(language), "not_understood" if rejected else "rated_down", guesses)


def question(language: Optional[str], message: str) -> Message:
    """Asks whether the message may be kept, as a message of the contract."""
    code = _known(language)
    words = _WORDS[code]
    choices = [{"title": words[do], "payload": f"learn:{do}:{message}"} for do in ("yes", "no")]
    return {"type": "choices", "text": words["ask"], "lang": code, "choices": choices}


def chosen(payload: Optional[str]) -> Optional[Choice]:
    """What a payload of `question` says; None for any other."""
    found = _PAYLOAD.fullmatch(payload or "")
    return Choice(found[1] == "yes", found[2]) if found else None


def outcome(language: Optional[str], choice: Choice, kept: bool) -> Message:
    """Says what became of a choice."""
    code = _known(language)
    key = "kept" if kept else "not_kept" if choice.yes else "refused"
    return {"type": "text", "text": _WORDS[code][key], "lang": code}


def _known(language: Optional[str]) -> str:
    return next((code for code in LANGUAGES if code == language), LANGUAGES[0])
