"""What was decided of a message so far: read it, and decide otherwise."""

from typing import Any, Dict, Iterator, Text

from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message


def intent(message: Message) -> str:
    """The intent decided on; "" before there is one."""
    return str((message.get(INTENT) or {}).get(INTENT_NAME_KEY) or "")


def sure(message: Message) -> float:
    """How probable it is."""
    return float((message.get(INTENT) or {}).get(PREDICTED_CONFIDENCE_KEY, 0.0))


def likely(message: Message) -> "Iterator[tuple[str, float]]":
    """Intents with their probabilities, best first."""
    for one in message.get(INTENT_RANKING_KEY) or []:
        yield str(one[INTENT_NAME_KEY]), float(one[PREDICTED_CONFIDENCE_KEY])


def asked(message: Message) -> Any:
    """What the assistant asked before: place, age, topic, or None."""
    return (message.get("metadata") or {}).get("asks")


def kinds(message: Message) -> "set[str]":
    """The kinds of entities found in it."""
    return {e["entity"] for e in message.get(ENTITIES) or []}


def decide(message: Message, name: Text) -> None:
    """Makes `name` its intent, for sure."""
    decided = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
    ranking = message.get(INTENT_RANKING_KEY) or []
    rest = [r for r in ranking if r[INTENT_NAME_KEY] != name]
    message.set(INTENT, decided, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [decided, *rest], add_to_output=True)


def add(message: Message, kind: Text, value: Text, extractor: Text) -> None:
    """Adds an entity that stands nowhere in the text."""
    found: Dict[Text, Any] = {"entity": kind, "start": 0, "end": 0, "value": value}
    found["extractor"] = extractor
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
