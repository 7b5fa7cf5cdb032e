"""The visitor wants a person: says how to reach one, and marks the conversation."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import ASKS, HANDOFF, MISSES, Turn, say_association


class ActionHandOff(KnowingAction):
    def name(self) -> str:
        return "action_hand_off"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        out.utter_message(response="utter_human_handoff")
        say_association(out, turn, "utter_association_reach")
        return [SlotSet(HANDOFF, True), SlotSet(ASKS, None), SlotSet(MISSES, 0)]
