"""The visitor does not want to answer the question just asked: goes on without it."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_find_services import answer_need
from actions.asking import ask, open_question
from actions.base import KnowingAction
from actions.turn import ASKS, SKIPPED, Turn


class ActionSkipQuestion(KnowingAction):
    def name(self) -> str:
        return "action_skip_question"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        return skip(out, turn)


def skip(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Marks the open question as skipped, then asks the next one or answers."""
    need = turn.need
    if need is None:
        out.utter_message(response="utter_help_menu")
        return [SlotSet(ASKS, "topic")]
    skipped = [*turn.skipped, turn.asks] if turn.asks else turn.skipped
    question = open_question(turn, need, skipped)
    if question:
        return [*ask(out, turn, need, question), SlotSet(SKIPPED, skipped)]
    return answer_need(out, turn, need)
