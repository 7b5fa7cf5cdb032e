"""XLSX and CSV files as tables of plain text. Whatever could harm is refused before it is read."""

import csv
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Iterable, Iterator, Sequence

from openpyxl import load_workbook

MAX_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_ROWS = 2_000
MAX_COLUMNS = 100

#: The first row is for people, the second holds the names of the fields.
KEY_ROW = 2
FIRST_ROW = 3

_OLE = b"\xd0\xcf\x11\xe0"  # an old .xls, or an .xlsx locked with a password
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_MACRO_SUFFIXES = (".xlsm", ".xltm", ".xlsb", ".xlam")
_REFUSED_PARTS = (
    ("vbaproject", "macros"),
    ("xl/externallinks/", "external_links"),
    ("xl/media/", "pictures"),
)


class Refused(Exception):
    """The file as a whole cannot be taken; `key` of the reason in the catalogue and its gaps."""

    def __init__(self, key: str, **gaps: object) -> None:
        self.key = key
        self.gaps = gaps
        super().__init__(key)


@dataclass(frozen=True)
class Cell:
    """The text of a cell; a formula has no text."""

    text: str
    formula: bool = False


@dataclass(frozen=True)
class Table:
    """Column names by index (0-based) and the rows below them by number (1-based, as shown)."""

    header: list[str]
    keys: list[str]
    rows: list[tuple[int, list[Cell]]]


def read_table(path: Path) -> Table:
    """Raises Refused when it is no sheet, or one that may do harm."""
    suffix = path.suffix.lower()
    if suffix in _MACRO_SUFFIXES:
        raise Refused("macros")
    if suffix not in (".xlsx", ".csv"):
        raise Refused("not_a_sheet")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Refused("too_big", limit=MAX_BYTES // 1_000_000)
        content = path.read_bytes()
    except OSError as error:
        raise Refused("cannot_read", reason=error.strerror) from error
    if not content.strip():
        raise Refused("empty_file")
    rows = list(_xlsx(content) if suffix == ".xlsx" else _csv(content))
    if len(rows) < KEY_ROW or "id" not in (keys := [c.text for c in rows[KEY_ROW - 1]]):
        raise Refused("no_keys")
    numbered = enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW)
    filled = [(number, row) for number, row in numbered if any(c.text or c.formula for c in row)]
    return Table([c.text for c in rows[0]], keys, filled)


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """UTF-8 with a byte order mark and ";", as Excel opens it in French and German.

    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for row in rows:
            writer.writerow([f"'{text}" if _FORMULA.match(text) else text for text in row])


def _csv(content: bytes) -> Iterator[list[Cell]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("utf16")
    if b"\0" in content:
        raise Refused("not_a_sheet")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")  # what Excel calls CSV on Windows
        except UnicodeDecodeError as error:
            raise Refused("not_a_sheet") from error
    for delimiter in (";", ",", "\t"):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise Refused("not_a_sheet") from error
        if len(rows) >= KEY_ROW and "id" in rows[KEY_ROW - 1]:
            break
    else:
        raise Refused("no_keys")
    if len(rows) > MAX_ROWS:
        raise Refused("too_many_rows", limit=MAX_ROWS)
    for row in rows:
        yield [_plain(value) for value in row[:MAX_COLUMNS]]


def _plain(value: str) -> Cell:
    """Takes the apostrophe of `write_csv` away again."""
    if value.startswith("'") and _FORMULA.match(value):
        return Cell(value[1:].strip())
    if value.startswith(("=", "@")):
        return Cell("", formula=True)
    return Cell(value.strip())


def _xlsx(content: bytes) -> Iterator[list[Cell]]:
    if content.startswith(_OLE):
        raise Refused("old_or_locked")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused("not_a_sheet") from error
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Refused("unpacks_too_big", limit=MAX_UNPACKED_BYTES // 1_000_000)
    for mark, key in _REFUSED_PARTS:
        if any(mark in part.filename.lower() for part in parts):
            raise Refused(key)
    try:
        yield from _rows_of_book(content)
    except Refused:
        raise
    except Exception as error:  # openpyxl lets every error of its parsers through
        raise Refused("not_a_sheet") from error


def _rows_of_book(content: bytes) -> Iterator[list[Cell]]:
    """The rows of the sheet that has the field names, or of the first one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which nobody reads here
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what the file says of its size may be wrong
                rows = []
                for row in sheet.iter_rows(max_col=MAX_COLUMNS):
                    rows.append([_cell(cell) for cell in row])
                    if len(rows) == KEY_ROW and "id" not in [c.text for c in rows[-1]]:
                        break
                    if len(rows) > MAX_ROWS:
                        raise Refused("too_many_rows", limit=MAX_ROWS)
                else:
                    yield from rows
                    return
        finally:
            book.close()


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type in ("f", "e"):  # "e": what a formula leaves when it fails, as #REF!
        return Cell("", formula=True)
    if value is None:
        return Cell("")
    if isinstance(value, (date, datetime)):
        return Cell(value.isoformat()[:10])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Cell(str(value).strip())
