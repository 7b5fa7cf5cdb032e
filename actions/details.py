"""The details of a service one can ask for, as far as they are known."""

from typing import Callable, Optional

from actions.telling import telling
from actions.turn import Turn
from knowledge import Service, sentences


def _field(name: str) -> Callable[[Turn, Service], Optional[str]]:
    def value(turn: Turn, service: Service) -> Optional[str]:
        return turn.knowledge.text(service, name, turn.language, at=turn.at)

    return value


def _hours(turn: Turn, service: Service) -> Optional[str]:
    """Whether it is open now, as far as that is known, then the hours."""
    state = turn.knowledge.opening(service, at=turn.at)
    said = state.words[turn.language] if state.kind != "unknown" else None
    hours = turn.knowledge.text(service, "hours", turn.language, at=turn.at)
    return sentences(part for part in (said, hours) if part)


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
    return f"{value} – {label}" if label else value


def _way(turn: Turn, service: Service) -> Optional[str]:
    """The address, and a map where the point is known."""
    card = turn.knowledge.service_card(service, turn.language, at=turn.at)
    parts = [part for part in (card["address"], card["map_url"]) if part]
    return ", ".join(parts) if card["address"] else None


def _appointment(turn: Turn, service: Service) -> Optional[str]:
    """How one gets an appointment, and the numbers to ask for it."""
    said = _field("appointment")(turn, service)
    if said is None:
        return None
    card = turn.knowledge.service_card(service, turn.language, at=turn.at)
    return sentences([said, *(_labelled(p["number"], p["label"]) for p in card["phones"])])


def _secrecy(turn: Turn, service: Service) -> Optional[str]:
    return sentences(telling(turn, service, "anonymous"))


#: What each detail intent asks for; None when it is unknown.
DETAILS: dict[str, Callable[[Turn, Service], Optional[str]]] = {
    "ask_address": _field("address"),
    "ask_phone": _contact,
    "ask_hours": _hours,
    "ask_directions": _way,
    "ask_cost": _field("cost"),
    "ask_eligibility": _field("eligibility"),
    "ask_appointment": _appointment,
    "ask_languages": _field("languages"),
    "ask_anonymous": _secrecy,
}
