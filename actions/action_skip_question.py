"""The visitor does not want to answer the question just asked, or takes an answer back."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import find_services
from actions.base import KnowingAction
from actions.turn import AGE, ASKS, PLACE, SKIPPED, Turn


class ActionSkipQuestion(KnowingAction):
    def name(self) -> str:
        return "action_skip_question"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        return skip(out, turn)


def skip(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Goes on without what was asked, or without what the message says to forget."""
    forgotten = [SlotSet(name, None) for name in turn.drops]
    if turn.need is None:
        out.utter_message(response="utter_forgotten" if forgotten else "utter_help_menu")
        return [*forgotten, SlotSet(ASKS, "topic")]
    if turn.note("refuses"):
        out.utter_message(response="utter_need_not_say")
    asked = [turn.asks] if turn.asks in (PLACE, AGE) else []
    if forgotten and not asked:
        out.utter_message(response="utter_without")
    skipped = [*turn.skipped, *asked]
    events = find_services(out, turn, turn.need, new=False, skipped=skipped)
    return [*forgotten, SlotSet(SKIPPED, skipped), *events]
