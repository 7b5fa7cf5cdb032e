"""Somebody is dissatisfied: thanks for saying so; an insult gets a limit, politely."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.not_understood import set_limit
from actions.turn import Turn


class ActionHearComplaint(KnowingAction):
    def name(self) -> str:
        return "action_hear_complaint"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.abusive:
            return set_limit(out, turn)
        out.utter_message(response="utter_complaint")
        return []
