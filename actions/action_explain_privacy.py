"""What is kept and for how long, with the button that deletes it."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.lines import answer_about_lines
from actions.turn import Turn


class ActionExplainPrivacy(KnowingAction):
    def name(self) -> str:
        return "action_explain_privacy"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.note("about_lines"):
            return answer_about_lines(out, turn)
        days, message_days = turn.metadata("keeps") or (30, 90)
        out.utter_message(response="utter_privacy", days=str(days))
        out.utter_message(response="utter_privacy_message", days=str(message_days))
        return []
