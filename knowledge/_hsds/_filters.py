"""Which objects a question to the directory selects. All filters are cumulative."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Mapping, Optional

from knowledge._base import Knowledge
from knowledge._errors import KnowledgeError
from knowledge._facts import Point
from knowledge._hsds._address import Gazetteer
from knowledge._hsds._ids import identifier
from knowledge._hsds._objects import Kind, Objects
from knowledge._hsds._rows import entries
from knowledge._languages import Language
from knowledge._model import Place, Service
from knowledge._places import distance_km, own_point
from knowledge._words import fold


class UnknownValue(KnowledgeError):
    """A filter names something this directory does not have."""

    def __init__(self, field: str, value: str) -> None:
        self.field = field
        self.value = value
        super().__init__(f"{field}: {value}")


@dataclass(frozen=True)
class Filters:
    """What an object must be like; None asks nothing.

    `postcode` alone: services for that place. With `proximity` (metres): what is that near to it.
    `modified_after` without a time zone is UTC, and includes the moment itself.
    """

    search: Optional[str] = None
    taxonomy_term_id: Optional[str] = None
    taxonomy_id: Optional[str] = None
    organization_id: Optional[str] = None
    modified_after: Optional[datetime] = None
    postcode: Optional[str] = None
    proximity: Optional[float] = None
    top_only: bool = False
    parent_id: Optional[str] = None


class Selector:
    """Answers Filters over the objects of every language."""

    def __init__(self, knowledge: Knowledge, objects: Mapping[Language, Objects]) -> None:
        self._knowledge = knowledge
        self._objects = objects["fr"]
        self._places = Gazetteer(knowledge.places)
        self._entries = {identifier("service", e.id): e for e in entries(knowledge)}
        self._texts = {kind: _texts(kind, objects) for kind in ("taxonomy", "taxonomy_term")}
        self._postcodes = self._read_postcodes()

    def select(self, kind: Kind, filters: Filters) -> list[str]:
        """The ids of a kind that pass, in the order of the directory. Raises UnknownValue."""
        self._check(filters)
        names = self._objects.ids(kind)
        if filters.search is not None:
            found = self._found(kind, filters.search)
            names = [name for name in names if name in found]
        if kind == "service":
            return [name for name in names if self._service(name, filters)]
        if kind == "service_at_location":
            pairs = ((name, self._objects.row(kind, name)["service_id"]) for name in names)
            return [name for name, service in pairs if self._service(service, filters)]
        if kind == "organization":
            return [name for name in names if self._organization(name, filters)]
        if kind == "taxonomy_term":
            return [name for name in names if self._term(name, filters)]
        return list(names)

    def _found(self, kind: Kind, search: str) -> set[str]:
        """What a search finds: entries as everywhere, terms by parts of their texts."""
        if kind in self._texts:
            words = fold(search).split()
            texts = self._texts[kind]
            return {name for name, text in texts.items() if all(w in text for w in words)}
        hits = self._knowledge.search(search, limit=None, every_word=True)
        # An entry that is no organization has an id that no organization has.
        return {identifier(kind, hit.id) for hit in hits}

    def _check(self, filters: Filters) -> None:
        for field, table in (
            ("taxonomy_term_id", "taxonomy_term"),
            ("parent_id", "taxonomy_term"),
            ("taxonomy_id", "taxonomy"),
            ("organization_id", "organization"),
        ):
            value = getattr(filters, field)
            if value is not None and value not in self._objects.ids(table):
                raise UnknownValue(field, value)
        if filters.postcode is not None:
            place = self._postcodes.get(filters.postcode)
            nowhere = filters.proximity is not None and place and not self._places.points([place])
            if place is None or nowhere:
                raise UnknownValue("postcode", filters.postcode)

    def _service(self, name: str, filters: Filters) -> bool:
        row = self._objects.row("service", name)
        if filters.organization_id not in (None, row["organization_id"]):
            return False
        if filters.modified_after and _moment(row["last_modified"]) < _aware(
            filters.modified_after
        ):
            return False
        return self._classified(name, filters) and self._reaches(self._entries[name], filters)

    def _organization(self, name: str, filters: Filters) -> bool:
        if filters.taxonomy_id is None and filters.taxonomy_term_id is None:
            return True
        services = self._objects.children("service", "organization_id", name)
        return any(self._classified(row["id"], filters) for row in services)

    def _term(self, name: str, filters: Filters) -> bool:
        row = self._objects.row("taxonomy_term", name)
        parent = row.get("parent_id")
        return (
            filters.taxonomy_id in (None, row["taxonomy_id"])
            and filters.parent_id in (None, parent)
            and not (filters.top_only and parent)
        )

    def _classified(self, service: str, filters: Filters) -> bool:
        terms = [
            self._objects.row("taxonomy_term", row["taxonomy_term_id"])
            for row in self._objects.children("attribute", "link_id", service)
        ]
        terms_fit = filters.taxonomy_term_id in (None, *(term["id"] for term in terms))
        return terms_fit and filters.taxonomy_id in (None, *(t["taxonomy_id"] for t in terms))

    def _reaches(self, entry: Service, filters: Filters) -> bool:
        if filters.postcode is None:
            return True
        place = self._postcodes[filters.postcode]
        if filters.proximity is None:
            commune = self._places.commune(place)
            return entry.serves.national or bool(commune and commune.id in entry.serves.communes)
        here = self._places.points([place])[0]
        kilometres = filters.proximity / 1000
        return any(distance_km(here, there) <= kilometres for there in self._points(entry))

    def _points(self, entry: Service) -> list[Point]:
        """Where a service is: its own point, else its address's place, else whom it serves."""
        own = own_point(entry)
        if own:
            return [own]
        named = [self._places.place_of(fact.value) for fact in entry.facts.get("address")]
        served = entry.serves.quarters or entry.serves.communes
        return self._places.points([p for p in named if p] or map(self._places.place, served))

    def _read_postcodes(self) -> dict[str, Place]:
        """The postcodes of our own addresses, with the place each lies in; we know no others."""
        rows = self._objects.tables.get("address", ())
        found = ((row["postal_code"], self._places.named(row["city"])) for row in rows)
        return {postcode: place for postcode, place in found if place}


def _texts(kind: str, objects: Mapping[Language, Objects]) -> dict[str, str]:
    """Names and descriptions in every language."""
    found: dict[str, list[str]] = {}
    for spoken in objects.values():
        for name in spoken.ids(kind):
            row = spoken.row(kind, name)
            found.setdefault(name, []).extend((row["name"], row["description"]))
    return {name: fold("\n".join(words)) for name, words in found.items()}


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
