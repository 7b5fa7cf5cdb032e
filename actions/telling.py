"""What a service or a helpline says of a topic for which it has no field of its own."""

from functools import lru_cache
from pathlib import Path
from typing import Union

import yaml

from actions.turn import Turn
from knowledge import Helpline, Service

_WORDS = Path(__file__).with_suffix(".yml")
#: Where it may be said.
_FIELDS = ("cost", "hours", "eligibility", "appointment")


def telling(turn: Turn, entry: Union[Service, Helpline], topic: str) -> list[str]:
    """The fact or description that speaks of a topic of telling.yml, with its notice; or none."""
    words = _said_in()[topic]
    facts = [fact for field in _FIELDS for fact in entry.facts.get(field)]
    for fact in facts:
        if any(word in fact.in_("fr").lower() for word in words):
            return [turn.knowledge.with_notice(fact, turn.language, at=turn.at)]
    if any(word in entry.description.fr.lower() for word in words):
        return [entry.description.in_(turn.language)]
    return []


@lru_cache(maxsize=1)
def _said_in() -> dict[str, list[str]]:
    return dict(yaml.safe_load(_WORDS.read_text(encoding="utf-8"))["said_in"])
