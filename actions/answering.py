"""Answers one or two needs: asks what decides, then shows who helps, the most urgent first."""

from typing import Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import ask, open_question, say_unknown_anyway
from actions.next_steps import offer_next
from actions.turn import (
    AGE,
    ALSO,
    ASKS,
    DETAIL,
    MAX_CARDS,
    MISSES,
    NEED,
    PLACE,
    SHOWN,
    SKIPPED,
    WORRY,
    Turn,
    show_cards,
    show_lines,
    show_way_in,
)
from knowledge import Match, Service

#: Needs answered in one go, and cards for the second.
_NEEDS, _CARDS_OF_SECOND = 2, 2
_GROWN = 18


def find_services(
    out: CollectingDispatcher,
    turn: Turn,
    need: str,
    *,
    new: bool,
    also: Optional[list[str]] = None,
    skipped: Optional[list[str]] = None,
) -> list[EventType]:
    """Asks what decides for the needs, or answers them. `new`: asked for in this message.

    `also`: what is answered with it, by default the second need of the message, or of the one
    before. `skipped`: questions not to ask.
    """
    if also is None:
        also = [n for n in turn.heard("needs") if n != need] if new else turn.also
    needs = [need, *(n for n in also if _for_the_age(turn, n))][:_NEEDS]
    passed = ([] if new else turn.skipped) if skipped is None else skipped
    passed = list(dict.fromkeys([*passed, *turn.drops]))
    if new and any(turn.knowledge.needs[n].distress for n in needs):
        out.utter_message(response="utter_distress")
    if new and len(needs) > 1:
        first, second = (_label(turn, n) for n in needs)
        out.utter_message(response="utter_two_needs", first=first, second=second)
    question = open_question(turn, need, passed)
    if question:
        shown = [SlotSet(SHOWN, []), SlotSet(WORRY, None)]
        asked = ask(out, turn, need, question, also=needs[1:], skipped=passed)
        return [*_dropped(turn), *shown, *asked]
    if new and turn.unknown_place:
        say_unknown_anyway(out, turn)
    return [*_dropped(turn), *answer_needs(out, turn, needs, passed, new=new)]


def answer_needs(
    out: CollectingDispatcher, turn: Turn, needs: list[str], skipped: list[str], *, new: bool
) -> list[EventType]:
    """Shows who helps, given what is known of the person; then asks what the second need wants."""
    first, rest = needs[0], needs[1:]
    again = not new and turn.asks not in (PLACE, AGE)
    shown = _answer(out, turn, first, MAX_CARDS, several=bool(rest), again=again)
    for need in rest:
        question = open_question(turn, need, skipped)
        if question:
            show_way_in(out, turn, shown)
            asked = ask(out, turn, need, question, skipped=skipped)
            return [SlotSet(SHOWN, [s.id for s in shown]), SlotSet(MISSES, 0), *asked]
        more = _answer(out, turn, need, _CARDS_OF_SECOND, several=True, again=again, but=shown)
        shown = [*shown, *more]
    show_way_in(out, turn, shown)
    _show_lines(out, turn, needs)
    offer_next(out, turn, shown, topics=turn.heard("needs")[_NEEDS:])
    return [
        SlotSet(NEED, first),
        SlotSet(ALSO, rest),
        SlotSet(SKIPPED, skipped),
        *remember_shown(shown),
    ]


def show_services(
    out: CollectingDispatcher, turn: Turn, services: list[Service]
) -> list[EventType]:
    """Cards for the services, the way in when one cannot be reached, and what to ask next."""
    show_cards(out, turn, services)
    show_way_in(out, turn, services)
    offer_next(out, turn, services)
    return remember_shown(services)


