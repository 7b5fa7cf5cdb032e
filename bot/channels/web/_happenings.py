"""What happens outside of an answer, in the visitor's words: a person writes, or takes over."""

from typing import Any

from bot import roles
from bot.assistant import Assistant
from bot.store import Happening
from knowledge import LANGUAGES


def told(assistant: Assistant, happening: Happening) -> tuple[str, dict[str, Any]]:
    """The kind of an event, and its data: a person's words or card, or who answers now."""
    language = happening.lang or LANGUAGES[0]
    role = roles.words(happening.role, language)
    if happening.text is not None:
        said = {"type": "text", "text": happening.text, "lang": language, "role": role}
        return "message", said
    if happening.message is not None:
        return "message", {**happening.message, "role": role}
    messages = roles.ended(happening.reason, language)
    if happening.owner == "person":
        suffix, gaps = ("_role", {"role": role}) if role else ("", {})
        messages = assistant.words(f"utter_person_answers{suffix}", language, **gaps)
    elif happening.owner == "assistant" and happening.returned:
        messages += assistant.words("utter_automated_again", language)
    return "owner", {"owner": happening.owner, "role": role, "messages": messages}
