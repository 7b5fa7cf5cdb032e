"""Says a detail of services, and what one can ask next."""

import json
import re

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import remember_shown
from actions.asking import ask_again
from actions.details import DETAILS
from actions.next_steps import offer_next
from actions.turn import (
    AGE,
    ASKS,
    DETAIL,
    MAX_CARDS,
    MISSES,
    PLACE,
    SHOWN,
    Turn,
    choice,
    remind_association,
)
from knowledge import Service

_WORD = re.compile(r"[^\W\d_]+")
#: Shorter words stand in many names by chance.
_LONG_WORD = 6


def answer_detail(
    out: CollectingDispatcher, turn: Turn, detail: str, services: list[Service]
) -> list[EventType]:
    """Says the detail of each service, or that it is unknown with the way on.

    Of more than can be said in one breath, it asks which one is meant.
    """
    if len(services) > MAX_CARDS:
        services = _called_so(turn, services) or services
    values = {s.id: DETAILS[detail](turn, s) for s in services}
    if sum(1 for value in values.values() if value) > MAX_CARDS:
        return _ask_which(out, turn, detail, services)
    unknown = []
    for service in services:
        value = values[service.id]
        name = service.name.in_(turn.language)
        if value:
            text = value.rstrip(".")
            out.utter_message(response=f"utter_known_{detail}", name=name, value=text)
        else:
            unknown.append(name)
    if len(unknown) == 1:
        out.utter_message(response=f"utter_unknown_{detail}", name=unknown[0])
    elif unknown:
        out.utter_message(response=f"utter_several_unknown_{detail}", names=", ".join(unknown))
    if unknown:
        remind_association(out, turn)
    if turn.asks in (PLACE, AGE) and turn.need:
        # The question that was open is still open.
        return [SlotSet(SHOWN, [s.id for s in services]), SlotSet(MISSES, 0), *ask_again(out, turn)]
    offer_next(out, turn, services, said=[detail])
    return remember_shown(services)


def _called_so(turn: Turn, services: list[Service]) -> list[Service]:
    """Those a word of the message stands for: "and the counselling?" of a debt counselling."""
    said = [word.lower() for word in _WORD.findall(turn.text)]
    words = [word for word in said if len(word) >= _LONG_WORD]
    found = [s for s in services if any(w in s.name.in_(turn.language).lower() for w in words)]
    return found if len(found) < len(services) else []


def _ask_which(
    out: CollectingDispatcher, turn: Turn, detail: str, services: list[Service]
) -> list[EventType]:
    buttons = [
        choice(s.name.in_(turn.language), f"/{detail}" + json.dumps({"service": s.id}))
        for s in services
    ]
    out.utter_message(response="utter_which_of_these", buttons=buttons)
    return [SlotSet(ASKS, "topic"), SlotSet(DETAIL, detail), SlotSet(MISSES, 0)]
