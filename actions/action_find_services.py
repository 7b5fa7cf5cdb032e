"""Answers a need: asks what decides, then shows up to three services."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_skip_question import skip
from actions.answering import find_services, help_parents, show_services
from actions.asking import ask_again, ask_place_again
from actions.base import KnowingAction
from actions.detailing import answer_detail
from actions.details import DETAILS
from actions.not_understood import try_again
from actions.turn import AGE, ASKS, DETAIL, HOUSEHOLD, MISSES, PLACE, Turn
from actions.worrying import help_on, help_worried
from knowledge import Service

__all__ = ["ActionFindServices", "find_services"]


class ActionFindServices(KnowingAction):
    def name(self) -> str:
        return "action_find_services"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.note("worried_parent"):
            return help_parents(out, turn)
        if turn.note("worry"):
            return help_worried(out, turn)
        if turn.intent in turn.knowledge.needs:
            return find_services(out, turn, turn.intent, new=True)
        if turn.note("asks_why") and turn.asks in (PLACE, AGE) and turn.need:
            out.utter_message(response=f"utter_why_{turn.asks}")
            return [*ask_again(out, turn), SlotSet(MISSES, 0)]
        if turn.note("asks_why"):
            out.utter_message(response="utter_why_at_all")
            return [SlotSet(MISSES, 0)]
        chosen = turn.named or turn.pointed
        if turn.intent == "inform" and chosen:
            return _show_chosen(out, turn, chosen)
        needs = _concerned(turn)
        if turn.unknown_place and (not needs or _place_decides(turn, needs)):
            if turn.asks == PLACE and turn.misses and needs:
                return skip(out, turn)
            return [*ask_place_again(out, turn), SlotSet(MISSES, turn.misses + 1)]
        if turn.worry and not needs and _given(turn):
            return help_on(out, turn)
        if not _given(turn):
            return try_again(out, turn, outside=False)
        if not needs:
            out.utter_message(response="utter_noted")
            return [SlotSet(ASKS, "topic"), SlotSet(MISSES, 0)]
        return find_services(out, turn, needs[0], new=False, also=needs[1:])


def _show_chosen(out: CollectingDispatcher, turn: Turn, services: list[Service]) -> list[EventType]:
    """The services that were named or pointed at; or what was asked of one of several."""
    detail = turn.slot(DETAIL)
    if detail in DETAILS:
        return answer_detail(out, turn, detail, services)
    return show_services(out, turn, services)


def _given(turn: Turn) -> bool:
    """Whether the message gives anything, or what was asked for is known."""
    known = {PLACE: turn.place is not None, AGE: turn.age is not None}
    given = any(turn.entity(kind) for kind in (PLACE, AGE, "service", HOUSEHOLD))
    return given or known.get(turn.asks or "", False)


def _concerned(turn: Turn) -> list[str]:
    """The needs to answer, or to answer again, now that a place or an age was given."""
    needs = [turn.need, *turn.also] if turn.need else []
    if turn.asks in (PLACE, AGE):
        return needs
    given = {kind for kind in (PLACE, AGE) if turn.entity(kind)}
    if turn.unknown_place:
        given.add(PLACE)
    deciding = [n for n in needs if given.intersection(turn.knowledge.needs[n].ask)]
    return deciding or needs[:1]


def _place_decides(turn: Turn, needs: list[str]) -> bool:
    return any(PLACE in turn.knowledge.needs[n].ask for n in needs)
