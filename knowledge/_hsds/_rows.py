"""The directory as the tables of HSDS, in one language.

A row holds only what is known. What is not confirmed never stands in a field that has no room for
a notice: an e-mail then is a contact, a website an additional URL, each with the notice in words.
"""

import re
from datetime import datetime, time, timezone
from typing import Iterator, Optional

from babel import Locale

from knowledge._base import Knowledge
from knowledge._clock import LUXEMBOURG
from knowledge._facts import Facts
from knowledge._hours import turning_days
from knowledge._hsds._address import Gazetteer
from knowledge._hsds._hours import exceptional, timetable
from knowledge._hsds._ids import identifier
from knowledge._hsds._tables import Row, Rows, Tables
from knowledge._hsds._terms import add_taxonomies, add_terms
from knowledge._hsds._where import add_areas, add_location
from knowledge._languages import Language
from knowledge._model import Service
from knowledge._phone import dialled

_CONTACT = ("address", "phone", "email", "website", "hours")
_AGES = re.compile(r"^(\d+)-(\d+)$")
_CODES = re.compile(r"^[a-z]{2,3}(, ?[a-z]{2,3})*$")
_FULL_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def entries(knowledge: Knowledge) -> Iterator[Service]:
    """Everything that is exchanged as a service: services, partners, the association, helplines.

    A helpline that is also a service or a partner is given once, as that.
    """
    known = set()
    for service in knowledge.all_services():
        known.add(service.id)
        yield service
    for helpline in knowledge.helplines.values():
        if helpline.id in known:
            continue
        yield helpline.as_service(
            tuple(n for n, need in knowledge.needs.items() if helpline.id in need.helplines)
        )


