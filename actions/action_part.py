""" "Thanks" and "bye": short; after a cry for help calm, with the number once more."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.lines import lines_of_danger
from actions.turn import AFTER_CRISIS, Turn, show_lines


class ActionPart(KnowingAction):
    def name(self) -> str:
        return "action_part"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.slot(AFTER_CRISIS):
            out.utter_message(response="utter_after_thanks")
            show_lines(out, turn, lines_of_danger(turn)[:1])
        else:
            out.utter_message(response=f"utter_{turn.intent}")
        return []
