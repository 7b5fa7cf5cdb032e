"""A phone without credit: which numbers answer all the same, and that one can write here."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import MISSES, Turn


class ActionNoCredit(KnowingAction):
    def name(self) -> str:
        return "action_no_credit"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        out.utter_message(response="utter_no_credit")
        return [SlotSet(MISSES, 0)]
