""" "I have a question", "it is for my mother": listens, or notes it where an answer was given."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import show_services
from actions.asking import ask_again
from actions.base import KnowingAction
from actions.turn import AGE, ASKS, MISSES, PLACE, Turn


class ActionHearOut(KnowingAction):
    def name(self) -> str:
        return "action_hear_out"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.asks in (PLACE, AGE) and turn.need:
            return [*ask_again(out, turn), SlotSet(MISSES, 0)]
        of_children = turn.note("grown_up")
        if turn.intent == "for_somebody" and turn.shown and not of_children:
            out.utter_message(response="utter_results_same")
            return show_services(out, turn, turn.shown)
        out.utter_message(response="utter_listen")
        return [SlotSet(ASKS, "topic"), SlotSet(MISSES, 0)]
