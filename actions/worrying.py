"""Answers a worry that no service of ours is there for: who listens, whom the directory knows."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import find_services, remember_shown
from actions.next_steps import offer_next
from actions.turn import ALSO, ASKS, MISSES, NEED, WORRY, Turn, show_cards, show_lines
from knowledge import Service

#: Stands for the social office of the commune, which is shown itself where the place is known.
_OFFICES = "social-offices"


def help_worried(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Says it plainly, shows the helplines and services; a need told beside it is answered next."""
    worry = str(turn.note("worry"))
    out.utter_message(response=f"utter_worry_{worry}")
    services = _show(out, turn, worry)
    beside = [need for need in turn.heard("needs") if need != turn.intent]
    if beside:
        return find_services(out, turn, beside[0], new=True, also=[])
    known = turn.intent in turn.knowledge.needs
    if services and known:
        offer_next(out, turn, services, topics=[turn.intent])
    else:
        _stay_open(out, services)
    about = [SlotSet(NEED, turn.intent if known else None), SlotSet(ALSO, [])]
    return [*about, *remember_shown(services), SlotSet(WORRY, worry)]


def help_on(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """A place, an age or a question that follows a worry: who helps there, once more."""
    assert turn.worry
    out.utter_message(response="utter_worry_noted")
    services = _show(out, turn, turn.worry)
    _stay_open(out, services)
    return [*remember_shown(services), SlotSet(WORRY, turn.worry)]


def hear_more(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """More words follow a worry, which are not understood: no menu for them."""
    out.utter_message(response="utter_worry_more")
    out.utter_message(response="utter_worry_open")
    return [SlotSet(ASKS, None), SlotSet(MISSES, turn.misses + 1)]


def _show(out: CollectingDispatcher, turn: Turn, worry: str) -> list[Service]:
    show_lines(out, turn, turn.knowledge.worry_lines(worry, at=turn.at))
    services = [_office(turn, name) for name in turn.knowledge.worries[worry].services]
    show_cards(out, turn, services)
    return services


def _office(turn: Turn, name: str) -> Service:
    """The service; of the social offices that of the commune told, if it is known."""
    here = turn.knowledge.fallback(turn.place)
    if name == _OFFICES and here is not turn.knowledge.association:
        return here
    return turn.knowledge.service(name)


def _stay_open(out: CollectingDispatcher, services: list[Service]) -> None:
    asks = any(service.id == _OFFICES for service in services)
    out.utter_message(response="utter_worry_place" if asks else "utter_worry_open")
