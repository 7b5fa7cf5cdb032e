"""Not what the assistant is for: says so, and offers its topics."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.not_understood import set_limit, try_again
from actions.turn import Turn


class ActionDecline(KnowingAction):
    def name(self) -> str:
        return "action_decline"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        return set_limit(out, turn) if turn.abusive else try_again(out, turn, outside=True)
