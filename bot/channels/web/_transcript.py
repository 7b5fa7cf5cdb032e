"""A conversation as a page shows it: who said what, in order."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Optional

from bot.channels.html import clean, clean_lines
from bot.store import Entry
from knowledge import dialled

Message = dict[str, Any]
#: The id of the message that greets.
START = "start"


@dataclass(frozen=True)
class Said:
    """One side's words. `messages` of the contract, with `dialled` beside each number."""

    who: Literal["visitor", "bot", "person"]
    text: str = ""
    role: Optional[str] = None
    lang: Optional[str] = None
    messages: list[Message] = field(default_factory=list)


class Told(NamedTuple):
    """What was said outside of an answer. `number` grows."""

    number: int
    said: Said


def transcript(entries: list[Entry], told: list[Told]) -> list[Said]:
    """Everything said so far; what was told stands where the visitor could first read it."""
    said: list[Said] = []
    read = 0
    for entry in entries:
        said += [one for number, one in told if read < number <= entry.after]
        read = max(read, entry.after)
        if entry.said and entry.said.strip():
            said.append(Said("visitor", clean_lines(entry.said)))
        if entry.answer and entry.answer["messages"]:
            messages = shown(entry.answer["messages"])
            said.append(Said("bot", lang=entry.answer["language"], messages=messages))
    return [*said, *(one for number, one in told if number > read)]


def told_of(number: int, kind: str, data: Message) -> Optional[Told]:
    """A person's words, or what is said when another answers; None when nothing is."""
    if kind == "message" and data["type"] != "text":
        card = {name: value for name, value in data.items() if name != "role"}
        role = clean(data["role"])
        return Told(number, Said("person", role=role, lang=data["lang"], messages=shown([card])))
    if kind == "message":
        text = clean_lines(data["text"])
        return Told(number, Said("person", text, clean(data["role"]), data["lang"]))
    if not data["messages"]:
        return None
    return Told(number, Said("bot", messages=shown(data["messages"])))


def newest(said: list[Said]) -> int:
    """Where to begin reading: the visitor's own last words, or the answer where those are not kept.

    What a person wrote after them stands below.
    """
    own = [at for at, one in enumerate(said) if one.who == "visitor"]
    answers = [at for at, one in enumerate(said) if one.who == "bot"]
    last = max([*own, *answers], default=0)
    return last - 1 if last - 1 in own else last


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
