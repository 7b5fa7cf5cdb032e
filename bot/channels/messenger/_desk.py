"""What people at the desk write, and that one of them answers now, as messages to pass on."""

from collections import deque
from typing import Callable, Iterator, NamedTuple, Optional, Protocol

from bot import roles
from bot.channels.messenger._person import PREFIX
from bot.reply import Message
from bot.store import Handoffs, Happening
from knowledge import LANGUAGES

#: Happenings looked at again each time: on PostgreSQL a lower number may become visible later.
_AGAIN = 100


class Words(Protocol):
    """The part of the assistant that has the words."""

    def words(self, response: str, language: str, **gaps: str) -> list[Message]: ...


class Told(NamedTuple):
    """What to say to a person of a happening. `by_person`: somebody at the desk says it."""

    person: str
    happening: int
    messages: list[Message]
    by_person: bool


class Desk:
    """Reads what happened there."""

    def __init__(
        self, handoffs: Handoffs, assistant: Words, language: Callable[[str], Optional[str]]
    ) -> None:
        self._handoffs = handoffs
        self._assistant = assistant
        self._language = language
        self._passed_on: deque[int] = deque(maxlen=2 * _AGAIN)

    def news(self, after: int) -> Iterator[Told]:
        """What to say of all that happened, in order."""
        for conversation, happening in self._handoffs.news(PREFIX, max(0, after - _AGAIN)):
            if happening.id in self._passed_on:
                continue
            self._passed_on.append(happening.id)
            messages = self._said(conversation, happening)
            if messages:
                said = happening.owner in (None, "person")
                yield Told(conversation, happening.id, messages, said)

    def _said(self, person: str, happening: Happening) -> list[Message]:
        """That the assistant answers again is said with its next answer."""
        known = (happening.lang, self._language(person), LANGUAGES[0])
        language = next(code for code in known if code in LANGUAGES)
        if happening.text is not None:
            return [{"type": "text", "text": happening.text, "lang": language}]
        if happening.message is not None:
            return [happening.message]
        if happening.owner != "person":
            return roles.ended(happening.reason, str(language))
        role = roles.words(happening.role, str(language))
        if role:
            return self._assistant.words("utter_person_answers_role", str(language), role=role)
        return self._assistant.words("utter_person_answers", str(language))
