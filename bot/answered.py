"""What Rasa answered, as a reply: the messages, and what they are about."""

from typing import TYPE_CHECKING, Any

from bot.listening import PUBLIC
from bot.reply import Reply, from_rasa, ids
from bot.slots import AFTER_CRISIS, LANGUAGE
from bot.store import commune

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

_DETAIL = "ask_"
#: Said because a cry for help may have been meant.
_WARNINGS = ("utter_in_danger", "utter_stay", "utter_stay_again")


def answered(tracker: "DialogueStateTracker", said: list[dict[str, Any]]) -> Reply:
    """The reply of a turn, from Rasa's tracker after it and what was said."""
    language = str(tracker.get_slot(LANGUAGE))
    message = tracker.latest_message
    intent = str((message.intent or {}).get("name")) if message else ""
    messages = from_rasa(said, language)
    services = ids(messages, "service")
    if intent.startswith(_DETAIL):
        services += [i for i in tracker.get_slot("shown") or [] if i not in services]
    parsed = (message.parse_data or {}) if message else {}
    heard, about_lines = parsed.get("crisis"), parsed.get("about_lines")
    about_lines = about_lines and tracker.get_slot(AFTER_CRISIS)
    crisis = bool(heard or about_lines) or _warned(tracker) or intent == "still_there"
    need = None if crisis else tracker.get_slot("need")
    return Reply(
        language=language,
        intent=PUBLIC.get(intent, intent),
        messages=messages,
        services=services,
        helplines=ids(messages, "helpline"),
        asks=tracker.get_slot("asks"),
        handoff=bool(tracker.get_slot("handoff")),
        crisis=crisis,
        needs=[need, *(tracker.get_slot("also") or [])] if need else [],
        commune=commune(tracker.get_slot("place")) or None if need else None,
    )


def _warned(tracker: "DialogueStateTracker") -> bool:
    """Whether the emergency number was said because a cry for help may have been meant."""
    from rasa.shared.core.events import BotUttered

    return any(
        isinstance(e, BotUttered) and e.metadata.get("utter_action") in _WARNINGS
        for e in tracker.events
    )