def help_parents(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Who counsels a parent that worries about a child; a place said next finds what is near."""
    knowledge, need = turn.knowledge, turn.intent
    out.utter_message(response="utter_worried_parent")
    ids = knowledge.needs[need].for_parents
    show_lines(out, turn, [knowledge.helplines[i] for i in ids if i in knowledge.helplines])
    services = [knowledge.service(i) for i in ids if i not in knowledge.helplines]
    events = show_services(out, turn, services)
    return [SlotSet(NEED, need), SlotSet(ALSO, []), *events]


def remember_shown(services: list[Service]) -> list[EventType]:
    said = [SlotSet(SHOWN, [s.id for s in services]), SlotSet(DETAIL, None)]
    return [*said, SlotSet(ASKS, None), SlotSet(MISSES, 0), SlotSet(WORRY, None)]


def _dropped(turn: Turn) -> list[EventType]:
    return [SlotSet(name, None) for name in turn.drops]


def _label(turn: Turn, need: str) -> str:
    return turn.knowledge.needs[need].label.in_(turn.language)


def _answer(
    out: CollectingDispatcher,
    turn: Turn,
    need: str,
    most: int,
    *,
    several: bool,
    again: bool,
    but: Optional[list[Service]] = None,
) -> list[Service]:
    about = turn.knowledge.needs[need]
    # An age said for another question ("my baby") does not decide this one.
    age = turn.age if AGE in about.ask or turn.entity(AGE) else None
    matches = turn.knowledge.find(
        need, place=turn.place, age=age, household=turn.household, at=turn.at
    )
    fitting = [m for m in matches if m.fits and not _too_old(turn, m.service)] or matches
    known = {s.id for s in but or []}
    fresh = [m for m in fitting if m.service.id not in known] or fitting[:1]
    by_place = PLACE in about.ask and (turn.place is not None or not about.first)
    chosen = nearest(fresh, place_decides=by_place)[:most]
    if not (PLACE in about.ask or about.urgent):
        chosen = _for_place(chosen, fresh)
    chosen = _for_household(turn, chosen, fresh, anywhere=about.urgent)
    services = [m.service for m in chosen]
    if several:
        out.utter_message(response="utter_results_for", need=_label(turn, need))
    if again and not turn.drops and services == turn.shown:
        out.utter_message(response="utter_results_same")
    else:
        _introduce(out, turn, chosen, plain=not several)
    show_cards(out, turn, [s for s in services if s.id not in known])
    return [s for s in services if s.id not in known]


def _for_the_age(turn: Turn, need: str) -> bool:
    """Whether anybody helps a grown-up of the age that was said; a youth house nobody of 80."""
    found = turn.knowledge.find(need, place=turn.place, at=turn.at)
    return not found or not all(_too_old(turn, match.service) for match in found)


def _too_old(turn: Turn, service: Service) -> bool:
    """Whether an adult's age that was said at any time is above the service's; a child's may be
    that of somebody else."""
    ages, age = service.serves.ages, turn.age
    if age is None or age < _GROWN or ages is None or ages.max is None:
        return False
    return age > ages.max


def _show_lines(out: CollectingDispatcher, turn: Turn, needs: list[str]) -> None:
    """The helplines that belong to the needs, each once."""
    lines = {i.id: i for need in needs for i in turn.knowledge.need_lines(need, at=turn.at)}
    show_lines(out, turn, lines.values())


def nearest(matches: list[Match], *, place_decides: bool) -> list[Match]:
    """The first three; where the place decides, those on the spot, else the nearest ones."""
    if not place_decides:
        return matches[:MAX_CARDS]
    here = [m for m in matches if m.reason in ("quarter", "commune", "somewhere", "ask")]
    if here:
        return here[:MAX_CARDS]
    near = [m for m in matches if m.reason == "near"][: MAX_CARDS - 1]
    national = [m for m in matches if m.reason == "national"]
    return [*near, *national][:MAX_CARDS]


def _for_place(chosen: list[Match], matches: list[Match]) -> list[Match]:
    """With one that is there for the place in particular, if any is."""
    here = [m for m in matches if m.reason in ("quarter", "commune")]
    if not here or here[0] in chosen or any(m in here for m in chosen):
        return chosen
    return [*chosen[: MAX_CARDS - 1], here[0]]


def _for_household(
    turn: Turn, chosen: list[Match], matches: list[Match], *, anywhere: bool
) -> list[Match]:
    """With one in the commune that is there for such a household in particular, if any is.

    `anywhere`: also elsewhere, because a bed for tonight is worth the way.
    """
    own = next(
        (
            m
            for m in matches
            if turn.household in m.service.serves.households
            # Far away it must be sure for whom it is.
            and (m.reason in ("quarter", "commune") or (anywhere and _says_for_whom(m.service)))
        ),
        None,
    )
    if own is None or own in chosen:
        return chosen
    return [*chosen[: MAX_CARDS - 1], own]


def _says_for_whom(service: Service) -> bool:
    return any(fact.confirmed for fact in service.facts.get("eligibility"))


def _reason(turn: Turn, match: Match) -> str:
    """The reasons as sentences, with the source of the map when a distance is among them."""
    said = " ".join(match.words[turn.language])
    if match.distance_km is None or match.reason == "national":
        return said
    return f"{said} ({turn.knowledge.words(turn.language, 'map_attribution')})"


def _introduce(out: CollectingDispatcher, turn: Turn, chosen: list[Match], *, plain: bool) -> None:
    """Says why these services: for the place, the nearest ones, or perhaps not fitting.

    `plain`: also where there is nothing particular to say.
    """
    place = turn.place.in_(turn.language) if turn.place else None
    best = chosen[0]
    reason = _reason(turn, best)
    if not best.fits or best.reason == "ask":
        out.utter_message(response="utter_results_unsure", reason=reason)
    elif place and {m.reason for m in chosen} & {"quarter", "commune"}:
        if plain:
            out.utter_message(response="utter_results_place", place=place)
    elif place and best.reason == "near":
        out.utter_message(response="utter_results_nearest", place=place, reason=reason)
    elif plain:
        out.utter_message(response="utter_results")
