"""Not understood: shows what the search clearly finds, or else offers the likeliest topics; the
second time the menu and a person."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_detail import DETAILS, answer_detail
from actions.action_skip_question import skip
from actions.asking import ask
from actions.base import KnowingAction
from actions.turn import (
    ASKS,
    MAX_CARDS,
    MISSES,
    PLACE,
    Turn,
    choice,
    say_association,
    show_services,
)
from knowledge import SearchHit

_OFFERED = 3
#: From this score a hit is clearly meant; the best of 221 messages out of scope reached 0.61.
_CLEARLY = 0.75
#: A message of shorter words only ("so, da bin ich mal") may hit anything by chance.
_LONG_WORD = 5


class ActionChooseTopic(KnowingAction):
    def name(self) -> str:
        return "action_choose_topic"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        misses = turn.misses + 1
        likely = turn.ranking[1 : _OFFERED + 1]
        in_danger = any(name.startswith("crisis_") for name in likely) or turn.heard("crisis")
        if in_danger:
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
        found = [] if in_danger or misses > 1 else _found(turn)
        if found:
            return [*_show(out, turn, found), *remember]
        needs = turn.knowledge.needs
        topics = [n for n in turn.ranking if n in needs][:_OFFERED]
        if misses == 1 and topics:
            buttons = [choice(needs[n].label.in_(turn.language), f"/{n}") for n in topics]
            out.utter_message(response="utter_not_sure", buttons=buttons)
        else:
            out.utter_message(response="utter_still_not_sure")
            say_association(out, turn, "utter_association_reach")
        return [*remember, SlotSet(ASKS, "topic")]


def _found(turn: Turn) -> list[SearchHit]:
    """What the directory clearly has for the words of the message; nothing for most messages."""
    if not any(len(word) >= _LONG_WORD for word in turn.text.split()):
        return []
    hits = turn.knowledge.search(turn.text, place=turn.place, limit=MAX_CARDS)
    return [hit for hit in hits if hit.score >= _CLEARLY]


def _show(out: CollectingDispatcher, turn: Turn, hits: list[SearchHit]) -> list[EventType]:
    out.utter_message(response="utter_perhaps_this")
    services = [turn.knowledge.service(hit.id) for hit in hits if hit.kind == "service"]
    events = show_services(out, turn, services)
    for hit in hits:
        if hit.kind == "helpline":
            line = turn.knowledge.helplines[hit.id]
            out.utter_message(
                json_message=turn.knowledge.helpline_card(line, turn.language, at=turn.at)
            )
    return events
