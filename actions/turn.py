"""What every action needs to know of the turn it answers."""

from datetime import datetime
from typing import Any, Iterable, Optional, get_args

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from knowledge import (
    LANGUAGES,
    LUXEMBOURG,
    Helpline,
    Household,
    Knowledge,
    Language,
    Place,
    Service,
    UnknownId,
)

LANGUAGE, PLACE, AGE = "language", "place", "age"
NEED, ASKS, SKIPPED, SHOWN, MISSES, HANDOFF = (
    "need",
    "asks",
    "skipped",
    "shown",
    "misses",
    "handoff",
)
#: Further needs of the same message, to be answered together; with whom the person lives.
ALSO, HOUSEHOLD = "also", "household"
#: The detail asked about one of several services, until it is said which one is meant.
DETAIL = "detail"
#: Of the conversation itself: what the assistant is to do, a message for the office, after danger.
ORDER, LEAVING, DRAFT, KEPT, AFTER_CRISIS = "order", "leaving", "draft", "kept", "after_crisis"
#: Whether a cry for help was heard in this conversation.
CRIED = "cried"
#: Whether the association's own contact was said in this conversation.
WAY_IN = "way_in"
#: What was just told that no service of ours is there for (knowledge/worries.yml).
WORRY = "worry"
#: Cards at the most in one answer.
MAX_CARDS = 3


