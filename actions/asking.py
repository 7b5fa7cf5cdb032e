"""The questions that decide between services: one at a time, with likely answers as buttons."""

import json
from collections import Counter
from itertools import zip_longest
from typing import Collection, Iterable, Optional

from rapidfuzz import fuzz, process
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import AGE, ALSO, ASKS, NEED, PLACE, SKIPPED, Turn, choice
from knowledge import LANGUAGES, Place

#: Places offered as buttons; others are typed.
_MOST = 6
#: Spellings offered for a place nobody knows, and how like it they must be (0 to 100).
_CLOSE, _LIKE = 4, 55
_SKIP, _OTHER = "/skip_question", "/other_place"


def open_question(turn: Turn, need: str, skipped: Collection[str]) -> Optional[str]:
    """What still has to be asked before `need` can be answered: place, age or nothing."""
    known = {PLACE: turn.place is not None and not turn.unknown_place, AGE: turn.age is not None}
    asks = turn.knowledge.needs[need].ask
    return next((q for q in asks if not known[q] and q not in skipped), None)


def ask(
    out: CollectingDispatcher,
    turn: Turn,
    need: str,
    question: str,
    *,
    also: Iterable[str] = (),
    skipped: Iterable[str] = (),
) -> list[EventType]:
    """Asks for the place or the age. `also`: needs to be answered together with this one."""
    unknown = turn.unknown_place if question == PLACE else None
    if unknown:
        _say_unknown(out, turn, need, unknown)
    else:
        buttons = _places(turn, need) if question == PLACE else []
        other = [choice(turn.knowledge.words(turn.language, "other_place"), _OTHER)]
        out.utter_message(
            response=f"utter_ask_{question}",
            buttons=[*buttons, *(other if buttons else []), _skip(turn, question)],
        )
    return [
        SlotSet(NEED, need),
        SlotSet(ALSO, list(also)),
        SlotSet(ASKS, question),
        SlotSet(SKIPPED, list(skipped)),
    ]


def ask_again(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """The open question once more."""
    assert turn.need and turn.asks
    return ask(out, turn, turn.need, turn.asks, also=turn.also, skipped=turn.skipped)


def ask_for_name(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Another place than those offered: it is to be typed."""
    out.utter_message(response="utter_type_place", buttons=[_skip(turn, PLACE)])
    return [SlotSet(ASKS, PLACE)]


def ask_place_again(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """The place that was said is none we know: the nearest spellings, and the usual ones."""
    assert turn.unknown_place
    _say_unknown(out, turn, turn.need, turn.unknown_place)
    return [SlotSet(ASKS, PLACE)]


def say_unknown_anyway(out: CollectingDispatcher, turn: Turn) -> None:
    """The same where the place does not decide: the answer follows, a spelling may be chosen."""
    assert turn.unknown_place
    buttons = [_button(turn, place) for place in _closest(turn, turn.unknown_place)]
    out.utter_message(
        response="utter_unknown_place_anyway", place=turn.unknown_place, buttons=buttons
    )


def _say_unknown(out: CollectingDispatcher, turn: Turn, need: Optional[str], name: str) -> None:
    places = _closest(turn, name)
    usual = _places(turn, need) if need and not places else []
    buttons = [*(_button(turn, place) for place in places), *usual, _skip(turn, PLACE)]
    out.utter_message(response="utter_unknown_place", place=name, buttons=buttons)


def _closest(turn: Turn, name: str) -> list[Place]:
    """The places whose name, in any language, is spelt most like it."""
    names: dict[str, Place] = {}
    for place in turn.knowledge.places.values():
        names.update({place.in_(code).lower(): place for code in LANGUAGES})
    hits = process.extract(name.lower(), list(names), scorer=fuzz.ratio, limit=3 * _CLOSE)
    found = {names[hit].id: names[hit] for hit, score, _ in hits if score >= _LIKE}
    return list(found.values())[:_CLOSE]


def _places(turn: Turn, need: str) -> list[dict[str, str]]:
    """The places that have most services for the need.

    Of equal ones one of each service, then their other places: a service for five communes is
    still one.
    """
    serve = [match.service.serves for match in turn.knowledge.find(need)]
    rounds = zip_longest(*(s.quarters or s.communes for s in serve))
    counts = Counter(i for places in rounds for i in places if i)
    return [_button(turn, turn.knowledge.places[i]) for i, _ in counts.most_common(_MOST)]


def _button(turn: Turn, place: Place) -> dict[str, str]:
    payload = "/inform" + json.dumps({PLACE: place.fr}, ensure_ascii=False)
    return choice(place.in_(turn.language), payload)


def _skip(turn: Turn, question: str) -> dict[str, str]:
    title = "elsewhere" if question == PLACE else "unknown_age"
    return choice(turn.knowledge.words(turn.language, title), _SKIP)
