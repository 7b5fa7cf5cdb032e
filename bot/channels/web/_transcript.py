"""A conversation as a page shows it: who said what, in order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Optional

from bot.channels.html import clean, clean_lines
from bot.store import Entry
from knowledge import dialled

Message = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """One side's words. `messages` of the contract, with `dialled` beside each number."""

    who: Literal["visitor", "bot", "person"]
    text: str = ""
    role: Optional[str] = None
    lang: Optional[str] = None
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What a person of the association wrote. `number` grows."""

    number: int
    text: str
    lang: str
    role: Optional[str] = None


def transcript(entries: list[Entry], told: list[Told]) -> list[Said]:
    """Everything said so far; a person's words stand where the visitor could first read them."""
    said: list[Said] = []
    read = 0
    for entry in entries:
        said += _told(told, read, entry.after)
        read = max(read, entry.after)
        if entry.said and entry.said.strip():
            said.append(Said("visitor", clean_lines(entry.said)))
        if entry.answer and entry.answer["messages"]:
            messages = shown(entry.answer["messages"])
            said.append(Said("bot", lang=entry.answer["language"], messages=messages))
    return [*said, *_told(told, read, None)]


def shown(messages: list[Message]) -> list[Message]:
    """Messages ready for a template: clean texts, and numbers as a phone dials them."""
    return [_ready(message) for message in messages]


def title_of(entries: list[Entry], payload: str) -> Optional[str]:
    """What the newest button with this payload said."""
    for entry in reversed(entries):
        for message in (entry.answer or {}).get("messages", ()):
            for choice in message.get("choices") or ():
                if choice["payload"] == payload:
                    title: str = choice["title"]
                    return title
    return None


def _told(told: list[Told], after: int, until: Optional[int]) -> Iterator[Said]:
    for message in told:
        if message.number > after and (until is None or message.number <= until):
            yield Said("person", clean_lines(message.text), message.role, message.lang)


def _ready(message: Message) -> Message:
    card: Message = clean(message)
    if "text" in card:
        card["text"] = clean_lines(message["text"])
    if card["type"] == "helpline" and card.get("number"):
        card["dialled"] = dialled(card["number"])
    if card["type"] == "service":
        card["phones"] = [{**p, "dialled": dialled(p["number"])} for p in card["phones"]]
        for name in ("website", "map_url"):
            if not str(card[name]).startswith(("https://", "http://")):
                card[name] = None
    return card
