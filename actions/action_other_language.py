"""A language we do not speak: the emergency number if need be, which we speak, and a person."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.turn import Turn
from knowledge import spoken

_EMERGENCY = ("112", "113")


class ActionOtherLanguage(KnowingAction):
    def name(self) -> str:
        return "action_other_language"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        knowledge = turn.knowledge
        if turn.note("emergency"):
            out.utter_message(response="utter_foreign_danger")
            for name in _EMERGENCY:
                line = knowledge.helplines[name]
                card = knowledge.helpline_card(line, turn.language, at=turn.at)
                out.utter_message(json_message=card)
        phone = spoken(knowledge.association.facts.get("phone")[0].value)
        out.utter_message(response="utter_other_language", phone=phone)
        return []
