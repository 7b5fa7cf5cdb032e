"""A kept call in words: its fields, its line in a list, its history, until when it is kept."""

from datetime import date, timedelta
from typing import Any, Iterable, Mapping, Optional, Union

from fastapi import Request, Response

from bot.desk.access import Access, Form, to
from bot.desk.calls import CHOICES
from bot.desk.names import need_name, place_name, service_name
from bot.desk.times import day, day_of, moment
from bot.store import Call, Change, Worker
from knowledge import Knowledge, Language

Words = Mapping[str, Any]
#: The order in which a record is read.
_ORDER = (
    "risk", "action", "needs", "services", "notes", "place", "age", "household", "danger", "bed",
    "children", "health", "type", "about", "wanted", "tried", "outcome", "reason",
)  # fmt: skip


def whole(text: str) -> Optional[int]:
    """A whole number a table can hold, else None."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def found(request: Request, number: str) -> Optional[Call]:
    """The call of a number as an address has it."""
    call: Optional[Call] = request.app.state.calls.get(whole(number) or 0)
    return call


def missing(number: str) -> Response:
    """To the list, which says that there is no such call."""
    return to(f"/desk/calls?number={whole(number) or 0}")


def read_by(access: Access, request: Request, number: str) -> Union[Response, tuple[Worker, Call]]:
    """Who asks for a call, and the call; or where to go instead. Reading it is recorded."""
    worker = access.worker(request)
    if worker is None:
        return to("/desk/login")
    call = found(request, number)
    if call is None:
        return missing(number)
    request.app.state.workers.note(worker.id, "call_read", str(call.id))
    return worker, call


async def sent_about(
    access: Access, request: Request, number: str
) -> Union[Response, tuple[Worker, Form, Call]]:
    """A form about a call, who sent it, and the call; or where to go instead.

    Raises Problem 403 without the token of the session.
    """
    worker = access.worker(request)
    if worker is None:
        return to("/desk/login")
    form = Form(await request.body())
    access.demand(request, form["csrf"])
    call = found(request, number)
    if call is None:
        return missing(number)
    return worker, form, call


def rows(
    call: Call, knowledge: Knowledge, language: Language, words: Words
) -> list[tuple[str, str]]:
    """What is known of a call, as (name of the field, words)."""
    record = call.record
    texts: dict[str, str] = {
        "needs": ", ".join(need_name(knowledge, n, language) for n in record.get("needs") or []),
        "services": ", ".join(
            service_name(knowledge, s, language) for s in record.get("services") or []
        ),
        "place": place_name(knowledge, record.get("place") or "", language),
        "notes": record.get("notes") or "",
        "tried": record.get("tried") or "",
        "follow_up": day(call.follow_up),
        "name": call.name or "",
        "phone": call.phone or "",
    }
    for name in CHOICES:
        texts[name] = _chosen(words, name, record.get(name))
    listed = (*_ORDER, "follow_up", "name", "phone")
    return [(label(words, name), texts[name]) for name in listed if texts[name]]


def label(words: Words, name: str) -> str:
    """The word for a field of a record."""
    key = {"needs": "need"}.get(name, name)
    return str(words["fields"].get(key, words["contact"]))


def row(
    call: Call, names: Mapping[int, str], knowledge: Knowledge, language: Language, today: date
) -> dict[str, Any]:
    """A call in a list: nothing of the notes, neither name nor phone."""
    needs = call.record.get("needs") or []
    return {
        "id": call.id,
        "at": moment(call.at),
        "worker": names.get(call.worker, "–"),
        "risk": call.record.get("risk") or "–",
        "type": call.record.get("type") or "",
        "needs": ", ".join(need_name(knowledge, n, language) for n in needs),
        "place": place_name(knowledge, call.record.get("place") or "", language),
        "follow_up": day(call.follow_up),
        "due": call.closed_at is None and call.follow_up is not None and call.follow_up <= today,
        "closed": call.closed_at is not None,
    }


def told_changes(
    changes: Iterable[Change], names: Mapping[int, str], words: Words
) -> list[dict[str, Any]]:
    """The history in words: when, who, what was done to which fields."""
    return [
        {
            "at": moment(change.at),
            "who": names.get(change.worker, "–") if change.worker else words["calls"]["by_time"],
            "did": words["calls"]["did"][change.did],
            "fields": [_told(name, values, words) for name, values in change.fields.items()],
        }
        for change in changes
    ]


def kept_until(call: Call, days: int, consented_days: int) -> Optional[date]:
    """The day a call is deleted; None while it is open with consent."""
    if call.consented_at is None:
        return day_of(call.at + timedelta(days=days))
    return day_of(call.closed_at + timedelta(days=consented_days)) if call.closed_at else None


def _told(name: str, values: Any, words: Words) -> str:
    """A changed field: "risk: C → B", or its name where the values are not kept."""
    if not isinstance(values, list):
        return label(words, name)
    before, after = (_value(words, name, value) for value in values)
    return f"{label(words, name)}: {before or '–'} → {after or '–'}"


def _value(words: Words, name: str, value: Any) -> str:
    if name == "follow_up":
        return day(date.fromisoformat(value)) if value else ""
    return _chosen(words, name, value)


def _chosen(words: Words, name: str, value: Any) -> str:
    """The words of a choice; empty for none."""
    return str(words["choices"][name].get(value, value)) if value else ""
