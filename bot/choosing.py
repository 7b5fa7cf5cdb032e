"""A choice that is said instead of pressed: "the first one", "2"."""

import re
from typing import Any, Optional

from bot.payloads import intent_of
from bot.reply import Reply

#: Not undone, or a word of the dialogue about a message: only a press or plain words will do.
_NOT_BY_NUMBER = frozenset({"delete_data", "restart", "help_menu"})
#: What is written while this slot is set belongs to the message for the office.
_LEAVING = "leaving"
#: The slot that holds the payloads of the choices shown last, in their order.
CHOICES = "choices"
_NUMBER = re.compile(r"\s*(?:n[ro°]\.?|num[ée]ro|nummer)?\s*([1-9])\s*[.)!]*\s*", re.IGNORECASE)
#: More words say something of their own.
_FEW = 6
#: "And the second, where is it?" asks about a service.
_DETAIL = "ask_"
#: A "yes" to the only choice takes it, but undoes nothing, nor leaves the question that is open.
_NOT_BY_YES = frozenset({"delete_data", "restart"})
_OPEN = ("place", "age")
#: A number alone answers the question for the age.
_AGE = "age"


def shown(reply: Reply) -> list[str]:
    """The choices of an answer that one may point at: where cards are shown, these are meant."""
    if any(m["type"] in ("service", "helpline") for m in reply.messages):
        return []
    lists = [m["choices"] for m in reply.messages if m.get("choices")]
    return [choice["payload"] for choice in lists[-1]] if lists else []


def chosen(slots: dict[str, Any], text: str, found: dict[str, Any]) -> Optional[str]:
    """The payload of the choice a message points at, if it does nothing else."""
    choices: list[str] = [] if slots.get(_LEAVING) else slots.get(CHOICES) or []
    entities = {entity["entity"] for entity in found["entities"]} & {"place", "service", "kind"}
    asks = str(found["intent"]["name"]).startswith(_DETAIL)
    if found.get("crisis") or found.get("needs") or entities or asks or len(text.split()) > _FEW:
        return None
    if found.get("says_yes") and len(choices) == 1 and slots.get("asks") not in _OPEN:
        # "Do you want to leave a message?" – "yes".
        return None if intent_of(choices[0]) in _NOT_BY_YES else choices[0]
    number = _NUMBER.fullmatch(text)
    if number and slots.get("asks") != _AGE:
        return _of(choices, int(number[1]))
    # "The other one": the last, where there are two.
    which = [n for n in found.get("which") or [] if n > 0] or found.get("which") or []
    return _of(choices, which[0]) if which else None


def _of(choices: list[str], number: int) -> Optional[str]:
    # Counted as they are seen; the way to all topics stands last and is none of them.
    known = choices[:-1] if choices and intent_of(choices[-1]) == "help_menu" else choices
    if number > len(known) or not known:
        return None
    payload = known[number - 1 if number > 0 else number]
    return None if intent_of(payload) in _NOT_BY_NUMBER else payload
