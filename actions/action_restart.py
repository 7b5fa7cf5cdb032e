"""Forgets what was said, except the language. Replaces Rasa's own, which would forget that too."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import (
    AGE,
    ALSO,
    ASKS,
    DETAIL,
    HANDOFF,
    HOUSEHOLD,
    MISSES,
    NEED,
    PLACE,
    SHOWN,
    SKIPPED,
    WORRY,
    Turn,
)

_SURE = 0.5
_FORGOTTEN = (DETAIL, NEED, ALSO, PLACE, AGE, HOUSEHOLD, SKIPPED, SHOWN, MISSES, WORRY)


class ActionRestart(KnowingAction):
    def name(self) -> str:
        return "action_restart"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.confidence < _SURE:
            # Something odd was written: nothing is forgotten for that.
            out.utter_message(response="utter_restart_sure")
            return [SlotSet(MISSES, turn.misses + 1)]
        out.utter_message(response="utter_started_over")
        forgotten = [SlotSet(name, None) for name in _FORGOTTEN]
        return [*forgotten, SlotSet(HANDOFF, False), SlotSet(ASKS, "topic")]
