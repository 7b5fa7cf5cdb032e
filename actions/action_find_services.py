"""Answers a need: asks what decides, then shows up to three services."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import ask, open_question
from actions.base import KnowingAction
from actions.turn import ASKS, MAX_CARDS, MISSES, NEED, SKIPPED, Turn, show_services
from knowledge import Match


class ActionFindServices(KnowingAction):
    def name(self) -> str:
        return "action_find_services"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        named = turn.named
        if turn.intent == "inform" and named:
            return show_services(out, turn, [named])
        new = turn.intent in turn.knowledge.needs
        need = turn.intent if new else turn.need
        if need is None:
            out.utter_message(response="utter_help_menu")
            return [SlotSet(ASKS, "topic")]
        return find_services(out, turn, need, new=new)


def find_services(
    out: CollectingDispatcher, turn: Turn, need: str, *, new: bool
) -> list[EventType]:
    """Asks what decides for the need, or answers it. `new`: asked for in this message."""
    skipped = [] if new else turn.skipped
    question = open_question(turn, need, skipped)
    if question:
        return [*ask(out, turn, need, question), SlotSet(SKIPPED, skipped)]
    return answer_need(out, turn, need)


def answer_need(out: CollectingDispatcher, turn: Turn, need: str) -> list[EventType]:
    """Shows who helps with the need, given what is known of the person."""
    about = turn.knowledge.needs[need]
    # An age said for another question ("my baby") does not decide this one.
    age = turn.age if "age" in about.ask or turn.entity("age") else None
    matches = turn.knowledge.find(need, place=turn.place, age=age, at=turn.at)
    fitting = [m for m in matches if m.fits]
    chosen = _nearest(fitting or matches, place_decides="place" in about.ask)
    if about.distress:
        out.utter_message(response="utter_distress")
    _introduce(out, turn, chosen)
    events = show_services(out, turn, [m.service for m in chosen])
    for line in turn.knowledge.need_lines(need, at=turn.at):
        card = turn.knowledge.helpline_card(line, turn.language, at=turn.at)
        out.utter_message(json_message=card)
    return [SlotSet(NEED, need), SlotSet(SKIPPED, []), SlotSet(MISSES, 0), *events]


def _nearest(matches: list[Match], *, place_decides: bool) -> list[Match]:
    """The first three; where the place decides, those on the spot, else the nearest ones."""
    if not place_decides:
        return matches[:MAX_CARDS]
    here = [m for m in matches if m.reason in ("quarter", "commune", "somewhere", "ask")]
    if here:
        return here[:MAX_CARDS]
    near = [m for m in matches if m.reason == "near"][: MAX_CARDS - 1]
    national = [m for m in matches if m.reason == "national"]
    return [*near, *national][:MAX_CARDS]


def _reason(turn: Turn, match: Match) -> str:
    """The reasons as sentences, with the source of the map when a distance is among them."""
    said = " ".join(match.words[turn.language])
    if match.distance_km is None or match.reason == "national":
        return said
    return f"{said} ({turn.knowledge.words(turn.language, 'map_attribution')})"


def _introduce(out: CollectingDispatcher, turn: Turn, chosen: list[Match]) -> None:
    """Says why these services: for the place, the nearest ones, or perhaps not fitting."""
    place = turn.place.in_(turn.language) if turn.place else None
    best = chosen[0]
    reason = _reason(turn, best)
    if not best.fits or best.reason == "ask":
        out.utter_message(response="utter_results_unsure", reason=reason)
    elif place and {m.reason for m in chosen} & {"quarter", "commune"}:
        out.utter_message(response="utter_results_place", place=place)
    elif place and best.reason == "near":
        out.utter_message(response="utter_results_nearest", place=place, reason=reason)
    else:
        out.utter_message(response="utter_results")
