"""None of the places offered: the visitor is to type another one."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import ask_for_name
from actions.base import KnowingAction
from actions.turn import Turn


class ActionOtherPlace(KnowingAction):
    def name(self) -> str:
        return "action_other_place"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        return ask_for_name(out, turn)
