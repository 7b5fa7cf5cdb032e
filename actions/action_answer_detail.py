"""A follow-up question: about the service named in the message, or else those just shown."""

from typing import Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import find_services
from actions.asking import ask_again, ask_place_again
from actions.base import KnowingAction
from actions.detailing import answer_detail
from actions.lines import answer_about_lines
from actions.not_understood import try_again
from actions.turn import (
    AGE,
    ALSO,
    ASKS,
    HANDOFF,
    MAX_CARDS,
    MISSES,
    NEED,
    PLACE,
    Turn,
    remind_association,
)
from actions.worrying import help_on
from knowledge import Service

_SURE, _LIKELY = 0.6, 0.1
#: A need that a word of the message stands for, too.
_HINTED = 0.01
#: What is known of the association itself.
_OF_US = ("ask_address", "ask_phone", "ask_hours")


class ActionAnswerDetail(KnowingAction):
    def name(self) -> str:
        return "action_answer_detail"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.note("about_lines"):
            return answer_about_lines(out, turn)
        kind = turn.entity("kind") or _goes_back(turn)
        services = _meant(turn, kind)
        if turn.unknown_place and not turn.named:
            return ask_place_again(out, turn)
        if not services and kind:
            return find_services(out, turn, kind, new=True)
        if not services and turn.asks in (PLACE, AGE) and turn.need:
            # Which service it is depends on what was just asked.
            out.utter_message(response="utter_first_this")
            return [*ask_again(out, turn), SlotSet(MISSES, 0)]
        if not services and turn.worry:
            return help_on(out, turn)
        if not services and turn.slot(HANDOFF):
            # "Is anybody there today?", after a person was asked for.
            return answer_detail(out, turn, turn.intent, [turn.knowledge.association])
        hinted = [name for name in turn.likely(_HINTED) if name in (turn.note("hints") or [])]
        if not services and hinted:
            # "What does a flat cost?": nothing was shown, and a flat is what is looked for.
            return find_services(out, turn, hinted[0], new=True)
        if not services and turn.confidence < _SURE:
            # "My boy is 16 and has nothing to do": hardly a question about a service.
            return try_again(out, turn, outside=False)
        if not services:
            if turn.intent in _OF_US:
                # "What is your address?": whoever says "you" may mean the association.
                remind_association(out, turn)
            out.utter_message(response="utter_which_service")
            return [SlotSet(ASKS, "topic"), SlotSet(MISSES, 0)]
        return [*_turned_to(turn, kind), *answer_detail(out, turn, turn.intent, services)]


def _turned_to(turn: Turn, kind: Optional[str]) -> list[EventType]:
    """The need that is talked about from now on: a place said next belongs to it."""
    open_question = turn.asks in (PLACE, AGE)
    if open_question or kind == turn.need or kind not in turn.knowledge.needs:
        return []
    return [SlotSet(NEED, kind), SlotSet(ALSO, [])]


def _goes_back(turn: Turn) -> Optional[str]:
    """The kind of help a message leads back to: "back to the debts, where was that?"."""
    likely = [*turn.heard("needs"), *turn.likely(_LIKELY)] if turn.note("back") else []
    return next((name for name in likely if name in turn.knowledge.needs), None)


def _meant(turn: Turn, kind: Optional[str]) -> list[Service]:
    """The services a question is about. `kind`: the need it names."""
    if turn.named:
        return turn.named
    shown = turn.shown
    if kind:
        # "And the crèche, when does it open?": back to what was shown before.
        shown = [s for s in shown if kind in s.needs]
    if kind and (turn.entity("place") or not shown):
        return _of_kind(turn, kind)
    if turn.entity("place") and turn.place:
        here = [s for s in shown if _serves(turn, s)]
        if here or not turn.need:
            return here or shown
        return _of_kind(turn, turn.need)
    return turn.pointed or shown


def _of_kind(turn: Turn, need: str) -> list[Service]:
    """Those of a kind in the place, or else the nearest one."""
    found = turn.knowledge.find(need, place=turn.place, age=turn.age, at=turn.at)
    spot = [m for m in found if m.reason == "quarter"]
    here = spot or [m for m in found if m.reason == "commune"]
    chosen = here or found[: 1 if turn.place else 0]
    return [m.service for m in chosen[:MAX_CARDS]]


def _serves(turn: Turn, service: Service) -> bool:
    place = turn.place
    serves = service.serves
    return place is not None and place.id in (*serves.communes, *serves.quarters)
