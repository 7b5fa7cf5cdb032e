"""What a text means while a message for the office is dictated."""

from typing import Any

from bot import hearing, retorts
from bot.slots import AFTER_CRISIS, DRAFT, KEPT, LEAVING
from bot.store import State

#: The payloads of the dialogue about a message for the office; any other button ends it.
_ABOUT_MESSAGE = frozenset(
    {"leave_message", "reach_by_phone", "reach_by_email", "agree", "refuse", "cancel"}
)


#: What goes on with the message, or ends it, whether pressed or said.
_OF_MESSAGE = frozenset({*_ABOUT_MESSAGE, "dictated", "no_words", "too_long"})
#: Asked in few words meanwhile, these are answered, and the step is asked for again.
_ASIDE = frozenset({"privacy", "bot_challenge", "human_handoff"})
_DETAIL = "ask_"
_FEW_WORDS = 12
#: A message of so few words that asks for a detail can be answered at once.
_SHORT = 6
#: More words than a plain "no" or "yes" are words of the message.
_NO_WORDS = 3
#: The model is so sure of what is asked.
_SURE = 0.85


def meaning(step: str, found: dict[str, Any], text: str) -> str:
    """The intent of a text at a step: dictated, agreed to, given up, or asked meanwhile."""
    intent = str(found["intent"]["name"])
    if hearing.cancels(text):
        return "cancel"
    if intent in ("no_words", "too_long"):
        return intent
    if retorts.is_lost(text):
        return "explain"
    plain = len(text.split()) <= _NO_WORDS
    if step == "message" and plain and intent == "deny":
        return "cancel"
    if step == "message" and retorts.says_yes(text):
        return "leave_message"
    if step == "consent" and hearing.agrees(text):
        return "agree"
    if _asks(step, found, text):
        return intent
    refuses = step == "consent" and intent == "deny" and not retorts.objects(text)
    return "refuse" if refuses else "dictated"


def _asks(step: str, found: dict[str, Any], text: str) -> bool:
    """Whether a text asks something, and is no part of the message."""
    intent = str(found["intent"]["name"])
    asks = intent in _ASIDE or intent.startswith(_DETAIL)
    if not asks or found.get("needs") or len(text.split()) > _FEW_WORDS:
        return False
    if any(c.isdigit() or c == "@" for c in text):
        return False
    if step != "message":
        # "Call me": an answer to the question how to be reached; "we have a dog, too": more words.
        said = hearing.detail(text) == intent or found["intent"]["confidence"] >= _SURE
        return "?" in text or (said and not hearing.way(text))
    sure = hearing.detail(text) == intent or found["intent"]["confidence"] >= _SURE
    short = len(text.split()) <= _SHORT and sure
    return ("?" in text or short) and intent != "human_handoff"


def ends_or_goes_on(intent: str) -> bool:
    """Whether an intent belongs to the dialogue about the message."""
    return intent in _OF_MESSAGE


def leave_what_ended(state: State, intent: str, *, beside: bool = False) -> None:
    """Another button, or starting over, ends the dialogue about a message for the office.

    `beside`: something was asked meanwhile.
    """
    slots = state.slots
    dictating = beside or ends_or_goes_on(intent) or intent == "change_language"
    if slots.get(LEAVING) and not (dictating or intent.startswith("crisis_")):
        slots.update({LEAVING: None, DRAFT: None})
    if intent in ("restart", "delete_data"):
        slots.update({LEAVING: None, DRAFT: None, KEPT: None, AFTER_CRISIS: None})
