"""Somebody is dissatisfied: thanks for saying so; an insult gets a limit, politely."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.detailing import answer_detail
from actions.details import DETAILS
from actions.not_understood import set_limit
from actions.turn import MAX_CARDS, Turn, remind_association, say_association

_CONTACT = "ask_phone"


class ActionHearComplaint(KnowingAction):
    def name(self) -> str:
        return "action_hear_complaint"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.note("unanswered"):
            # Whoever calls in vain for days may be angry.
            return _nobody_answers(out, turn)
        if turn.abusive:
            return set_limit(out, turn)
        out.utter_message(response="utter_complaint")
        return []


def _nobody_answers(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """A service was called in vain: when it can be reached, and who can be reached instead."""
    out.utter_message(response="utter_nobody_answers")
    shown = (turn.named or turn.shown)[:MAX_CARDS]
    if not shown:
        say_association(out, turn, "utter_association_reach")
        return []
    if all(DETAILS[_CONTACT](turn, service) for service in shown):
        remind_association(out, turn)
    return answer_detail(out, turn, _CONTACT, shown)
