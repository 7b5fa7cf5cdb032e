""" "Yes", "no", "ok": takes up the open question, or leaves room for the next one."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.action_skip_question import skip
from actions.asking import ask
from actions.base import KnowingAction
from actions.turn import Turn


class ActionContinue(KnowingAction):
    def name(self) -> str:
        return "action_continue"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.asks in ("place", "age") and turn.need:
            if turn.intent == "deny":
                return skip(out, turn)
            return ask(out, turn, turn.need, turn.asks)
        if turn.asks == "topic" and turn.intent == "affirm":
            out.utter_message(response="utter_help_menu")
        else:
            out.utter_message(response="utter_anything_else")
        return []
