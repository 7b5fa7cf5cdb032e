"""Reads a filled sheet: every cell checked, every problem named, and what would change."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Iterator, Optional

from openpyxl.utils import get_column_letter

from knowledge._base import Knowledge
from knowledge._errors import KnowledgeError, Problem
from knowledge._facts import FACT_FIELDS
from knowledge._languages import LANGUAGES, Language
from knowledge._model import Service
from knowledge._sheet.cells import RowCells, Value
from knowledge._sheet.columns import (
    NAME_FIELDS,
    ONLY_KEY,
    Cells,
    Labels,
    Row,
    Writer,
    field_of,
    in_sheet,
    keys,
    plain,
    rows,
)
from knowledge._sheet.edit import Document, write_all
from knowledge._sheet.parse import Parser, same_numbers
from knowledge._sheet.table import KEY_ROW, Cell, Refused, Table, read_table
from knowledge._sheet.values import ages_of, bare, confirmed_fact, value_of
from knowledge._wording import Wording

_MAX_NAME = 100
#: Nobody at a desk can confirm a point on the map by "everything is right".
_CONFIRMED_TOGETHER = tuple(field for field in FACT_FIELDS if field != "coordinates")
#: Every answer without a contact falls back on these of the association.
_ALWAYS_KNOWN = ("address", "phone", "email")


class InvalidSheet(KnowledgeError):
    """The sheet cannot be taken; `problems` names every cell with its row and column."""

    def __init__(self, problems: list[Problem], language: Language) -> None:
        self.problems = problems
        self.language: Language = language
        super().__init__("\n".join(str(p) for p in problems))


@dataclass(frozen=True)
class Change:
    """One field of one entry: what was shown, what will be. Equal when it was only confirmed."""

    kind: str
    id: str
    field: str
    old: str
    new: str
    confirmed_by: str


@dataclass(frozen=True)
class SheetImport:
    """A sheet that is right. Nothing is written before `write`."""

    language: Language
    changes: list[Change]
    _folder: Path
    _documents: list[Document]

    def write(self) -> None:
        """Writes all changed files or none. Raises what `write_all` raises."""
        write_all(self._folder, self._documents)


def read_sheet(
    knowledge: Knowledge, path: Path, *, today: date, language: Optional[Language] = None
) -> SheetImport:
    """Checks a sheet against the directory. Problems are told in the sheet's own language.

    `language`: of problems with a file that cannot be read at all (default: French).
    Raises InvalidSheet with every problem.
    """
    words = Wording(knowledge.folder / "wording", "sheet.")
    try:
        table = read_table(path)
    except Refused as error:
        language = language or "fr"
        said = words(language, f"problem_{error.key}", **error.gaps)
        raise InvalidSheet([Problem(path, 1, path.name, said)], language) from error
    return _Importer(knowledge, words, path, table, today).run()


class _Importer:
    def __init__(
        self, knowledge: Knowledge, words: Wording, path: Path, table: Table, today: date
    ) -> None:
        self._knowledge = knowledge
        self._words = words
        self._path = path
        self._table = table
        self._today = today
        self._language = _language_of(table, words)
        self._labels = Labels(words, self._language)
        self._parser = Parser(knowledge, words)
        self._writer = Writer(knowledge, words, self._language)
        self._problems: list[Problem] = []
        self._changes: list[Change] = []
        self._documents: list[Document] = []

    def run(self) -> SheetImport:
        self._check_columns()
        if not self._problems:
            for number, row, cells in self._rows():
                self._take(number, row, cells)
        if self._problems:
            raise InvalidSheet(self._problems, self._language)
        return SheetImport(self._language, self._changes, self._knowledge.folder, self._documents)

    def _report(self, number: int, key: str, problem: str, **gaps: object) -> None:
        """`key`: of the column; the cell is named as the spreadsheet names it."""
        found = self._table.keys
        where = self._name(key)
        if key in found:
            where = f"{get_column_letter(found.index(key) + 1)}{number} {where}"
        said = self._words(self._language, f"problem_{problem}", **gaps)
        self._problems.append(Problem(self._path, number, where, said))

    def _name(self, key: str) -> str:
        """The column as people see it, or its key when it is none of ours."""
        return self._labels.column(key) if key in keys(self._language) else key

    def _check_columns(self) -> None:
        found = [key for key in self._table.keys if key]
        expected = keys(self._language)
        for key in expected:
            if key not in found:
                self._report(KEY_ROW, key, "column_missing", name=self._name(key))
        for key in dict.fromkeys(found):
            if key not in expected:
                self._report(KEY_ROW, key, "column_unknown", name=key)
            if found.count(key) > 1:
                self._report(KEY_ROW, key, "column_twice", name=self._name(key))

    def _rows(self) -> Iterator[tuple[int, Row, Cells]]:
        known = {(row.kind, row.item.id): row for row in rows(self._knowledge)}
        seen: dict[tuple[str, str], int] = {}
        for number, cells in self._table.rows:
            texts = self._texts(number, cells)
            name = (texts["kind"], texts["id"])
            if name not in known:
                self._report(number, "id", "unknown_entry", kind=name[0], id=name[1])
            elif name in seen:
                self._report(number, "id", "row_twice", row=seen[name])
            else:
                seen[name] = number
                yield number, known[name], texts

    def _texts(self, number: int, cells: list[Cell]) -> Cells:
        """The cells of a row by column key."""
        texts = dict.fromkeys(self._table.keys, "")
        for key, cell in zip(self._table.keys, cells):
            if key and cell.formula:
                self._report(number, key, "formula")
            texts[key] = cell.text
        return texts

    def _take(self, number: int, row: Row, new: Cells) -> None:
        cells = RowCells(row, new, self._writer.cells(row))
        cells.all_confirmed = self._parser.yes(cells, "confirmed")
        who, day = plain(new["confirmed_by"]), self._parser.day(cells, self._today)
        if len(who) > _MAX_NAME:
            cells.report("confirmed_by", "too_long", limit=_MAX_NAME)
        if who.startswith(("=", "@")):
            cells.report("confirmed_by", "formula")
        if cells.all_confirmed or any(map(cells.changed, keys(self._language))):
            self._take_fields(cells, f"{who}, {day}", day)
        for bad in cells.bad:
            self._report(number, bad.column, bad.key, **bad.gaps)

    def _take_fields(self, cells: RowCells, by: str, day: Optional[date]) -> None:
        document = Document(self._knowledge.folder / cells.row.file)
        before = len(self._changes)
        for field in dict.fromkeys(map(field_of, keys(self._language))):
            if field in FACT_FIELDS:
                self._take_fact(field, cells, document, by, day)
            elif field in NAME_FIELDS and _changed(field, cells):
                for code, text in self._parser.names(field, cells).items():
                    if cells.changed(f"{field}_{code}"):
                        document.set((field, code), text)
                        self._note(f"{field}_{code}", cells, by)
            elif field == "serves" and _changed(field, cells):
                self._take_serves(cells, document, by)
        changed = len(self._changes) > before
        if changed:
            self._documents.append(document)
        if changed or cells.all_confirmed:
            if not cells.new["confirmed_by"]:
                cells.report("confirmed_by", "who_missing")
            if not cells.new["confirmed_on"]:
                cells.report("confirmed_on", "when_missing")

    def _take_serves(self, cells: RowCells, document: Document, by: str) -> None:
        served, item = self._parser.serves(cells), cells.row.item
        if isinstance(item, Service) and not cells.bad:
            known = item.serves.dict(include=set(served))
            new = {k: v for k, v in served.items() if _sorted(v) != _sorted(known[k])}
            for key, value in new.items():
                document.set(("serves", key), value)
            if not new:
                return
        self._note("serves", cells, by)

    def _take_fact(
        self, field: str, cells: RowCells, document: Document, by: str, day: Optional[date]
    ) -> None:
        item = cells.row.item
        shown = in_sheet(item, field)
        if _changed(field, cells):
            values = self._parser.fact(field, cells)
            if not values and cells.row.kind == "association" and field in _ALWAYS_KNOWN:
                cells.report(field, "must_not_be_empty")
        elif cells.all_confirmed and shown and field in _CONFIRMED_TOGETHER:
            values = [value_of(fact) for fact in shown]
            if any(fact.contradicted or fact.safe_part for fact in shown):
                cells.report(_first_key(field, cells), "sources_disagree")
        else:
            return
        if cells.bad or day is None:
            self._note(field, cells, by, values)
            return
        new = [confirmed_fact(value, by, day) for value in values]
        if [bare(fact) for fact in shown] == new:
            return
        verb = "replaced by a value confirmed" if new else "withdrawn"
        document.replace_facts(field, new, f"{verb} by {by}")
        if field == "age_range" and isinstance(item, Service):
            document.set(("serves", "ages"), ages_of(values))
        elif field == "hours":
            held = self._parser.held_on_holidays(cells)
            if held and held != item.holidays:
                document.set(("holidays",), held)
        elif field == "languages" and not isinstance(item, Service):
            codes = values[0]["value"].split(", ") if values else []
            document.set(("languages",), codes)
        self._note(field, cells, by, values)

    def _note(
        self, key: str, cells: RowCells, by: str, values: Optional[list[Value]] = None
    ) -> None:
        """Adds to what is shown before anything is written. `key`: of a column or a fact."""
        item = cells.row.item
        if values is None:
            label, old, new = self._labels.column(key), cells.old[key], cells.new[key]
        else:
            label = self._labels.field(key)
            old = "; ".join(self._said(value_of(f)) for f in in_sheet(item, key))
            new = "; ".join(map(self._said, values))
        self._changes.append(Change(cells.row.kind, item.id, label, plain(old), plain(new), by))

    def _said(self, value: Value) -> str:
        text: str = value.get("words", {}).get(self._language) or value["value"]
        if "opening_hours" in value:
            text += f" [{value['opening_hours']}]"
        if value.get("only"):
            text += f" [{self._labels.column(ONLY_KEY)}]"
        return text


def _language_of(table: Table, words: Wording) -> Language:
    """The language whose names the header has most of."""

    def known(language: Language) -> int:
        labels = Labels(words, language)
        return len({labels.column(key) for key in keys(language)} & set(table.header))

    return max(LANGUAGES, key=known)


def _sorted(value: object) -> object:
    """The order of places says nothing."""
    return sorted(value) if isinstance(value, (list, tuple)) else value


def _changed(field: str, cells: RowCells) -> bool:
    if field == "phone" and same_numbers(cells.new["phone"], cells.old["phone"]):
        return False
    return any(cells.changed(key) for key in cells.old if field_of(key) == field)


def _first_key(field: str, cells: RowCells) -> str:
    return next(key for key in cells.old if field_of(key) == field)
