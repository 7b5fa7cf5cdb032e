"""What the channel itself says, in the person's language, or in all while it is not known."""

from typing import Optional

from bot.channels.messenger._words import catalogue
from bot.reply import Message
from knowledge import LANGUAGES

_NOTICES = catalogue("messenger_notices.yml")


def words(language: str, key: str, **gaps: object) -> str:
    """A text of `messenger_notices.yml`."""
    text: str = _NOTICES[language][key]
    return text.format(**gaps)


def notice(language: Optional[str], key: str) -> list[Message]:
    """A notice as messages of the contract; three texts while the language is not known."""
    told = [language] if language in LANGUAGES else list(LANGUAGES)
    return [{"type": "text", "text": words(str(c), key), "lang": c} for c in told]
