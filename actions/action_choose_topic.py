"""Not understood: shows what the search clearly finds, or else offers the likeliest topics; the
second time the menu and a person."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.not_understood import set_limit, try_again
from actions.turn import Turn


class ActionChooseTopic(KnowingAction):
    def name(self) -> str:
        return "action_choose_topic"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        return set_limit(out, turn) if turn.abusive else try_again(out, turn, outside=False)
