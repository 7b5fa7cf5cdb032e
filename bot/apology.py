"""What is said when nothing can be answered: never silence, always a number to call."""

from typing import Protocol

from bot.reply import Message
from knowledge import directory, spoken


class Words(Protocol):
    """The wording of domain.yml: a response in a language, with its gaps filled."""

    def __call__(self, response: str, language: str, **gaps: str) -> list[Message]: ...


def apology(words: Words, language: str) -> list[Message]:
    """Sorry, in a language, with the association's telephone number."""
    phone = directory().current.association.facts.get("phone")[0]
    return words("utter_technical_problem", language, phone=spoken(phone.value))
