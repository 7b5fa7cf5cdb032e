"""A part of a note as the model understood it, and what is found in one."""

from dataclasses import dataclass
from typing import Any, Mapping

from bot.desk.triage._note import Span

Parse = Mapping[str, Any]

_CRISIS = "crisis_"
#: A part of fewer words is not judged alone.
FEWEST_WORDS = 3


@dataclass(frozen=True)
class Said:
    """Something a note says: its name, how sure (0 to 1), and the words that caused it."""

    name: str
    sure: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    text: str
    span: Span
    whole: bool
    sentence: bool
    parse: Parse

    @property
    def readable(self) -> bool:
        """Whether it has words enough to be judged alone."""
        return len(self.text.split()) >= FEWEST_WORDS

    @property
    def danger(self) -> float:
        """All cries for help together."""
        ranking = self.parse.get("intent_ranking") or []
        return sum(float(r["confidence"]) for r in ranking if r["name"].startswith(_CRISIS))

    def likely(self, name: str) -> float:
        ranking = self.parse.get("intent_ranking") or []
        return max((float(r["confidence"]) for r in ranking if r["name"] == name), default=0.0)
