"""Not understood: offers the likeliest topics; the second time the menu and a person."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_detail import DETAILS, answer_detail
from actions.action_skip_question import skip
from actions.asking import ask
from actions.base import KnowingAction
from actions.turn import ASKS, MISSES, PLACE, Turn, choice, say_association

_OFFERED = 3


class ActionChooseTopic(KnowingAction):
    def name(self) -> str:
        return "action_choose_topic"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        misses = turn.misses + 1
        if any(name.startswith("crisis_") for name in turn.ranking[1 : _OFFERED + 1]):
            # Perhaps a cry for help that was not understood: the number comes first.
            out.utter_message(response="utter_in_danger")
        remember = [SlotSet(MISSES, misses)]
        if turn.asks in ("place", "age") and turn.need:
            if misses > 1:
                return [*remember, *skip(out, turn)]
            response = "utter_unknown_place" if turn.asks == PLACE else None
            return [*remember, *ask(out, turn, turn.need, turn.asks, response)]
        best = turn.ranking[1] if len(turn.ranking) > 1 else ""
        if best in DETAILS and turn.shown:
            # Unsure alone, but something was just shown: the question is about that.
            return answer_detail(out, turn, best, turn.shown)
        needs = turn.knowledge.needs
        likely = [n for n in turn.ranking if n in needs][:_OFFERED]
        if misses == 1 and likely:
            buttons = [choice(needs[n].label.in_(turn.language), f"/{n}") for n in likely]
            out.utter_message(response="utter_not_sure", buttons=buttons)
        else:
            out.utter_message(response="utter_still_not_sure")
            say_association(out, turn, "utter_association_reach")
        return [*remember, SlotSet(ASKS, "topic")]
