"""What every action needs to know of the turn it answers."""

from datetime import datetime
from typing import Any, Iterable, Optional

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from knowledge import LANGUAGES, LUXEMBOURG, Knowledge, Language, Place, Service, UnknownId

LANGUAGE, PLACE, AGE = "language", "place", "age"
NEED, ASKS, SKIPPED, SHOWN, MISSES, HANDOFF = (
    "need",
    "asks",
    "skipped",
    "shown",
    "misses",
    "handoff",
)
#: Of the conversation itself: what the assistant is to do, a message for the office, after danger.
ORDER, LEAVING, DRAFT, KEPT, AFTER_CRISIS = "order", "leaving", "draft", "kept", "after_crisis"
#: Cards at the most in one answer.
MAX_CARDS = 3


class Turn:
    """One message of a visitor, with the state of the conversation."""

    def __init__(self, tracker: Tracker, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._slots: dict[str, Any] = tracker.slots
        self._message: dict[str, Any] = tracker.latest_message or {}

    @property
    def intent(self) -> str:
        return str((self._message.get("intent") or {}).get("name") or "")

    @property
    def text(self) -> str:
        """What the visitor wrote; empty for a button."""
        text = str(self._message.get("text") or "")
        return "" if text.startswith("/") else text

    @property
    def ranking(self) -> list[str]:
        """Intents of the message, likeliest first."""
        return [str(item["name"]) for item in self._message.get("intent_ranking") or []]

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
        """What the assistant heard besides the NLU (`whom`, `way`, `foreign`, `emergency`)."""
        return self._message.get(name)

    def metadata(self, name: str) -> Any:
        """What the assistant knows beside the message (`desk`, `keeps`)."""
        return (self._message.get("metadata") or {}).get(name)

    def entity(self, kind: str) -> Optional[str]:
        """The first entity of a kind in this message."""
        found = (e for e in self._message.get("entities") or [] if e.get("entity") == kind)
        entity = next(found, None)
        return str(entity["value"]) if entity else None

    @property
    def language(self) -> Language:
        value = self._slots.get(LANGUAGE)
        return next((code for code in LANGUAGES if code == value), LANGUAGES[0])

    @property
    def place(self) -> Optional[Place]:
        name = self._slots.get(PLACE)
        try:
            return self.knowledge.place(name) if name else None
        except UnknownId:
            return None

    @property
    def age(self) -> Optional[float]:
        value = self._slots.get(AGE)
        return float(value) if isinstance(value, (int, float)) else None

    @property
    def need(self) -> Optional[str]:
        return self._slots.get(NEED)

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
        found = map(self._service, self._slots.get(SHOWN) or [])
        return [service for service in found if service]

    @property
    def named(self) -> Optional[Service]:
        """The service named in this message; the model may know more than the directory has."""
        name = self.entity("service")
        return self._service(name) if name else None

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


def show_services(
    out: CollectingDispatcher, turn: Turn, services: Iterable[Service]
) -> list[EventType]:
    """Cards for the services, the way in when one cannot be reached, and what to remember."""
    chosen = list(services)
    for service in chosen:
        card = turn.knowledge.service_card(service, turn.language, at=turn.at)
        out.utter_message(json_message=card)
    if any(not turn.knowledge.reachable(s) for s in chosen):
        say_association(out, turn, "utter_association_contact")
    return [SlotSet(SHOWN, [s.id for s in chosen]), SlotSet(ASKS, None), SlotSet(MISSES, 0)]


def say_association(out: CollectingDispatcher, turn: Turn, response: str) -> None:
    """The association's own contact, as the way in where a service's is unknown."""
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
