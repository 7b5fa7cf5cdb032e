"""HSDS objects put together from the tables, with what the profile adds.

`translations` gives the texts of a row in every language, `provenance` where its values were read.
"""

from collections import defaultdict
from typing import Any, Iterable, Literal, Mapping

from knowledge._errors import UnknownId
from knowledge._hsds._ids import identifier
from knowledge._hsds._tables import Row, Rows
from knowledge._languages import Language

Kind = Literal["service", "organization", "service_at_location", "taxonomy", "taxonomy_term"]

#: What is text in the language of the reader.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "organization": ("name", "description"),
    "service": (
        "name",
        "description",
        "application_process",
        "fees_description",
        "eligibility_description",
        "alert",
    ),
    "location": ("description",),
    "phone": ("description",),
    "contact": ("name",),
    "url": ("label",),
    "schedule": ("description", "notes"),
    "service_area": ("name",),
    "language": ("name", "note"),
    "cost_option": ("amount_description",),
    "taxonomy": ("name", "description"),
    "taxonomy_term": ("name", "description", "taxonomy"),
}

#: Nested arrays of an object: (property, table, foreign key).
_NESTED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "service": (
        ("phones", "phone", "service_id"),
        ("schedules", "schedule", "service_id"),
        ("service_areas", "service_area", "service_id"),
        ("service_at_locations", "service_at_location", "service_id"),
        ("languages", "language", "service_id"),
        ("cost_options", "cost_option", "service_id"),
        ("contacts", "contact", "service_id"),
        ("additional_urls", "url", "service_id"),
        ("attributes", "attribute", "link_id"),
    ),
    "organization": (
        ("phones", "phone", "organization_id"),
        ("contacts", "contact", "organization_id"),
        ("additional_websites", "url", "organization_id"),
    ),
    "location": (("addresses", "address", "location_id"),),
}


def with_translations(tables: Mapping[Language, Rows], language: Language) -> Rows:
    """The tables of one language, plus a `translation` table with the texts of all."""
    rows: list[Row] = []
    for tongue, translated in tables.items():
        for table, fields in TEXTS.items():
            for row in translated.get(table, ()):
                for field in fields:
                    if field in row:
                        rows.append(_translation(table, row, tongue, field))
    return {**tables[language], "translation": rows}


def _translation(table: str, row: Row, language: Language, field: str) -> Row:
    return {
        "id": identifier("translation", row["id"], language, field),
        "resource_id": row["id"],
        "resource_type": table,
        "language": language,
        "field_name": field,
        "value": row[field],
    }


class Objects:
    """The objects of one language. Every object is a new dictionary: callers may change it."""

    def __init__(self, tables: Rows) -> None:
        self.tables = tables
        self._rows = {name: {row["id"]: row for row in rows} for name, rows in tables.items()}
        self._children: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self._translations: dict[str, dict[str, Row]] = defaultdict(dict)
        self._provenance: dict[str, list[Row]] = defaultdict(list)
        for row in tables.get("translation", ()):
            texts = self._translations[row["resource_id"]].setdefault(row["language"], {})
            texts[row["field_name"]] = row["value"]
        for row in tables.get("provenance", ()):
            told = {k: v for k, v in row.items() if k not in ("id", "resource_id", "resource_type")}
            self._provenance[row["resource_id"]].append(told)

    def ids(self, kind: str) -> Iterable[str]:
        """All ids of a table, in the order of the directory."""
        return self._rows.get(kind, {}).keys()

    def row(self, kind: str, name: str) -> Row:
        """One row of a table. Raises UnknownId."""
        found = self._rows.get(kind, {}).get(name)
        if found is None:
            raise UnknownId(name)
        return found

    def children(self, table: str, key: str, parent: str) -> list[Row]:
        """The rows of a table that point at `parent`."""
        if (table, key) not in self._children:
            index: dict[str, list[Row]] = defaultdict(list)
            for row in self.tables.get(table, ()):
                if key in row:
                    index[row[key]].append(row)
            self._children[table, key] = index
        return self._children[table, key].get(parent, [])

    def item(self, kind: Kind, name: str) -> dict[str, Any]:
        """The object as lists show it: single values and the objects it belongs to."""
        found = self._with_texts(self.row(kind, name))
        if kind == "service":
            found["organization"] = self._with_texts(
                self.row("organization", found["organization_id"])
            )
        elif kind == "service_at_location":
            found["location"] = self._with_texts(self.row("location", found["location_id"]))
            found["service"] = self._with_texts(self.row("service", found["service_id"]))
        elif kind == "taxonomy_term":
            found["taxonomy_detail"] = self._with_texts(self.row("taxonomy", found["taxonomy_id"]))
        return found

    def stub(self, name: str) -> dict[str, Any]:
        """A service as `minimal` asks for it: what its schema requires, and its last change."""
        row = self.row("service", name)
        return {field: row[field] for field in ("id", "name", "status", "last_modified")}

    def full(self, kind: Kind, name: str, *, full_service: bool = False) -> dict[str, Any]:
        """The object with everything that belongs to it.

        An organization lists its services by id, name and status; `full_service` gives them whole.
        """
        if kind in ("taxonomy", "taxonomy_term"):
            return self.item(kind, name)
        found = self._nest(kind, self.row(kind, name))
        if kind == "service":
            organization = self.row("organization", found["organization_id"])
            found["organization"] = self._nest("organization", organization)
        elif kind == "organization":
            locations = self.children("location", "organization_id", name)
            found["locations"] = [self._nest("location", row) for row in locations]
            services = self.children("service", "organization_id", name)
            found["services"] = [
                self._nest("service", row) if full_service else self._short(row) for row in services
            ]
        else:
            found["service"] = self._with_texts(self.row("service", found["service_id"]))
        return {field: value for field, value in found.items() if value != []}

    def _short(self, row: Row) -> dict[str, Any]:
        return {field: row[field] for field in ("id", "name", "status")}

    def _nest(self, table: str, row: Row) -> dict[str, Any]:
        found = self._with_texts(row)
        if told := self._provenance.get(row["id"]):
            found["provenance"] = [dict(one) for one in told]
        if table == "service_at_location":
            found["location"] = self._nest("location", self.row("location", row["location_id"]))
        if table == "attribute":
            found["taxonomy_term"] = self.item("taxonomy_term", row["taxonomy_term_id"])
        for field, child, key in _NESTED.get(table, ()):
            rows = [self._nest(child, r) for r in self.children(child, key, row["id"])]
            if rows:
                found[field] = rows
        return found

    def _with_texts(self, row: Row) -> dict[str, Any]:
        found = dict(row)
        if texts := self._translations.get(row["id"]):
            found["translations"] = {language: dict(words) for language, words in texts.items()}
        return found