class Builder:
    """Fills the tables as they are on the day of `at`. One builder makes one language."""

    def __init__(self, knowledge: Knowledge, language: Language, at: datetime) -> None:
        self._knowledge = knowledge
        self._language: Language = language
        self._tables = Tables(knowledge, language, at)
        self._noon = self._tables.noon
        self._places = Gazetteer(knowledge.places)
        self._names = Locale.parse(language).languages

    def tables(self) -> Rows:
        """Every table that has rows, rows in the order of the directory."""
        add_taxonomies(self._tables)
        for entry in entries(self._knowledge):
            self._organization(entry)
            self._service(entry)
        return self._tables.rows()

    def _owner(self, entry: Service) -> str:
        """The organization of an entry: the association, or the partner's entry itself."""
        own = entry.operator == "inter-actions"
        return self._knowledge.association.id if own else entry.id

    def _organization(self, entry: Service) -> None:
        own = entry.operator == "inter-actions"
        body = self._knowledge.association if own else entry
        self._tables.add(
            "organization",
            body.id,
            name=body.name.in_(self._language),
            description=body.description.in_(self._language),
            email=_plain(body.facts, "email") if own else None,
            website=_plain(body.facts, "website") if own else None,
            year_incorporated=body.founded if own else None,
        )

    def _service(self, entry: Service) -> None:
        organization = identifier("organization", self._owner(entry))
        low, high = _ages(entry.facts)
        service = self._tables.add(
            "service",
            entry.id,
            organization_id=organization,
            name=entry.name.in_(self._language),
            description=entry.description.in_(self._language),
            url=_plain(entry.facts, "website"),
            email=_plain(entry.facts, "email"),
            status=self._status(entry),
            application_process=self._tables.text(entry, "appointment"),
            fees_description=self._tables.text(entry, "cost"),
            eligibility_description=self._tables.text(entry, "eligibility"),
            minimum_age=low,
            maximum_age=high,
            assured_date=_assured(entry.facts),
            alert=self._alert(entry),
            last_modified=_stamp(self._modified(entry)),
        )
        body = {"service_id": service}
        if entry is self._knowledge.association:
            body["organization_id"] = organization
        self._ways(entry, body)
        add_location(self._tables, self._places, entry, service, organization)
        self._schedules(entry, service)
        self._languages(entry, service)
        self._costs(entry, service)
        add_areas(self._tables, entry, service)
        add_terms(self._tables, entry, service)
        for field in ("eligibility", "age_range", "appointment"):
            column = "application_process" if field == "appointment" else "eligibility_description"
            self._tables.told("service", service, column, entry.facts.get(field))

    def _status(self, entry: Service) -> str:
        """Closed for now, by a closure or surely out of season, or active."""
        state = self._knowledge.opening(entry, at=self._noon)
        closed = state.kind == "closure" or (state.kind == "season_over" and state.confirmed)
        return "temporarily closed" if closed else "active"

    def _alert(self, entry: Service) -> Optional[str]:
        """Short-term notices, and which contact facts are to be confirmed; lists show it too."""
        parts = self._knowledge.notices(entry, self._language, at=self._noon)
        open_ = [f for f in _CONTACT if any(not fact.confirmed for fact in entry.facts.get(f))]
        if open_:
            parts.append(
                self._tables.words("alert", fields=", ".join(map(self._tables.words, open_)))
            )
        return " ".join(parts)

    def _modified(self, entry: Service) -> datetime:
        """When the file was changed, or a notice or closure last came or went by its date."""
        midnights = (datetime.combine(day, time(0), LUXEMBOURG) for day in turning_days(entry))
        passed = (m.astimezone(timezone.utc) for m in midnights if m <= self._noon)
        return max([self._knowledge.modified[entry.id], *passed])

    def _ways(self, entry: Service, body: Row) -> None:
        service = body["service_id"]
        for fact in entry.facts.get("phone"):
            number = dialled(fact.value)
            phone = self._tables.add(
                "phone",
                entry.id,
                number,
                **body,
                number=number,
                type="voice",
                description=self._tables.notice(fact),
            )
            self._tables.told("phone", phone, "number", [fact])
        for field, column in (("email", "email"), ("website", "url")):
            plain = _plain(entry.facts, field)
            for fact in entry.facts.get(field):
                if fact.value == plain:
                    self._tables.told("service", service, column, [fact])
                    continue
                words = self._knowledge.link_notice(field, fact, self._language, at=self._noon)
                label = {"name": words} if field == "email" else {"label": words}
                table = "contact" if field == "email" else "url"
                row = self._tables.add(
                    table, entry.id, fact.value, **body, **{column: fact.value}, **label
                )
                self._tables.told(table, row, column, [fact])

    def _schedules(self, entry: Service, service: str) -> None:
        facts = entry.facts.get("hours")
        today = self._noon.date()
        notes = " ".join(self._knowledge.exceptions(entry, self._language, at=self._noon))
        if any(f.contradicted for f in facts):
            row = self._tables.add(
                "schedule",
                entry.id,
                service_id=service,
                description=self._tables.text(entry, "hours"),
                notes=notes,
            )
            self._tables.told("schedule", row, "description", facts)
            return
        for fact in facts:
            for timing in timetable(entry, fact, today):
                keys = (entry.id, fact.value, *map(str, timing.values()))
                row = self._tables.add(
                    "schedule",
                    *keys,
                    service_id=service,
                    **timing,
                    description=self._tables.noticed(fact),
                    notes=notes,
                )
                self._tables.told("schedule", row, "description", [fact])
        for days in entry.exceptions:
            for timing in exceptional(days, today):
                self._tables.add(
                    "schedule",
                    entry.id,
                    *map(str, timing.values()),
                    service_id=service,
                    **timing,
                    description=days.reason.in_(self._language),
                )

    def _languages(self, entry: Service, service: str) -> None:
        for fact in entry.facts.get("languages"):
            if not _CODES.match(fact.value):
                continue
            for code in re.split(", ?", fact.value):
                row = self._tables.add(
                    "language",
                    entry.id,
                    code,
                    service_id=service,
                    name=self._names.get(code, code),
                    code=code,
                    note=self._tables.notice(fact),
                )
                self._tables.told("language", row, "code", [fact])

    def _costs(self, entry: Service, service: str) -> None:
        kind = self._knowledge.types.get(entry.type)
        general = tuple(kind.general.get("cost", ())) if kind else ()
        for fact in entry.facts.get("cost") or general:
            text = self._tables.noticed(fact)
            row = self._tables.add(
                "cost_option", entry.id, fact.value, service_id=service, amount_description=text
            )
            self._tables.told("cost_option", row, "amount_description", [fact])


def _plain(facts: Facts, field: str) -> Optional[str]:
    """The value for a field without room for a notice: the first confirmed one."""
    confirmed = (f.value for f in facts.get(field) if f.confirmed and not f.contradicted)
    return next(confirmed, None)


def _ages(facts: Facts) -> tuple[Optional[int], Optional[int]]:
    found = facts.get("age_range")
    if len(found) == 1 and found[0].confirmed and (span := _AGES.match(found[0].value)):
        return int(span[1]), int(span[2])
    return None, None


def _assured(facts: Facts) -> Optional[str]:
    """The oldest day on which a contact fact was read; None unless all are confirmed and dated."""
    shown = [fact for field in _CONTACT for fact in facts.get(field)]
    days = [f.date for f in shown if f.confirmed and f.date and _FULL_DATE.match(f.date)]
    return min(days) if shown and len(days) == len(shown) else None


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
