"""The questions that decide between services: one at a time, with likely answers as buttons."""

import json
from typing import Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import AGE, ASKS, NEED, PLACE, Turn, choice

_MOST = 10
_SKIP = "/skip_question"


def open_question(turn: Turn, need: str, skipped: list[str]) -> Optional[str]:
    """What still has to be asked before `need` can be answered: place, age or nothing."""
    known = {PLACE: turn.place is not None, AGE: turn.age is not None}
    asks = turn.knowledge.needs[need].ask
    return next((q for q in asks if not known[q] and q not in skipped), None)


def ask(
    out: CollectingDispatcher, turn: Turn, need: str, question: str, response: Optional[str] = None
) -> list[EventType]:
    """Asks for the place or the age; `response` replaces the usual wording."""
    words, language = turn.knowledge.words, turn.language
    buttons = _places(turn, need) if question == PLACE else []
    skip = "elsewhere" if question == PLACE else "unknown_age"
    buttons.append(choice(words(language, skip), _SKIP))
    out.utter_message(response=response or f"utter_ask_{question}", buttons=buttons)
    return [SlotSet(NEED, need), SlotSet(ASKS, question)]


def _places(turn: Turn, need: str) -> list[dict[str, str]]:
    """Places that have a service for the need, those of the association first."""
    ids: dict[str, None] = {}
    for match in turn.knowledge.find(need):
        serves = match.service.serves
        ids |= dict.fromkeys(serves.quarters or serves.communes)
    buttons = []
    for place_id in list(ids)[:_MOST]:
        place = turn.knowledge.places[place_id]
        payload = "/inform" + json.dumps({PLACE: place.fr}, ensure_ascii=False)
        buttons.append(choice(place.in_(turn.language), payload))
    return buttons
