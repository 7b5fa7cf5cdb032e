""" "Yes", "no", "ok": takes up the open question, or leaves room for the next one."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_skip_question import skip
from actions.action_stay import stay
from actions.asking import ask_again
from actions.base import KnowingAction
from actions.next_steps import offer_next
from actions.turn import AFTER_CRISIS, AGE, ASKS, PLACE, Turn
from actions.worrying import hear_more


class ActionContinue(KnowingAction):
    def name(self) -> str:
        return "action_continue"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.asks in (PLACE, AGE) and turn.need:
            return skip(out, turn) if turn.intent == "deny" else ask_again(out, turn)
        if turn.slot(AFTER_CRISIS):
            # "Yes", after a cry for help: no time for "write if you have a question".
            return stay(out, turn, understood=True)
        if turn.note("not_this") and (turn.shown or turn.worry):
            out.utter_message(response="utter_not_this")
            return [SlotSet(ASKS, "topic")]
        if turn.worry and turn.note("objects") and not (turn.shown or turn.note("objection")):
            # "No, nobody hits him": more is told of what one worries about.
            return hear_more(out, turn)
        if turn.intent == "deny" and turn.note("objects") and (turn.shown or turn.worry):
            # "No, they did not take us": "write if you have a question" would be no answer.
            out.utter_message(response="utter_objection")
            return [SlotSet(ASKS, "topic")]
        if turn.note("says_yes") and turn.shown:
            # "What else do you want to know?" – "yes".
            offer_next(out, turn, turn.shown)
        elif turn.note("unsure"):
            out.utter_message(response="utter_unsure")
        elif turn.asks == "topic" and turn.intent == "affirm":
            out.utter_message(response="utter_help_menu")
        elif turn.note("says_yes") or turn.note("objection"):
            # "Thank you, but …", where nothing was shown: what follows is listened to.
            out.utter_message(response="utter_listen")
            return [SlotSet(ASKS, "topic")]
        else:
            out.utter_message(response="utter_anything_else")
        return []
