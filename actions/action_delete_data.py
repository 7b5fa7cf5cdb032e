"""The visitor wants everything deleted: orders it at once, and confirms."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import ORDER, Turn


class ActionDeleteData(KnowingAction):
    def name(self) -> str:
        return "action_delete_data"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.heard("crisis"):
            out.utter_message(response="utter_in_danger")
        out.utter_message(response="utter_data_deleted")
        return [SlotSet(ORDER, "delete")]
