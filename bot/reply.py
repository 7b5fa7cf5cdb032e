"""What the assistant is told, and what it answers: the messages of the contract."""

from dataclasses import dataclass, field
from typing import Any, Optional

from knowledge import LANGUAGES

Message = dict[str, Any]
#: Of domain.yml: the variations of each response, one per language at least.
Responses = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Reply:
    """One answer. `asks` is what the assistant waits for.

    `messages` is empty only while a person answers instead; `silent` and `handoff` are then
    true. `crisis`: somebody is or may be in danger, or was just before; a channel then asks for
    no rating. `erased`: all of the conversation was deleted. `needs` and `commune` (an id) are
    what it was about; never of a crisis.
    """

    language: str
    intent: str
    messages: list[Message] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    helplines: list[str] = field(default_factory=list)
    asks: Optional[str] = None
    handoff: bool = False
    crisis: bool = False
    silent: bool = False
    erased: bool = False
    needs: list[str] = field(default_factory=list)
    commune: Optional[str] = None


@dataclass(frozen=True)
class Incoming:
    """A message as a channel gives it: `text`, or the `payload` of a button.

    `at`: a time to pretend, ISO 8601.
    """

    text: Optional[str] = None
    payload: Optional[str] = None
    page_language: Optional[str] = None
    at: Optional[str] = None
    message_id: Optional[str] = None


def from_rasa(collected: list[dict[str, Any]], language: str) -> list[Message]:
    """Turns what Rasa's collecting channel holds into the contract's messages."""
    messages: list[Message] = []
    for item in collected:
        card = item.get("custom")
        if card:
            messages.append(card)
        elif item.get("buttons"):
            choices = [{"title": b["title"], "payload": b["payload"]} for b in item["buttons"]]
            text = {"type": "choices", "text": item.get("text", ""), "lang": language}
            messages.append({**text, "choices": choices})
        elif item.get("text"):
            messages.append({"type": "text", "text": item["text"], "lang": language})
    return messages


def in_words(responses: Responses, name: str, language: str, **gaps: str) -> list[Message]:
    """A response in a language, French where the language is none of ours; `gaps` fill it.

    Raises LookupError when there is no such response.
    """
    ours = language if language in LANGUAGES else LANGUAGES[0]
    for variation in responses[name]:
        if variation["condition"][0]["value"] == ours:
            text = variation["text"].format(**gaps)
            return from_rasa([{"text": text, "buttons": variation.get("buttons") or []}], ours)
    raise LookupError(name)


def ids(messages: list[Message], kind: str) -> list[str]:
    """The ids of the cards of a kind, in the order shown."""
    return [m["id"] for m in messages if m["type"] == kind]
