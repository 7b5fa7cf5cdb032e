"""Answers a worry that no service of ours is there for: who listens, whom the directory knows."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import find_services, remember_shown
from actions.next_steps import offer_next
from actions.turn import ALSO, NEED, Turn, show_cards, show_lines


def help_worried(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Says it plainly, shows the helplines and services; a need told beside it is answered next."""
    worry = str(turn.note("worry"))
    out.utter_message(response=f"utter_worry_{worry}")
    show_lines(out, turn, turn.knowledge.worry_lines(worry, at=turn.at))
    services = [turn.knowledge.service(name) for name in turn.knowledge.worries[worry].services]
    show_cards(out, turn, services)
    beside = [need for need in turn.heard("needs") if need != turn.intent]
    if beside:
        return find_services(out, turn, beside[0], new=True, also=[])
    known = turn.intent in turn.knowledge.needs
    if services and known:
        offer_next(out, turn, services, topics=[turn.intent])
    else:
        out.utter_message(response="utter_worry_open")
    about = [SlotSet(NEED, turn.intent if known else None), SlotSet(ALSO, [])]
    return [*about, *remember_shown(services)]
