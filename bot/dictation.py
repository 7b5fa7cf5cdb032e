"""What a text means while a message for the office is dictated."""

from bot import hearing
from bot.slots import AFTER_CRISIS, DRAFT, KEPT, LEAVING
from bot.store import State

#: The payloads of the dialogue about a message for the office; any other button ends it.
_ABOUT_MESSAGE = frozenset(
    {"leave_message", "reach_by_phone", "reach_by_email", "agree", "refuse", "cancel"}
)


def meaning(step: str, intent: str, text: str) -> str:
    """The intent of a text at a step: what is dictated, agreed to, or given up."""
    if hearing.cancels(text):
        return "cancel"
    if intent in ("no_words", "too_long"):
        return intent
    if step != "consent":
        return "dictated"
    return "agree" if hearing.agrees(text) else "refuse" if intent == "deny" else "dictated"


def leave_what_ended(state: State, intent: str) -> None:
    """Another button, or starting over, ends the dialogue about a message for the office."""
    slots = state.slots
    dictating = intent in _ABOUT_MESSAGE or intent in ("dictated", "no_words", "too_long")
    crisis = intent.startswith("crisis_")
    if slots.get(LEAVING) and not (dictating or crisis or intent == "change_language"):
        slots.update({LEAVING: None, DRAFT: None})
    if intent in ("restart", "delete_data"):
        slots.update({LEAVING: None, DRAFT: None, KEPT: None, AFTER_CRISIS: None})
