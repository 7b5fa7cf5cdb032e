""" "Thanks" and "bye": short; after a cry for help calm, with the number once more."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import AFTER_CRISIS, Turn, show_lines

#: Answers day and night, whatever the danger was.
_ALWAYS = "112"


class ActionPart(KnowingAction):
    def name(self) -> str:
        return "action_part"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.slot(AFTER_CRISIS):
            out.utter_message(response="utter_after_thanks")
            # The others may be forgotten by now: which were shown is nowhere stored.
            line = turn.knowledge.helplines.get(_ALWAYS)
            show_lines(out, turn, [line] if line else [])
        elif turn.worry and turn.intent == "thank":
            # "I am so sad" – "thanks": no time for "another question?".
            out.utter_message(response="utter_worry_thanks")
        else:
            out.utter_message(response=f"utter_{turn.intent}")
        return []
