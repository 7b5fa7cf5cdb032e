"""How old a fact is, and the words that say so."""

from datetime import date, datetime
from typing import Optional

from knowledge._facts import Fact
from knowledge._languages import Language
from knowledge._wording import Wording

_MONTHS_FRESH = 12


def known_on(fact: Fact) -> Optional[date]:
    """The earliest day the source may be of; None when it shows no date.

    "2024" may be January: for a number that somebody dials, the cautious reading is the right one.
    """
    written = fact.date or (str(fact.year) if fact.year else None)
    if written is None:
        return None
    year, month, day = [*map(int, written.split("-")), 1, 1][:3]
    return date(year, month, day)


def is_stale(fact: Fact, at: datetime) -> bool:
    """Whether the fact is older than 12 months at that moment. Undated facts are not stale."""
    known = known_on(fact)
    if known is None:
        return False
    months = (at.year - known.year) * 12 + at.month - known.month
    return (months, at.day) > (_MONTHS_FRESH, known.day)


def as_of(fact: Fact, language: Language, words: Wording) -> str:
    """ "as of March 2024", or "as of 2024" when the source shows only the year."""
    known = known_on(fact)
    assert known is not None, "an undated fact has nothing to say"
    shown = str(known.year)
    if fact.date and len(fact.date) > len("2024"):
        shown = f"{words(language, 'months').split(', ')[known.month - 1]} {shown}"
    return words(language, "as_of", date=shown)
