"""What is counted of calls: from the records while they are kept, and as numbers afterwards."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.store._counts import Count, add_counts, month_of
from knowledge import UnknownId, directory

PHONE = "phone"
_calls = sa.table("desk_calls", sa.column("id"), sa.column("at", sa.DateTime), sa.column("record"))


def fold(connection: Connection, calls: Any, condition: Any) -> None:
    """Adds the calls that are about to be deleted to the counts."""
    add_counts(connection, _read(connection, calls, condition))


def live(engine: Engine, first: date, last: date) -> dict[Count, int]:
    """What the calls say that are still kept, of the months from `first` to `last`."""
    with engine.connect() as connection:
        found = _read(connection, _calls, sa.true())
    return {c: n for c, n in found.items() if first.replace(day=1) <= c.month <= last}


def _read(connection: Connection, calls: Any, condition: Any) -> dict[Count, int]:
    rows = connection.execute(sa.select((calls.c.at, calls.c.record)).where(condition))
    found: Counter[Count] = Counter()
    for at, record in rows:
        found.update(tally(at, json.loads(record)))
    return found


def tally(at: datetime, record: dict[str, Any]) -> list[Count]:
    """What one call adds; of what was noted nothing but the choices."""
    if record.get("type") != "counselling":
        return []
    month, language = month_of(at), str(record.get("wanted") or "")
    place = commune(record.get("place"))
    needs = [str(need) for need in record.get("needs") or []]
    found = [Count(month, "need", need, PHONE, language, place) for need in needs]
    for what in ("risk", "outcome"):
        if record.get(what):
            found.append(Count(month, what, str(record[what]), PHONE))
    if record.get("outcome") in ("unmet", "partly"):
        reason = str(record.get("reason") or "unknown")
        found += [Count(month, "unmet", need, PHONE, "", reason) for need in needs or ["unknown"]]
    return found


def commune(place: Optional[str]) -> str:
    """The id of the commune of a place, named as the directory does; empty when unknown."""
    try:
        held = directory().current.place(place) if place else None
    except UnknownId:
        return ""
    if held is None:
        return ""
    return held.id if held.kind == "commune" else held.commune or ""
