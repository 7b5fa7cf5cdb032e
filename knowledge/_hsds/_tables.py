"""The tables of HSDS while they are filled, in one language, as on one day.

A row holds only what is known.
"""

from datetime import datetime
from typing import Any, Iterable, Optional

from knowledge._base import Knowledge
from knowledge._clock import local
from knowledge._facts import Fact
from knowledge._hsds._ids import identifier
from knowledge._languages import Language
from knowledge._model import Service

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Tables:
    """Rows by table, in the order they came; and the words that go into them."""

    def __init__(self, knowledge: Knowledge, language: Language, at: datetime) -> None:
        self.knowledge = knowledge
        self.language: Language = language
        # Notices and closures change by the day, not by the hour.
        self.noon = local(at).replace(hour=12, minute=0, second=0, microsecond=0)
        self._rows: dict[str, dict[str, Row]] = {}

    def rows(self) -> Rows:
        """Every table that has rows."""
        return {name: list(rows.values()) for name, rows in self._rows.items()}

    def add(self, table: str, *keys: str, **fields: Any) -> str:
        """Adds a row, known by its keys; returns its id."""
        row = {"id": identifier(table, *keys), **fields}
        known = {name: value for name, value in row.items() if value not in (None, "")}
        self._rows.setdefault(table, {})[row["id"]] = known
        return str(row["id"])

    def words(self, key: str, **gaps: object) -> str:
        """A text of the catalogues."""
        return self.knowledge.words(self.language, f"hsds_{key}", **gaps)

    def text(self, entry: Service, field: str) -> Optional[str]:
        """A field in words, with what holds for its kind."""
        return self.knowledge.text(entry, field, self.language, at=self.noon)

    def noticed(self, fact: Fact) -> str:
        """The text of a fact, with its notice."""
        return self.knowledge.with_notice(fact, self.language, at=self.noon)

    def notice(self, fact: Fact) -> Optional[str]:
        """What goes with a fact that is to be confirmed, or old."""
        return self.knowledge.notice(fact, self.language, at=self.noon) or None

    def told(self, table: str, row: str, field: str, facts: Iterable[Fact]) -> None:
        """Where the value of a field was read."""
        for fact in facts:
            self.add(
                "provenance",
                row,
                field,
                fact.value,
                fact.source,
                resource_id=row,
                resource_type=table,
                field_name=field,
                source=fact.source,
                date=fact.date or (str(fact.year) if fact.year else None),
                reliability=fact.reliability.value,
                confirmed=fact.confirmed,
                contradicted=fact.contradicted,
            )
