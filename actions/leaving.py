"""Asks for the next part of a message for the office."""

from typing import Any, Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import ASKS, DRAFT, LEAVING, Turn

Draft = dict[str, Any]


def ask_step(
    out: CollectingDispatcher, step: str, draft: Draft, turn: Optional[Turn] = None
) -> list[EventType]:
    """Asks for the next part of the message."""
    gaps = {}
    response = f"utter_ask_{step}"
    if step == "contact":
        response = f"utter_ask_contact_{draft['reach_by']}"
    if step == "consent":
        _, days = (turn.metadata("keeps") if turn else None) or (30, 90)
        gaps = {"days": str(days)}
    out.utter_message(response=response, **gaps)
    return [SlotSet(LEAVING, step), SlotSet(DRAFT, draft), SlotSet(ASKS, None)]
