"""What of the directory is missing, unconfirmed or old, by entry: the audit as a list."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Mapping, Optional, Union

from bot.desk.editor._entries import entry_of
from bot.store import Edit
from knowledge import (
    ASSOCIATION,
    FACT_FIELDS,
    Helpline,
    Knowledge,
    Language,
    Service,
    audit,
    fold,
    known_on,
)

#: What the list can be sorted by, and filtered by.
SORTS = ("importance", "name", "verified", "missing", "unconfirmed", "changed")
FILTERS = (
    "all", "no_phone", "no_hours", "unconfirmed", "overdue", "changed", "conflict", "retired",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One entry. `verified`: the oldest day any shown fact was confirmed or read, if known.

    `overdue`: that is longer ago than the setting, or no fact has a day.
    """

    key: str
    kind: str
    name: str
    weight: int
    missing: list[str]
    unconfirmed: list[str]
    stale: list[str]
    verified: Optional[date]
    overdue: bool
    changed: Optional[datetime]
    waits: bool
    conflict: bool
    retired: Optional[date]

    @property
    def path(self) -> str:
        """Its address under /desk/directory."""
        return self.key if self.key != ASSOCIATION else f"{ASSOCIATION}/{ASSOCIATION}"

    def named(self, text: str) -> bool:
        return fold(text) in fold(f"{self.name} {self.key}")

    def passes(self, wanted: str) -> bool:
        """Whether a filter lets it through; what is retired is only listed as such."""
        if self.retired or wanted == "retired":
            return self.retired is not None and wanted == "retired"
        return {
            "all": True,
            "no_phone": "phone" in self.missing,
            "no_hours": "hours" in self.missing,
            "unconfirmed": bool(self.unconfirmed),
            "overdue": self.overdue,
            "changed": self.waits,
            "conflict": self.conflict,
        }.get(wanted, True)


def survey(
    knowledge: Knowledge,
    newest: Mapping[str, Edit],
    conflicts: set[str],
    language: Language,
    at: datetime,
    *,
    days: int,
) -> list[Row]:
    """All entries, the most important first. `days`: verified longer ago is overdue."""
    gaps = {(e.kind, e.id): e for e in audit(knowledge, at=at).entries}
    keys = [ASSOCIATION, *_keys("services", knowledge.services)]
    keys += [*_keys("partners", knowledge.partners), *_keys("helplines", knowledge.helplines)]
    rows = []
    for key in (*keys, *knowledge.retired):
        entry = entry_of(knowledge, key)
        kind = key.partition("/")[0].rstrip("s")
        found = gaps.get((kind, entry.id))
        of = found.gaps if found else {}
        verified = _verified(entry)
        edit = newest.get(key)
        late = verified is None or verified < at.date() - timedelta(days=days)
        rows.append(
            Row(
                key,
                kind,
                entry.name.in_(language),
                found.weight if found else 0,
                of.get("missing", []),
                of.get("unconfirmed", []),
                of.get("stale", []),
                verified,
                late,
                edit.at if edit else None,
                bool(edit and edit.taken_in_at is None),
                key in conflicts,
                entry.retired.since if entry.retired else None,
            )
        )
    return sorted_by(rows, "importance")


def sorted_by(rows: list[Row], name: str) -> list[Row]:
    """The rows in another order; equals by their names."""
    rows = sorted(rows, key=lambda row: row.name.casefold())
    if name == "importance":
        return sorted(rows, key=lambda row: -row.weight)
    if name == "verified":
        return sorted(rows, key=lambda row: row.verified or date.min)
    if name in ("missing", "unconfirmed"):
        return sorted(rows, key=lambda row: -len(getattr(row, name)))
    if name == "changed":
        return sorted(rows, key=lambda row: row.changed or datetime.min, reverse=True)
    return rows


def _keys(kind: str, entries: Mapping[str, object]) -> list[str]:
    return [f"{kind}/{name}" for name in entries]


def _verified(entry: Union[Service, Helpline]) -> Optional[date]:
    days = [known_on(f) for name in FACT_FIELDS for f in entry.facts.get(name)]
    return min((day for day in days if day), default=None)
