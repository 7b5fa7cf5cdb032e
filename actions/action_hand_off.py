"""The visitor wants a person: says how to reach one now, and offers to take a message."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import AFTER_CRISIS, ASKS, HANDOFF, MISSES, ORDER, Turn, say_association
from knowledge import holiday


class ActionHandOff(KnowingAction):
    def name(self) -> str:
        return "action_hand_off"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.slot(AFTER_CRISIS):
            # Who asks for a person after a cry for help may find none now: the number first.
            out.utter_message(response="utter_in_danger")
        out.utter_message(response="utter_human_handoff")
        say_association(out, turn, "utter_association_reach")
        say_what_next(out, turn)
        told = [SlotSet(HANDOFF, True), SlotSet(ORDER, "ask_person")]
        return [*told, SlotSet(ASKS, None), SlotSet(MISSES, 0)]


def say_what_next(out: CollectingDispatcher, turn: Turn) -> None:
    """Now, later by phone, or a message: as far as the hours of the office are known."""
    knowledge, language = turn.knowledge, turn.language
    state = knowledge.office(at=turn.at)
    gaps = {}
    if turn.metadata("desk"):
        out.utter_message(response="utter_person_here")
        return
    if state in ("open", "closed"):
        opening = knowledge.opening(knowledge.association, at=turn.at)
        gaps = {"hours": opening.words[language]}
    elif state == "holiday":
        feast = holiday(turn.at.date())
        gaps = {"holiday": knowledge.words(language, f"holiday_{feast}")}
    out.utter_message(response=f"utter_office_{state}", **gaps)
