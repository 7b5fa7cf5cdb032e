"""Goes on with what a cry for help had interrupted."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_find_services import find_services
from actions.base import KnowingAction
from actions.leaving import ask_step
from actions.turn import AFTER_CRISIS, ASKS, DRAFT, KEPT, LEAVING, Turn


class ActionResume(KnowingAction):
    def name(self) -> str:
        return "action_resume"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        kept = turn.slot(KEPT) or {}
        over = [SlotSet(KEPT, None), SlotSet(AFTER_CRISIS, None)]
        if kept.get(LEAVING):
            return [*ask_step(out, kept[LEAVING], turn.slot(DRAFT) or {}, turn), *over]
        need = kept.get("need") or turn.need
        if need in turn.knowledge.needs:
            return [*find_services(out, turn, need, new=True), *over]
        out.utter_message(response="utter_help_menu")
        return [SlotSet(ASKS, "topic"), *over]
