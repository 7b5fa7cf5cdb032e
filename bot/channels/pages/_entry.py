"""One entry of the directory as a page shows it: the contract's card, links and sources."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Optional, Union
from urllib.parse import quote, urlsplit

from bot.channels.html import Phone, clean
from knowledge import Fact, Helpline, Holidays, Knowledge, Language, Service, dialled

#: Fields of a service whose sources are named, and the word of the row they are shown in.
_ROWS = {
    "phone": "phone",
    "email": "email",
    "address": "address",
    "coordinates": "coordinates",
    "hours": "hours",
    "website": "website",
    "age_range": "who",
    "eligibility": "who",
    "cost": "cost",
    "appointment": "appointment",
    "languages": "languages",
}
_SEARCH = "https://www.openstreetmap.org/search?query="


@dataclass(frozen=True)
class Source:
    """Where values were read. `fields` are words of the catalogue; `date` as people write it."""

    name: str
    url: Optional[str]
    date: Optional[str]
    confirmed: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """Everything a page says of an entry, in one language; what is unknown is None or empty.

    Texts hold no control characters. `facts` are the values by field that need
    no notice; so are `opening_hours`, which hold every week.
    `changed`: newest date of a fact, as far as known ("2025", "2025-04" or "2025-04-30").
    """

    id: str
    by: Literal["association", "partner", "helpline"]
    language: Language
    name: str
    summary: str
    phones: tuple[Phone, ...]
    email: Optional[str]
    website: Optional[str]
    address: Optional[str]
    addresses: tuple[str, ...]
    map_url: Optional[str]
    map_is_point: bool
    map_credit: str
    hours: Optional[str]
    opening: str
    who: Optional[str]
    cost: Optional[str]
    appointment: Optional[str]
    languages: str
    area: str
    alert: Optional[str]
    confirmed: bool
    verified_on: Optional[str]
    reachable: bool
    sources: tuple[Source, ...]
    facts: dict[str, tuple[str, ...]]
    opening_hours: Optional[str]
    holidays: Holidays
    changed: Optional[str]

    @property
    def path(self) -> str:
        """The address of the page on its site, without a language."""
        return entry_path("helplines" if self.by == "helpline" else "services", self.id)

    @property
    def mailto(self) -> str:
        return f"mailto:{quote(self.email or '', safe='@')}"


def entry_path(kind: str, name: str) -> str:
    return f"/{kind}/{name}"


def spoken_date(date: Optional[str]) -> Optional[str]:
    """A date, or a month or year, as it is written in Luxembourg: "12.11.2019"."""
    return ".".join(reversed(date.split("-"))) if date else None


def changed(entry: Union[Service, Helpline]) -> Optional[str]:
    """The newest date of a fact, as far as dates are known."""
    fields = (entry.facts.in_use(field) for field, _ in entry.facts)
    return max((fact.date for facts in fields for fact in facts if fact.date), default=None)


def view(
    knowledge: Knowledge,
    entry: Union[Service, Helpline],
    words: dict[str, str],
    language: Language,
    at: datetime,
) -> Entry:
    """Reads an entry for a page. `words`: the catalogue of the language."""
    is_line = isinstance(entry, Helpline)
    service = entry.as_service() if isinstance(entry, Helpline) else entry
    card = clean(knowledge.service_card(service, language, at=at))
    used = {field: _used(knowledge, service, field) for field in _ROWS}

    def sure(fact: Fact) -> bool:
        return not (fact.contradicted or knowledge.notice(fact, language, at=at))

    bare = {field: tuple(filter(sure, facts)) for field, facts in used.items()}
    addresses = tuple(clean([f.in_(language) for f in used["address"]]))
    area = card["place"] or (words["area_open"] if service.serves.national else "")
    return Entry(
        id=entry.id,
        by="helpline" if is_line else _by(service),
        language=language,
        name=card["name"],
        summary=card["summary"],
        phones=tuple(Phone(p["number"], dialled(p["number"]), p["label"]) for p in card["phones"]),
        email=card["email"],
        website=card["website"],
        address=card["address"],
        addresses=addresses,
        map_url=card["map_url"] or _search(addresses),
        map_is_point=card["map_url"] is not None,
        map_credit=knowledge.words(language, "map_attribution"),
        hours=card["hours_text"],
        opening=card["opening"],
        who=card["who"],
        cost=card["cost"],
        appointment=clean(knowledge.text(service, "appointment", language, at=at)),
        languages=", ".join(card["languages"]),
        area="" if is_line else area,
        alert=card["alert"],
        confirmed=card["confirmed"],
        verified_on=spoken_date(card["verified_on"]),
        reachable=knowledge.reachable(service),
        sources=tuple(_sources(used)),
        facts={f: tuple(clean([x.in_(language) for x in facts])) for f, facts in bare.items()},
        opening_hours=_computable(used["hours"], bare["hours"], service, at),
        holidays=service.holidays,
        changed=changed(entry),
    )


def _by(service: Service) -> Literal["association", "partner"]:
    return "association" if service.operator == "inter-actions" else "partner"


def _computable(
    used: tuple[Fact, ...], bare: tuple[Fact, ...], service: Service, at: datetime
) -> Optional[str]:
    """Hours that hold as they stand: no season and no exception changes them."""
    today = at.date()
    changes = any(e.end is None or e.end >= today for e in service.exceptions)
    if len(used) != 1 or used != bare or used[0].season or changes:
        return None
    return used[0].opening_hours


def _used(knowledge: Knowledge, service: Service, field: str) -> tuple[Fact, ...]:
    """The facts a page shows of a field: of e-mails and websites, a card shows the first."""
    facts = knowledge.evidence(service, field)
    return facts[:1] if field in ("email", "website", "coordinates") else facts


def _search(addresses: tuple[str, ...]) -> Optional[str]:
    """A search for the address on the map; None without one single address with a number."""
    if len(addresses) != 1 or not re.search(r"\d", addresses[0]):
        return None
    return _SEARCH + quote(addresses[0], safe="")


def _sources(used: dict[str, tuple[Fact, ...]]) -> Iterator[Source]:
    """Every source once per date and state, with the rows that rest on it."""
    rows: dict[tuple[str, Optional[str], bool], dict[str, None]] = {}
    for field, facts in used.items():
        for fact in facts:
            date = fact.date or (str(fact.year) if fact.year else None)
            rows.setdefault((fact.source, date, fact.confirmed), {})[_ROWS[field]] = None
    for (source, date, confirmed), fields in rows.items():
        name = clean(source)
        host = _host(name)
        url = name if host else None
        yield Source(host or name, url, spoken_date(date), confirmed, tuple(fields))


def _host(address: str) -> Optional[str]:
    """The host of a web address without `www.`; None for anything else."""
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None
    return re.sub(r"^www\.", "", host) if host else None
