"""Not what the assistant is for: says so, and offers its topics."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import ASKS, Turn


class ActionDecline(KnowingAction):
    def name(self) -> str:
        return "action_decline"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        out.utter_message(response="utter_out_of_scope")
        return [SlotSet(ASKS, "topic")]
