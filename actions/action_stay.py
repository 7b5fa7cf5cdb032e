"""Something unclear right after a cry for help: stays calm, gives the number, offers a person."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import AFTER_CRISIS, MISSES, Turn, remind_association


class ActionStay(KnowingAction):
    def name(self) -> str:
        return "action_stay"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        return stay(out, turn)


def stay(out: CollectingDispatcher, turn: Turn, *, understood: bool = False) -> list[EventType]:
    """Each time in other words. `understood`: what was said is clear ("yes")."""
    times = int(turn.slot(AFTER_CRISIS) or 1)
    if times == 1:
        out.utter_message(response="utter_stay")
    elif times % 2 == 0 and not understood:
        out.utter_message(response="utter_stay_again")
        remind_association(out, turn)
    else:
        out.utter_message(response="utter_in_danger")
        out.utter_message(response="utter_stay_open")
    return [SlotSet(AFTER_CRISIS, times + 1), SlotSet(MISSES, 0)]
