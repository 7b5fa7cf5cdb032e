"""Someone is in danger: the number first, then who listens. In any state of the conversation."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_find_services import find_services
from actions.base import KnowingAction
from actions.turn import ASKS, MISSES, Turn

_MOST = 3


class ActionShowHelplines(KnowingAction):
    def name(self) -> str:
        return "action_show_helplines"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        heard = list(dict.fromkeys([turn.intent, *turn.heard("crisis")]))
        out.utter_message(response=f"utter_{heard[0]}")
        shown: set[str] = set()
        for crisis in heard:
            lines = turn.knowledge.crisis_lines(crisis, at=turn.at)
            callable_lines = [line for line in lines if line.facts.get("phone")]
            for line in callable_lines[:_MOST]:
                if line.id not in shown:
                    shown.add(line.id)
                    card = turn.knowledge.helpline_card(line, turn.language, at=turn.at)
                    out.utter_message(json_message=card)
        needs = turn.heard("needs")
        if turn.crisis_guessed and needs:
            # "Tomorrow I have no flat any more": in case it was that, the need is answered too.
            return find_services(out, turn, needs[0], new=True)
        out.utter_message(response="utter_stay_open")
        return [SlotSet(ASKS, None), SlotSet(MISSES, 0)]
