"""A follow-up question: about the service named in the message, or else those just shown."""

from typing import Callable, Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_find_services import find_services
from actions.base import KnowingAction
from actions.turn import ASKS, MAX_CARDS, MISSES, SHOWN, Turn, say_association
from knowledge import Service


class ActionAnswerDetail(KnowingAction):
    def name(self) -> str:
        return "action_answer_detail"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        services = self._meant(turn)
        kind = turn.entity("kind")
        if not services and kind:
            return find_services(out, turn, kind, new=True)
        if not services:
            out.utter_message(response="utter_which_service")
            return [SlotSet(ASKS, "topic")]
        return answer_detail(out, turn, turn.intent, services)

    def _meant(self, turn: Turn) -> list[Service]:
        named = turn.named
        if named:
            return [named]
        kind = turn.entity("kind")
        if kind and (turn.entity("place") or not turn.shown):
            found = turn.knowledge.find(kind, place=turn.place, age=turn.age, at=turn.at)
            spot = [m for m in found if m.reason == "quarter"]
            here = spot or [m for m in found if m.reason == "commune"]
            chosen = here or found[: 1 if turn.place else 0]
            return [m.service for m in chosen[:MAX_CARDS]]
        return turn.shown


def answer_detail(
    out: CollectingDispatcher, turn: Turn, detail: str, services: list[Service]
) -> list[EventType]:
    """Says the detail of each service, or that it is unknown with the way on."""
    unknown = False
    for service in services:
        value = DETAILS[detail](turn, service)
        name = service.name.in_(turn.language)
        if value:
            text = value.rstrip(".")
            out.utter_message(response=f"utter_known_{detail}", name=name, value=text)
        else:
            unknown = True
            out.utter_message(response=f"utter_unknown_{detail}", name=name)
    if unknown:
        say_association(out, turn, "utter_association_reach")
    return [SlotSet(SHOWN, [s.id for s in services]), SlotSet(ASKS, None), SlotSet(MISSES, 0)]


def _field(name: str) -> Callable[[Turn, Service], Optional[str]]:
    def value(turn: Turn, service: Service) -> Optional[str]:
        return turn.knowledge.text(service, name, turn.language, at=turn.at)

    return value


def _hours(turn: Turn, service: Service) -> Optional[str]:
    """Whether it is open now, as far as that is known, then the hours."""
    state = turn.knowledge.opening(service, at=turn.at)
    said = state.words[turn.language] if state.kind != "unknown" else None
    hours = turn.knowledge.text(service, "hours", turn.language, at=turn.at)
    return ". ".join(part.rstrip(".") for part in (said, hours) if part) or None


def _contact(turn: Turn, service: Service) -> Optional[str]:
    """Phones with their hours, and e-mail; the website where nothing else is known."""
    card = turn.knowledge.service_card(service, turn.language, at=turn.at)
    parts = [_labelled(p["number"], p["label"]) for p in card["phones"]]
    if parts and card["hours_text"]:
        parts.append(card["hours_text"])
    parts += [card["email"]] if card["email"] else []
    if not parts and card["website"]:
        parts = [card["website"]]
    return ", ".join(parts) or None


def _labelled(value: str, label: str) -> str:
    return f"{value} ({label})" if label else value


def _way(turn: Turn, service: Service) -> Optional[str]:
    """The address, and a map where the point is known."""
    card = turn.knowledge.service_card(service, turn.language, at=turn.at)
    parts = [part for part in (card["address"], card["map_url"]) if part]
    return ", ".join(parts) if card["address"] else None


#: What each detail intent asks for; None when it is unknown.
DETAILS: dict[str, Callable[[Turn, Service], Optional[str]]] = {
    "ask_address": _field("address"),
    "ask_phone": _contact,
    "ask_hours": _hours,
    "ask_directions": _way,
    "ask_cost": _field("cost"),
    "ask_eligibility": _field("eligibility"),
    "ask_appointment": _field("appointment"),
    "ask_languages": _field("languages"),
}
