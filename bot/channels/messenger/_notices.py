"""What the channel itself says, in the person's language, or in all while it is not known."""

from typing import Any, Optional

from bot.channels.messenger._words import catalogue
from bot.reply import Message
from knowledge import LANGUAGES, directory, spoken

_NOTICES = catalogue("messenger_notices.yml")


def words(language: str, key: str, **gaps: object) -> str:
    """A text of `messenger_notices.yml`."""
    text: str = _NOTICES[language][key]
    return text.format(**gaps)


def notice(language: Optional[str], key: str) -> list[Message]:
    """A notice as messages of the contract; three texts while the language is not known."""
    phone = directory().current.association.facts.get("phone")[0]
    gaps: dict[str, Any] = {"phone": spoken(phone.value)}
    told = [language] if language in LANGUAGES else list(LANGUAGES)
    return [{"type": "text", "text": words(str(c), key, **gaps), "lang": c} for c in told]


def erase_button(language: str) -> Message:
    """The button that deletes everything, below what is said about privacy."""
    choice = {"title": words(language, "erase"), "payload": ERASE}
    return {
        "type": "choices",
        "text": words(language, "erase_question"),
        "lang": language,
        "choices": [choice],
    }


#: The payload that deletes everything kept of a person.
ERASE = "/delete_data"
