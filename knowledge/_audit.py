"""What the directory does not know well enough, the most important first.

Kinds of gap, per entry and field:

blocking        must not be shipped: a contradicted value that would be shown alone, a date in
                the future, a helpline for a crisis without a number
unreachable     neither phone, e-mail nor address is known
missing         nothing is known; of `holidays`: hours are known, but not those on public holidays
contradictory   sources disagree (all are shown together, or what all of them say)
unconfirmed     shown with "to be confirmed"
stale           older than 12 months
undated         the source shows no date
untranslated    a text without its words in each language, or with the same in all three
expired         an exception, an alert or a season that is over: to be removed or renewed
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Iterator, Literal, Union

from knowledge._base import Knowledge
from knowledge._clock import local, season_near
from knowledge._facts import FACT_FIELDS, Fact, Facts, Words
from knowledge._forms import is_age_range
from knowledge._freshness import is_stale, known_on
from knowledge._languages import LANGUAGES
from knowledge._model import Helpline, Service
from knowledge._rules import holidays_held

Kind = Literal[
    "blocking",
    "unreachable",
    "missing",
    "contradictory",
    "unconfirmed",
    "stale",
    "undated",
    "untranslated",
    "expired",
]

#: How much a kind of gap, a field and an entry matter. The product orders the audit.
_KIND: dict[Kind, int] = {
    "blocking": 100,
    "unreachable": 10,
    "missing": 4,
    "contradictory": 4,
    "unconfirmed": 3,
    "stale": 2,
    "undated": 1,
    "untranslated": 1,
    "expired": 1,
}
_FIELD = {"contact": 10, "phone": 5, "hours": 4, "address": 4, "email": 3}
_OTHER_FIELD = 2
_ASSOCIATION, _CRISIS, _OWN, _OTHER = 4, 4, 2, 1

_REACHED_BY = ("address", "phone", "email")
_SERVICE_FIELDS = (*_REACHED_BY, "hours", "languages", "cost", "eligibility")
_HELPLINE_FIELDS = ("phone", "hours", "languages")
#: Fields that are sentences: without `words` they are shown in one language only.
_TEXTS = ("hours", "languages", "cost", "eligibility", "appointment")


@dataclass
class Entry:
    """The gaps of one entry: per kind of gap, the fields it concerns.

    `kind`: association, service, partner, helpline, or type (facts of a kind of service).
    """

    kind: str
    id: str
    importance: int
    gaps: dict[Kind, list[str]] = field(default_factory=dict)
    weight: int = 0

    def add(self, kind: Kind, name: str) -> None:
        self.gaps.setdefault(kind, []).append(name)
        self.weight += _KIND[kind] * _FIELD.get(name, _OTHER_FIELD) * self.importance


@dataclass(frozen=True)
class Audit:
    """All entries with gaps, the most important first, at one moment."""

    at: datetime
    entries: list[Entry]

    @property
    def totals(self) -> dict[Kind, int]:
        """How many fields have each kind of gap."""
        return {kind: sum(len(e.gaps.get(kind, ())) for e in self.entries) for kind in _KIND}

    def fails(self, *, strict: bool) -> bool:
        """Whether the directory must not be shipped; `strict`: whether it has any gap at all."""
        return any(self.totals.values()) if strict else bool(self.totals["blocking"])

    def json(self) -> str:
        """One line: at (a day), totals, and entries with kind, id, weight and gaps."""
        entries = [
            {"kind": e.kind, "id": e.id, "weight": e.weight, "gaps": e.gaps} for e in self.entries
        ]
        document = {"at": self.at.date().isoformat(), "totals": self.totals, "entries": entries}
        return json.dumps(document, ensure_ascii=False)

    def table(self) -> str:
        """For people: a line per entry and kind of gap, then the totals."""
        width = max((len(f"{e.kind}/{e.id}") for e in self.entries), default=0)
        lines = []
        for entry in self.entries:
            label = f"{entry.kind}/{entry.id}"
            for kind in (k for k in _KIND if k in entry.gaps):
                lines.append(f"{label:{width}}  {kind:13}  {', '.join(entry.gaps[kind])}")
                label = ""
        totals = ", ".join(f"{kind} {number}" for kind, number in self.totals.items())
        return "\n".join([*lines, f"{len(self.entries)} entries with gaps: {totals}"])


def audit(knowledge: Knowledge, *, at: datetime) -> Audit:
    """Looks at every entry as it would be shown at that moment."""
    entries = [e for e in _entries(knowledge, at) if e.gaps]
    return Audit(at, sorted(entries, key=lambda e: (-e.weight, e.kind, e.id)))


def _entries(knowledge: Knowledge, at: datetime) -> Iterator[Entry]:
    yield _service(Entry("association", knowledge.association.id, _ASSOCIATION),
                   knowledge, knowledge.association, at)  # fmt: skip
    for service in knowledge.services.values():
        yield _service(Entry("service", service.id, _OWN), knowledge, service, at)
    for partner in knowledge.partners.values():
        yield _service(Entry("partner", partner.id, _OTHER), knowledge, partner, at)
    crisis = {name for names in knowledge.crisis.values() for name in names}
    for line in knowledge.helplines.values():
        yield _helpline(line, at, in_crisis=line.id in crisis)
    for name, kind in knowledge.types.items():
        entry = Entry("type", name, _OWN)
        _shown(entry, Facts(**kind.general), at)
        yield entry


def _service(entry: Entry, knowledge: Knowledge, service: Service, at: datetime) -> Entry:
    facts = service.facts
    if not any(facts.get(f) for f in _REACHED_BY):
        entry.add("unreachable", "contact")
    general = knowledge.types[service.type].general if service.type in knowledge.types else {}
    for name in _SERVICE_FIELDS:
        by_age = name == "eligibility" and facts.get("age_range")
        if not (facts.get(name) or general.get(name) or by_age):
            entry.add("missing", name)
    _of_both(entry, service, at)
    return entry


def _helpline(line: Helpline, at: datetime, *, in_crisis: bool) -> Entry:
    entry = Entry("helpline", line.id, _CRISIS if in_crisis else _OWN)
    for name in _HELPLINE_FIELDS:
        if not line.facts.get(name):
            entry.add("missing", name)
    if in_crisis and not line.facts.get("phone"):
        entry.add("blocking", "phone")
    _of_both(entry, line, at)
    return entry


def _of_both(entry: Entry, item: Union[Service, Helpline], at: datetime) -> None:
    """What is looked for in services and helplines alike."""
    hours = [f for f in item.facts.get("hours") if not f.season]
    held = {holidays_held(f.opening_hours or "", item.holidays) for f in hours}
    if "unknown" in held:
        entry.add("missing", "holidays")
    if _same(item.description):
        entry.add("untranslated", "description")
    _shown(entry, item.facts, at)
    _by_date(entry, item, at)


def _by_date(entry: Entry, item: Union[Service, Helpline], at: datetime) -> None:
    """The gaps of what is shown on its days only."""
    today = local(at).date()
    seasons = [f for f in item.facts.get("hours") if f.season]
    for name, over in (
        ("exceptions", any(e.end and e.end < today for e in item.exceptions)),
        ("alerts", any(a.until < today for a in item.alerts)),
        ("hours", any(season_near([f], today) is None for f in seasons)),
    ):
        if over:
            entry.add("expired", name)
    for name, texts in (
        ("exceptions", [e.reason for e in item.exceptions]),
        ("alerts", [a.text for a in item.alerts]),
    ):
        if any(map(_same, texts)):
            entry.add("untranslated", name)


def _shown(entry: Entry, facts: Facts, at: datetime) -> None:
    """The gaps of what is shown."""
    for name in FACT_FIELDS:
        shown = facts.get(name)
        used = facts.in_use(name)
        alone = len({f.value for f in shown}) == 1 and shown[0].contradicted
        if alone or any(_in_future(f, at) for f in shown):
            entry.add("blocking", name)
        if any(f.contradicted for f in used):
            entry.add("contradictory", name)
        if any(not f.confirmed for f in shown):
            entry.add("unconfirmed", name)
        if any(is_stale(f, at) for f in shown):
            entry.add("stale", name)
        if any(known_on(f) is None for f in shown):
            entry.add("undated", name)
        if any(_is_untranslated(f, name) for f in shown):
            entry.add("untranslated", name)


def _in_future(fact: Fact, at: datetime) -> bool:
    known = known_on(fact)
    return known is not None and known > at.date()


def _is_untranslated(fact: Fact, name: str) -> bool:
    if fact.words:
        return _same(fact.words)
    return name in _TEXTS or (name == "age_range" and not is_age_range(fact.value))


def _same(words: Words) -> bool:
    return len({words.in_(language) for language in LANGUAGES}) == 1
