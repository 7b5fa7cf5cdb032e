"""After an answer: what one can ask next about what was shown, as a few buttons."""

import json
from itertools import chain, islice
from typing import Collection

from rasa_sdk.executor import CollectingDispatcher

from actions.details import DETAILS
from actions.turn import AFTER_CRISIS, LEAVING, MAX_CARDS, Turn, choice
from knowledge import Service

#: Details worth a button, the most useful first.
_OFFERED = (
    "ask_address",
    "ask_hours",
    "ask_phone",
    "ask_appointment",
    "ask_cost",
    "ask_eligibility",
    "ask_languages",
)
_MOST = 3
_OTHER = "/help_menu"


def offer_next(
    out: CollectingDispatcher,
    turn: Turn,
    services: list[Service],
    *,
    said: Collection[str] = (),
    topics: Collection[str] = (),
) -> None:
    """Further `topics` of the message, details known of the services, and another topic.

    Not those details that were just `said`. Nothing in danger or right after it, nor while a
    message is dictated.
    """
    if turn.in_danger or turn.slot(AFTER_CRISIS) or turn.slot(LEAVING) or not services:
        return
    needs = turn.knowledge.needs
    further = (choice(needs[n].label.in_(turn.language), f"/{n}") for n in topics)
    details = (d for d in _OFFERED if d not in said and _known(turn, services, d))
    asked = (choice(_title(turn, d), _payload(d, services)) for d in details)
    # Whether the others are known need not be looked up.
    buttons = list(islice(chain(further, asked), _MOST))
    response = "utter_next_steps" if buttons else "utter_other_topic"
    buttons.append(choice(_title(turn, "other_topic"), _OTHER))
    out.utter_message(response=response, buttons=buttons)


def _known(turn: Turn, services: list[Service], detail: str) -> bool:
    return any(DETAILS[detail](turn, service) for service in services)


def _title(turn: Turn, name: str) -> str:
    return turn.knowledge.words(turn.language, f"button_{name}")


def _payload(detail: str, services: list[Service]) -> str:
    if len(services) > MAX_CARDS:
        return f"/{detail}"  # which one is asked
    ids = json.dumps({"service": [s.id for s in services]}, separators=(",", ":"))
    return f"/{detail}{ids}"
