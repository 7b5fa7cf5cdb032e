"""Another language was asked for: the NLU has set it; confirms, or asks which one."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import LANGUAGE, Turn
from knowledge import LANGUAGES


class ActionSwitchLanguage(KnowingAction):
    def name(self) -> str:
        return "action_switch_language"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        known = turn.entity(LANGUAGE) in LANGUAGES
        out.utter_message(response="utter_language_changed" if known else "utter_which_language")
        return []
