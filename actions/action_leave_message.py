"""Takes a message for the office: its words, how to be reached, consent. Ends at any moment.

It keeps nothing itself: with the consent it orders the assistant to.
"""

import re
from typing import Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import KnowingAction
from actions.leaving import Draft, ask_step
from actions.turn import (
    DRAFT,
    HANDOFF,
    KEPT,
    LEAVING,
    MISSES,
    ORDER,
    Turn,
    remind_association,
    say_association,
)

_LONGEST = 2000
#: So many words that are no contact are words for the message.
_ENOUGH = 3
_EMAIL = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+\.[^\s@<>,;:.]{2,}")
_PHONE = re.compile(r"\+?\d(?:[\s./()-]*\d){5,14}")
_WAYS = {"reach_by_phone": "phone", "reach_by_email": "email"}


class ActionLeaveMessage(KnowingAction):
    def name(self) -> str:
        return "action_leave_message"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        step, draft = turn.slot(LEAVING), dict(turn.slot(DRAFT) or {})
        if turn.intent == "leave_message":
            return ask_step(out, "message", {})
        if step is None and turn.intent in _WAYS:
            # "By mail?", after being told how to reach a person.
            reach_by = _WAYS[turn.intent]
            say_association(out, turn, f"utter_way_{reach_by}")
            return ask_step(out, "message", {"reach_by": reach_by})
        if step is None:
            out.utter_message(response="utter_no_message_begun")
            return []
        if turn.intent in ("cancel", "refuse"):
            out.utter_message(response="utter_message_dropped")
            return [SlotSet(LEAVING, None), SlotSet(DRAFT, None), SlotSet(KEPT, None)]
        if turn.intent == "agree":
            return self._agreed(out, turn, step, draft)
        if turn.intent in _WAYS and draft.get("text"):
            return ask_step(out, "contact", {**draft, "reach_by": _WAYS[turn.intent]})
        return self._dictated(out, turn, step, draft)

    def _dictated(
        self, out: CollectingDispatcher, turn: Turn, step: str, draft: Draft
    ) -> list[EventType]:
        if step == "message":
            draft = {**draft, "text": turn.text[:_LONGEST]}
            return ask_step(out, "contact" if draft.get("reach_by") else "reach", draft)
        found = _contact(turn.text)
        if found:
            return ask_step(out, "consent", {**draft, **found}, turn)
        way = turn.note("way") or draft.get("reach_by")
        if step == "reach" and way:
            return ask_step(out, "contact", {**draft, "reach_by": way})
        if step == "contact" and turn.note("way") not in (None, draft.get("reach_by")):
            return ask_step(out, "contact", {**draft, "reach_by": turn.note("way")})
        if step != "contact" and _says_more(turn):
            # "And tell them that it is for my mother": more words for the message.
            draft = {**draft, "text": f"{draft.get('text', '')}\n{turn.text}".strip()[:_LONGEST]}
            out.utter_message(response="utter_message_added")
            return ask_step(out, step, draft, turn)
        if step == "contact":
            out.utter_message(response=f"utter_not_{draft['reach_by']}")
        elif step == "reach":
            out.utter_message(response="utter_ask_reach_again")
        else:
            return ask_step(out, step, draft, turn)
        return []

    def _agreed(
        self, out: CollectingDispatcher, turn: Turn, step: str, draft: Draft
    ) -> list[EventType]:
        if step != "consent":
            return ask_step(out, step, draft, turn)
        out.utter_message(response="utter_message_left")
        remind_association(out, turn)
        done = [SlotSet(ORDER, "leave_message"), SlotSet(LEAVING, None), SlotSet(KEPT, None)]
        return [*done, SlotSet(HANDOFF, False), SlotSet(MISSES, 0)]


def _says_more(turn: Turn) -> bool:
    """Whether a text that is no answer to the step has words for the message."""
    contact = any(c.isdigit() or c == "@" for c in turn.text)
    return len(turn.text.split()) >= _ENOUGH and not (contact or turn.note("says_no"))


def _contact(text: str) -> Optional[dict[str, str]]:
    """A number or an e-mail address in a text."""
    email = _EMAIL.search(text)
    if email:
        return {"reach_by": "email", "contact": email[0].rstrip(".")}
    phone = _PHONE.search(text)
    return {"reach_by": "phone", "contact": phone[0]} if phone else None
