"""Whether a new training sentence would steal messages from another intent."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Optional, Protocol

from bot.review_file import Learnt

#: A sentence so alike (cosine) is nearly the same one.
_NEARLY = 0.9
#: Sentences so far away say nothing about it.
_FAR = 0.5


class Neighbour(Protocol):
    """A training sentence, as the assistant gives it."""

    text: str
    intent: str
    language: str
    likeness: float


@dataclass(frozen=True)
class Verdict:
    """`refused`: may not be taken. `doubts`: may, if an editor insists. Both name words."""

    refused: Optional[str] = None
    doubts: list[str] = field(default_factory=list)
    other: str = ""


def judge(
    sentence: Learnt, heard: Optional[str], nearest: list[Neighbour], learnt: list[Learnt]
) -> Verdict:
    """What speaks against a sentence. `heard`: the language it was found to be in.

    `nearest`: the nearest training sentences, nearest first; `learnt`: what is learnt already.
    """
    same = sentence.text.casefold()
    known: list[Any] = [*learnt, *nearest]
    for one in known:
        if one.text.casefold() == same and one.language == sentence.language:
            if one.intent != sentence.intent:
                return Verdict("in_another_intent", other=one.intent)
            return Verdict("known_already", other=one.intent)
    doubts, other = ([] if nearest else ["not_compared"]), ""
    close = [one for one in nearest if one.likeness >= _FAR]
    thief = _majority(close)
    if thief and thief != sentence.intent:
        doubts.append("near_another_intent")
        other = thief
    elif close and close[0].intent != sentence.intent and close[0].likeness >= _NEARLY:
        doubts.append("near_another_intent")
        other = close[0].intent
    if heard != sentence.language:
        doubts.append("another_language")
    return Verdict(doubts=doubts, other=other)


def _majority(near: list[Neighbour]) -> str:
    """The intent of more than half of them."""
    if not near:
        return ""
    [(name, count)] = Counter(one.intent for one in near).most_common(1)
    return name if count * 2 > len(near) else ""
