"""A first call as the form sends it: what it must hold, and what may be kept of it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Mapping, Optional

from bot.desk.access import Form
from bot.signs import clean_lines as lines
from bot.store import Call
from knowledge import Knowledge, UnknownId

#: The choices of the form by field, in their order; their words stand in call.<language>.yml.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "type": (
        "counselling", "office", "wrong_number", "silent", "hang_up", "abusive", "test",
    ),
    "about": ("self", "other"),
    "wanted": ("fr", "de", "lb", "en", "pt", "other"),
    "age": ("unknown", "0_11", "12_17", "18_25", "26_59", "60"),
    "household": ("unknown", "woman", "man", "couple", "family", "pregnant"),
    "danger": ("unknown", "no", "yes"),
    "bed": ("unknown", "yes", "no"),
    "children": ("unknown", "no", "yes"),
    "health": ("unknown", "no", "yes"),
    "risk": ("A", "B", "C", "D", "E"),
    "action": ("information", "cold_referral", "warm_handoff", "appointment", "emergency_call"),
    "outcome": ("open", "met", "partly", "unmet"),
    "reason": (
        "full", "waiting_list", "not_eligible", "too_far", "no_answer", "closed", "language",
        "declined", "no_service", "other",
    ),
}  # fmt: skip
QUESTIONS = ("danger", "bed", "children", "health")
NEEDS, SERVICES = 3, 3
#: Outcomes that are told with the reason why the need was not met.
UNMET = ("partly", "unmet")
_WRITTEN = ("notes", "tried", "needs", "services", "place")
_NOTES, _SHORT = 4000, 500
_URGENT = ("A", "B")
#: Nothing is kept waiting for longer.
_LATEST = timedelta(days=366)


@dataclass
class Draft:
    """A form that was sent. `wrong`: what must be put right, as keys of the words."""

    record: dict[str, Any]
    name: str = ""
    phone: str = ""
    consented: bool = False
    follow_up: Optional[date] = None
    wrong: list[str] = field(default_factory=list)


def of_call(call: Call) -> Draft:
    """The form of a call as it is kept."""
    contact = (call.name or "", call.phone or "", call.consented_at is not None)
    return Draft(dict(call.record), *contact, call.follow_up)


def differences(call: Call, draft: Draft) -> dict[str, Any]:
    """The fields a form changes: [before, after] of choices and days, None of all others."""
    fields: dict[str, Any] = {}
    for name in dict.fromkeys([*CHOICES, *_WRITTEN]):
        before, after = call.record.get(name), draft.record.get(name)
        if (before or None) != (after or None):
            fields[name] = [before, after] if name in CHOICES else None
    if call.follow_up != draft.follow_up:
        days = (call.follow_up, draft.follow_up)
        fields["follow_up"] = [day.isoformat() if day else None for day in days]
    if (call.consented_at is not None) != draft.consented:
        fields["consent"] = None
    for name, before, after in (
        ("name", call.name, draft.name),
        ("phone", call.phone, draft.phone),
    ):
        if (before or "") != after:
            fields[name] = None
    return fields


def onto(call: Call, draft: Draft) -> dict[str, Any]:
    """The record a form makes of a call: what the form does not ask stays."""
    rest = {k: v for k, v in call.record.items() if k not in (*CHOICES, *_WRITTEN, "rule")}
    return {**rest, **draft.record}


def read(form: Form, knowledge: Knowledge, today: date) -> Draft:
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
    if draft.follow_up and draft.follow_up > today + _LATEST:
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
    wrong = [] if may_close(record) else ["wrong_action"]
    return [*wrong, "wrong_reason"] if lacks_reason(record) else wrong


def may_close(record: Mapping[str, Any]) -> bool:
    """A and B are never put away without something done."""
    return record.get("risk") not in _URGENT or bool(record.get("action"))


def lacks_reason(record: Mapping[str, Any]) -> bool:
    """Whether a need was not met, and nobody said why."""
    return record.get("outcome") in UNMET and not record.get("reason")


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
