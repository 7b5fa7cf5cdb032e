"""The visitor wants a person: says how to reach one now, and offers to take a message."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import AFTER_CRISIS, ASKS, HANDOFF, MISSES, ORDER, Turn, say_association
from knowledge import holiday

_SUNDAY = 6
_NIGHT_BEGINS, _NIGHT_ENDS = 20, 7


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
    state = knowledge.opening(knowledge.association, at=turn.at)
    feast = holiday(turn.at.date())
    if turn.metadata("desk"):
        out.utter_message(response="utter_person_here")
    elif state.open_now is not None:
        kind = "open" if state.open_now else "closed"
        out.utter_message(response=f"utter_office_{kind}", hours=state.words[language])
    elif feast:
        said = knowledge.words(language, f"holiday_{feast}")
        out.utter_message(response="utter_office_holiday", holiday=said)
    elif turn.at.weekday() == _SUNDAY or not _NIGHT_ENDS <= turn.at.hour < _NIGHT_BEGINS:
        out.utter_message(response="utter_office_perhaps_closed")
    else:
        out.utter_message(response="utter_office_hours_unknown")
