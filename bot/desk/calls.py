"""A first call as the form sends it: what it must hold, and what may be kept of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Mapping, Optional

from bot.desk.access import Form
from bot.signs import clean_lines as lines
from knowledge import Knowledge, UnknownId

#: The choices of the form by field, in their order; their words stand in call.<language>.yml.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "type": (
        "counselling", "office", "wrong_number", "silent", "hang_up", "abusive", "test",
    ),
    "about": ("self", "other"),
    "wanted": ("fr", "de", "lb", "en", "pt", "other"),
    "age": ("unknown", "0_11", "12_17", "18_25", "26_59", "60"),
    "household": ("unknown", "woman", "man", "couple", "family"),
    "danger": ("unknown", "no", "yes"),
    "bed": ("unknown", "yes", "no"),
    "children": ("unknown", "no", "yes"),
    "health": ("unknown", "no", "yes"),
    "risk": ("A", "B", "C", "D", "E"),
    "action": ("information", "cold_referral", "warm_handoff", "appointment", "emergency_call"),
    "outcome": ("open", "met", "partly", "unmet"),
}  # fmt: skip
QUESTIONS = ("danger", "bed", "children", "health")
NEEDS, SERVICES = 3, 3
_NOTES, _SHORT = 4000, 500
_URGENT = ("A", "B")


@dataclass
class Draft:
    """A form that was sent. `wrong`: what must be put right, as keys of the words."""

    record: dict[str, Any]
    name: str = ""
    phone: str = ""
    consented: bool = False
    follow_up: Optional[date] = None
    wrong: list[str] = field(default_factory=list)


def read(form: Form, knowledge: Knowledge) -> Draft:
    """What a form says. Values that are none of the choices are left out."""
    record: dict[str, Any] = {
        name: form[name] for name, known in CHOICES.items() if form[name] in known
    }
    record["notes"] = lines(form["notes"])[:_NOTES]
    record["tried"] = lines(form["tried"])[:_SHORT]
    record["rule"] = form["rule"][:40]
    record["needs"] = [n for n in dict.fromkeys(form.all("needs")) if n in knowledge.needs][:NEEDS]
    record["services"] = [s for s in form.all("services") if _known(knowledge, s)][:SERVICES]
    record["place"] = _place(knowledge, form["place"])
    draft = Draft(record)
    draft.consented = form["consent"] == "yes"
    if draft.consented:
        draft.name, draft.phone = lines(form["name"])[:120], lines(form["phone"])[:40]
    try:
        draft.follow_up = date.fromisoformat(form["follow_up"]) if form["follow_up"] else None
    except ValueError:
        draft.wrong.append("wrong_date")
    draft.wrong += _missing(record)
    if form["place"].strip() and not record["place"]:
        draft.wrong.append("wrong_place")
    if not draft.consented and (form["name"].strip() or form["phone"].strip()):
        draft.wrong.append("wrong_consent")
    return draft


def _missing(record: Mapping[str, Any]) -> list[str]:
    """A call about somebody's trouble needs a risk; A and B also what was done."""
    if record.get("type") is None:
        return ["wrong_type"]
    if record["type"] != "counselling":
        return []
    if "risk" not in record:
        return ["wrong_risk"]
    return ["wrong_action"] if record["risk"] in _URGENT and "action" not in record else []


def _known(knowledge: Knowledge, name: str) -> bool:
    try:
        knowledge.service(name)
    except UnknownId:
        return False
    return True


def _place(knowledge: Knowledge, name: str) -> Optional[str]:
    """The canonical name of a place that was typed in any language."""
    try:
        return knowledge.place_named(name.strip()).fr if name.strip() else None
    except UnknownId:
        return None
