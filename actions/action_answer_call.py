""" "Hello? Does anybody hear me?": answered at once, as what it is, an automatic assistant."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import ask_again
from actions.base import KnowingAction
from actions.turn import AGE, ASKS, MISSES, PLACE, Turn


class ActionAnswerCall(KnowingAction):
    def name(self) -> str:
        return "action_answer_call"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        out.utter_message(response="utter_calling")
        if turn.asks in (PLACE, AGE) and turn.need:
            return [*ask_again(out, turn), SlotSet(MISSES, 0)]
        return [SlotSet(ASKS, "topic"), SlotSet(MISSES, 0)]