class Turn:
    """One message of a visitor, with the state of the conversation."""

    def __init__(self, tracker: Tracker, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._slots: dict[str, Any] = tracker.slots
        self._message: dict[str, Any] = tracker.latest_message or {}
        #: Whether this answer says the association's own contact.
        self.said_way_in = False

    @property
    def intent(self) -> str:
        return str((self._message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the NLU is of the intent; 1 for a button."""
        return float((self._message.get("intent") or {}).get("confidence", 1.0))

    @property
    def text(self) -> str:
        """What the visitor wrote; empty for a button."""
        text = str(self._message.get("text") or "")
        return "" if text.startswith("/") else text

    @property
    def ranking(self) -> list[str]:
        """Intents of the message, likeliest first."""
        return self.likely(0.0)

    def likely(self, least: float) -> list[str]:
        """Intents of the message of at least this probability, likeliest first."""
        ranking = self._message.get("intent_ranking") or []
        return [str(item["name"]) for item in ranking if item.get("confidence", 1.0) >= least]

    @property
    def danger(self) -> float:
        """How probable all cries for help together are, as the model reads the message."""
        ranking = self._message.get("intent_ranking") or []
        cries = [item for item in ranking if str(item["name"]).startswith("crisis_")]
        return sum(float(item.get("confidence", 1.0)) for item in cries)

    def heard(self, key: str) -> list[str]:
        """`needs` or `crisis` as the NLU decided; empty for a button."""
        if self._message.get("text", "").startswith("/"):
            return []
        return [str(name) for name in self._message.get(key) or []]

    @property
    def crisis_guessed(self) -> bool:
        """Whether a crisis was heard by the model only, in no fixed pattern."""
        return bool(self._message.get("crisis_guessed"))

    def slot(self, name: str) -> Any:
        """What is remembered under a name; None when it is not set."""
        return self._slots.get(name)

    def note(self, name: str) -> Any:
        """What the assistant heard besides the NLU (`whom`, `way`, `about_lines` …)."""
        return self._message.get(name)

    def metadata(self, name: str) -> Any:
        """What the assistant knows beside the message (`desk`, `lines`, `services` …)."""
        return (self._message.get("metadata") or {}).get(name)

    def entities(self, kind: str) -> list[str]:
        """The entities of a kind in this message, in its order."""
        found = self._message.get("entities") or []
        return list(dict.fromkeys(str(e["value"]) for e in found if e.get("entity") == kind))

    def entity(self, kind: str) -> Optional[str]:
        """The first entity of a kind in this message."""
        return next(iter(self.entities(kind)), None)

    @property
    def in_danger(self) -> bool:
        """Whether this message is a cry for help: no menus then."""
        return self.intent.startswith("crisis_") or bool(self.heard("crisis"))

    @property
    def abusive(self) -> bool:
        """Whether the message insults the assistant."""
        return bool(self._message.get("abuse"))

    @property
    def asks_something(self) -> bool:
        """Whether there is something to answer: a need, a detail, or what was asked for."""
        name = self.intent
        return name in self.knowledge.needs or name.startswith("ask_") or name == "inform"

    @property
    def drops(self) -> list[str]:
        """What the message says to forget: place, age."""
        return [str(name) for name in self._message.get("drops") or []]

    @property
    def unknown_place(self) -> Optional[str]:
        """A name in the message that seems to be a place, and is none we know."""
        return self._message.get("unknown_place")

    @property
    def which(self) -> list[int]:
        """The positions meant among what was shown, from 1; -1 is the last."""
        return list(self._message.get("which") or [])

    @property
    def language(self) -> Language:
        value = self._slots.get(LANGUAGE)
        return next((code for code in LANGUAGES if code == value), LANGUAGES[0])

    @property
    def place(self) -> Optional[Place]:
        name = None if PLACE in self.drops else self._slots.get(PLACE)
        try:
            return self.knowledge.place(name) if name else None
        except UnknownId:
            return None

    @property
    def age(self) -> Optional[float]:
        value = None if AGE in self.drops else self._slots.get(AGE)
        return float(value) if isinstance(value, (int, float)) else None

    @property
    def household(self) -> Optional[Household]:
        value = self._slots.get(HOUSEHOLD) or self.metadata("household")
        return next((h for h in get_args(Household) if h == value), None)

    @property
    def need(self) -> Optional[str]:
        """The need being asked about or just answered, as far as the directory still has it."""
        need = self._slots.get(NEED)
        return need if need in self.knowledge.needs else None

    @property
    def worry(self) -> Optional[str]:
        """The worry that was just answered, as far as the directory still has it."""
        worry = self._slots.get(WORRY)
        return worry if worry in self.knowledge.worries else None

    @property
    def also(self) -> list[str]:
        """Further needs of the same message."""
        return [n for n in self._slots.get(ALSO) or [] if n in self.knowledge.needs]

    @property
    def asks(self) -> Optional[str]:
        return self._slots.get(ASKS)

    @property
    def skipped(self) -> list[str]:
        return list(self._slots.get(SKIPPED) or [])

    @property
    def misses(self) -> int:
        return int(self._slots.get(MISSES) or 0)

    @property
    def shown(self) -> list[Service]:
        """The services the last answer was about, as far as the directory still has them."""
        shown = self.metadata("services") or self._slots.get(SHOWN) or []
        found = map(self._service, shown)
        return [service for service in found if service]

    @property
    def pointed(self) -> list[Service]:
        """Those of the services shown that the message points at: "the second one"."""
        shown = self.shown
        found = [shown[n - 1 if n > 0 else n] for n in self.which if shown and n <= len(shown)]
        return list({service.id: service for service in found}.values())

    @property
    def named(self) -> list[Service]:
        """The services named in this message; the model may know more than the directory has."""
        found = map(self._service, self.entities("service"))
        return [service for service in found if service]

    def _service(self, name: str) -> Optional[Service]:
        try:
            return self.knowledge.service(name)
        except UnknownId:
            return None

    @property
    def at(self) -> datetime:
        """Now in Luxembourg, or the time a test pretends."""
        given = (self._message.get("metadata") or {}).get("at")
        if given:
            moment = datetime.fromisoformat(str(given))
            return moment if moment.tzinfo else moment.replace(tzinfo=LUXEMBOURG)
        return datetime.now(LUXEMBOURG)


def show_cards(out: CollectingDispatcher, turn: Turn, services: Iterable[Service]) -> None:
    for service in services:
        card = turn.knowledge.service_card(service, turn.language, at=turn.at)
        out.utter_message(json_message=card)


def show_lines(out: CollectingDispatcher, turn: Turn, lines: Iterable[Helpline]) -> None:
    for line in lines:
        card = turn.knowledge.helpline_card(line, turn.language, at=turn.at)
        out.utter_message(json_message=card)


def show_way_in(out: CollectingDispatcher, turn: Turn, services: Iterable[Service]) -> None:
    """The association's contact, when one of the services cannot be reached; once is enough.

    Later only its number, and only where none of them can be reached.
    """
    reachable = [turn.knowledge.reachable(s) for s in services]
    if not all(reachable) and not turn.slot(WAY_IN):
        say_association(out, turn, "utter_association_contact")
    elif reachable and not any(reachable):
        remind_association(out, turn)


def remind_association(out: CollectingDispatcher, turn: Turn) -> None:
    """The association's contact: whole for the first time, then only its number."""
    if not turn.slot(WAY_IN):
        say_association(out, turn, "utter_association_reach")
        return
    card = turn.knowledge.service_card(turn.knowledge.association, turn.language, at=turn.at)
    phone = card["phones"][0]
    number = " – ".join(filter(None, (phone["number"], phone["label"])))
    out.utter_message(response="utter_association_again", phone=number)


def say_association(out: CollectingDispatcher, turn: Turn, response: str) -> None:
    """The association's own contact, as the way in where a service's is unknown."""
    turn.said_way_in = True
    knowledge, language = turn.knowledge, turn.language
    card = knowledge.service_card(knowledge.association, language, at=turn.at)
    facts = knowledge.association.facts
    phone = card["phones"][0]
    label = phone["label"]
    out.utter_message(
        response=response,
        phone=phone["number"],
        email=facts.get("email")[0].value,
        address=facts.get("address")[0].in_(language),
        notice=f" {label[:1].upper()}{label[1:]}." if label else "",
    )


def choice(title: str, payload: str) -> dict[str, str]:
    return {"title": title, "payload": payload}
