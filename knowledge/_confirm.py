"""Facts confirmed by somebody who asked: the values stay, their source and date are new."""

from datetime import date
from typing import Any, Collection, Literal, Optional, get_args

from knowledge._facts import FACT_FIELDS
from knowledge._overlay import Document

#: How somebody learnt that a value is right.
How = Literal["phone", "service", "visit"]
HOW: tuple[How, ...] = get_args(How)
_BY: dict[How, str] = {
    "phone": "confirmed by phone with {who}",
    "service": "confirmed by {who}",
    "visit": "confirmed on site by {who}",
}
_NOBODY: dict[How, str] = {
    "phone": "confirmed by phone",
    "service": "confirmed by the service itself",
    "visit": "confirmed on site",
}
_SAYS_CONFIRMED = "confirmed "
#: What belongs to a value; the rest of a fact says where it was read.
_VALUE = ("value", "words", "opening_hours", "season", "only")


def source_of(how: How, who: str, day: date) -> str:
    """The source of a fact that somebody confirmed, as the sheet writes it."""
    said = _BY[how].format(who=who) if who else _NOBODY[how]
    return f"{said}, {day.isoformat()}"


def confirm(
    document: Document, source: str, day: date, *, fields: Optional[Collection[str]] = None
) -> Document:
    """The document with every fact in use confirmed, or only those of some fields.

    Where a source was read before stays, as superseded; an earlier confirmation is replaced.
    Where sources disagree nothing is confirmed: nobody said which one is right.
    """
    facts = {
        name: _confirmed(held, source, day) if fields is None or name in fields else held
        for name, held in document["facts"].items()
    }
    return {**document, "facts": facts}


def confirmable(document: Document) -> list[str]:
    """The fields that `confirm` would change."""
    facts = document["facts"]
    return [name for name in FACT_FIELDS if any(map(_sure, facts.get(name) or ()))]


def _confirmed(
    held: Optional[list[dict[str, Any]]], source: str, day: date
) -> Optional[list[dict[str, Any]]]:
    if not held:
        return held
    now = {"source": source, "date": day.isoformat(), "year": day.year}
    now |= {"reliability": "official", "confirmed": True}
    fresh = [{**{k: f[k] for k in _VALUE if k in f}, **now} for f in held if _sure(f)]
    kept = [
        {**fact, "superseded": source} if _sure(fact) else fact
        for fact in held
        if not (_sure(fact) and fact["source"].startswith(_SAYS_CONFIRMED))
    ]
    return [*fresh, *kept]


def _sure(fact: dict[str, Any]) -> bool:
    return not (fact.get("superseded") or fact.get("contradicted"))
