"""A conversation as the worker sees it: what was said, by whom, and what became of their words."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal, Mapping, NamedTuple, Optional

from bot.desk.names import need_name, place_name
from bot.payloads import intent_of
from bot.store import Handoffs, Happening, States, Talk
from bot.store.messenger import Deliveries
from bot.windows import BY_PERSON, STANDARD
from knowledge import LANGUAGES, LUXEMBOURG, Language, directory

Who = Literal["visitor", "assistant", "card", "person", "event"]
#: Of a worker's words: kept, on the visitor's page, or why they will not arrive.
State = Literal["sent", "delivered", "outside", "blocked", "failed"]
#: How every conversation begins; nobody says it.
_SILENT = ("/greet",)
_PLACE = re.compile(r'"place":\s*"([^"]+)"')
_FAILED: dict[str, State] = {"OutsideWindow": "outside", "Blocked": "blocked"}


@dataclass(frozen=True)
class Line:
    """One line. `text` of an event is a key of the words. `key` tells lines apart on the page."""

    key: str
    who: Who
    text: str
    lang: Optional[str] = None
    at: Optional[datetime] = None
    state: Optional[State] = None


class Window(NamedTuple):
    """Whether Messenger still takes words: "standard", only a "person"'s, or "closed"."""

    kind: Literal["standard", "person", "closed"]
    until: datetime


def language_of(talk: Talk) -> Language:
    """The visitor's language, French where it is none of ours."""
    return next((code for code in LANGUAGES if code == talk.lang), LANGUAGES[0])


def window(talk: Talk, deliveries: Deliveries, at: Optional[datetime] = None) -> Optional[Window]:
    """None on the website, where words always arrive. `at`: with a zone."""
    wrote = None if talk.website else deliveries.wrote_at(talk.conversation)
    if wrote is None:
        return None
    last = datetime.fromtimestamp(wrote / 1000, LUXEMBOURG)
    passed = (at or datetime.now(timezone.utc)) - last
    if passed < STANDARD:
        return Window("standard", last + STANDARD)
    return Window("person" if passed < BY_PERSON else "closed", last + BY_PERSON)


def lines(
    talk: Talk,
    states: States,
    handoffs: Handoffs,
    deliveries: Deliveries,
    spoken: Language,
    pressed: Mapping[str, str],
) -> list[Line]:
    """All that is kept, oldest first. `spoken`: the worker's language, for buttons pressed;
    `pressed`: what these mean in words, by intent, and "other".
    """
    name = talk.conversation
    found: list[Line] = []
    at: Counter[str] = Counter()
    for line in states.said(name):
        # Not numbered through: the oldest lines go when there are many.
        moment = line.get("at", "")
        at[moment] += 1
        key = f"s{moment}-{at[moment]}"
        if line["text"] in _SILENT:
            continue
        text = _said(line["text"], spoken, pressed)
        found.append(Line(key, _who(line["who"]), text, line["lang"], _at(line)))
    found += [Line(f"v{h.id}", "visitor", h.text, talk.lang, h.at) for h in handoffs.heard(name)]
    sent = {} if talk.website else deliveries.of(name)
    for happening in handoffs.happenings(name):
        state: Optional[State] = None
        if happening.owner is None:
            state = "delivered" if happening.id <= talk.delivered else "sent"
            if happening.id in sent:
                delivery = sent[happening.id]
                state = "delivered" if delivery.state == "sent" else "sent"
                if delivery.state == "dead":
                    state = _FAILED.get((delivery.error or "").split(" ")[0], "failed")
        found.append(_happened(happening, state))
    # What has no time was said before times were kept.
    return sorted(found, key=lambda line: line.at or datetime.min)


def _happened(happening: Happening, state: Optional[State]) -> Line:
    key, at = f"h{happening.id}", happening.at
    if happening.text is not None:
        return Line(key, "person", happening.text, happening.lang, at, state)
    if happening.message is not None:
        name = str(happening.message.get("name") or "")
        return Line(key, "card", name, happening.lang, at, state)
    return Line(key, "event", happening.reason or happening.owner or "", None, at)


def _who(who: str) -> Who:
    return "card" if who == "card" else "visitor" if who == "visitor" else "assistant"


def _said(text: str, spoken: Language, pressed: Mapping[str, str]) -> str:
    """What was written; of a button the need, the place or the wish it stands for, in brackets."""
    if not text.startswith("/"):
        return text
    intent, knowledge = intent_of(text), directory().current
    if intent in knowledge.needs:
        return f"[{need_name(knowledge, intent, spoken)}]"
    place = _PLACE.search(text)
    if place:
        return f"[{place_name(knowledge, place[1], spoken)}]"
    return f"[{pressed.get(intent, pressed['other'])}]"


def _at(line: dict[str, str]) -> Optional[datetime]:
    return datetime.fromisoformat(line["at"]) if "at" in line else None
