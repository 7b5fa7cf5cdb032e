""" "I do not understand": says in other words what was asked, or what was shown is for."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import ask_again
from actions.base import KnowingAction
from actions.next_steps import offer_next
from actions.turn import AGE, ASKS, LEAVING, MISSES, PLACE, Turn


class ActionExplain(KnowingAction):
    def name(self) -> str:
        return "action_explain"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.slot(LEAVING):
            out.utter_message(response="utter_explain_message")
            return []
        if turn.asks in (PLACE, AGE) and turn.need:
            out.utter_message(response=f"utter_why_{turn.asks}")
            return [*ask_again(out, turn), SlotSet(MISSES, 0)]
        if turn.shown:
            names = ", ".join(service.name.in_(turn.language) for service in turn.shown)
            out.utter_message(response="utter_explain_shown", names=names)
            offer_next(out, turn, turn.shown)
            return [SlotSet(MISSES, 0)]
        out.utter_message(response="utter_explain")
        return [SlotSet(ASKS, "topic"), SlotSet(MISSES, 0)]
