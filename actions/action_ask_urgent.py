""" "It is urgent" and nothing else: the number for danger first, then asks what is urgent."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import ask_again
from actions.base import KnowingAction
from actions.turn import AGE, ASKS, MISSES, PLACE, Turn, remind_association


class ActionAskUrgent(KnowingAction):
    def name(self) -> str:
        return "action_ask_urgent"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.asks in (PLACE, AGE) and turn.need:
            out.utter_message(response="utter_in_danger")
            return [*ask_again(out, turn), SlotSet(MISSES, 0)]
        if turn.shown:
            # It is what was just answered that is urgent: who can be called at once.
            out.utter_message(response="utter_in_danger")
            remind_association(out, turn)
            return [SlotSet(MISSES, 0)]
        out.utter_message(response="utter_urgent")
        return [SlotSet(ASKS, "topic"), SlotSet(MISSES, 0)]
