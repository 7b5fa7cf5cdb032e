"""Not what the assistant is for: says so, with whom the directory knows for it, or its topics."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.not_understood import set_limit, try_again
from actions.turn import Turn
from actions.worrying import help_worried


class ActionDecline(KnowingAction):
    def name(self) -> str:
        return "action_decline"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.note("worry"):
            return help_worried(out, turn)
        return set_limit(out, turn) if turn.abusive else try_again(out, turn, outside=True)
