"""Writes the sheet: one row per entry, locked ids, drop-downs, and a page that explains it."""

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from knowledge._audit import Entry, Kind, audit
from knowledge._base import Knowledge
from knowledge._languages import Language
from knowledge._sheet.columns import (
    DAY_KEYS,
    HOLIDAYS_KEY,
    LOCKED,
    ONLY_KEY,
    WHO,
    Cells,
    Labels,
    Row,
    Writer,
    field_of,
    keys,
    rows,
)
from knowledge._sheet.table import FIRST_ROW, KEY_ROW, write_csv
from knowledge._wording import Wording

#: What the audit misses apart from the field its column belongs to.
_GAP_OF = {HOLIDAYS_KEY: "holidays"}
_LACKING: tuple[Kind, ...] = ("missing", "contradictory", "unconfirmed", "stale")
_GREY, _MISSING, _UNSURE = "E7E6E6", "FFF6CC", "FBE0C8"
#: All others are texts: a spreadsheet must not take a telephone number for a sum.
_FORMATS = {"confirmed_on": "yyyy-mm-dd", "age_from": "General", "age_to": "General"}
_WIDTHS = {"kind": 12, "id": 30, "todo": 40, "confirmed": 12, "confirmed_on": 14, "phone": 22}
_WIDTH, _NARROW, _WIDE = 28, 16, 48


def export_sheet(
    knowledge: Knowledge,
    path: Path,
    language: Language,
    *,
    at: datetime,
    partners: bool = False,
    helplines: bool = False,
) -> int:
    """Writes an .xlsx or .csv file (by the name's ending); returns the number of entries in it.

    Holds the association and its services, and others when asked. Raises ValueError for
    another ending, OSError when the file cannot be written.
    """
    words = Wording(knowledge.folder / "wording", "sheet.")
    kinds = {"association", "service"} | {k for k, asked in
             (("partner", partners), ("helpline", helplines)) if asked}  # fmt: skip
    chosen = [row for row in rows(knowledge) if row.kind in kinds]
    writer, labels = Writer(knowledge, words, language), Labels(words, language)
    gaps = {(e.kind, e.id): e for e in audit(knowledge, at=at).entries}
    columns = keys(language)
    contents = []
    for row in chosen:
        cells = writer.cells(row)
        cells["todo"] = _todo(gaps.get((row.kind, row.item.id)), labels, words, language)
        contents.append(cells)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        header = [labels.column(key) for key in columns]
        write_csv(path, [header, columns, *([c[key] for key in columns] for c in contents)])
    elif suffix == ".xlsx":
        book = Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        _services(sheet, columns, contents, labels, words, language)
        _shade(sheet, columns, chosen, gaps)
        _explanation(book.create_sheet(), columns, labels, words, language)
        book.save(path)
    else:
        raise ValueError(f"{path.name}: the name must end in .xlsx or .csv")
    return len(chosen)


def _todo(entry: "Entry | None", labels: Labels, words: Wording, language: Language) -> str:
    """What the audit finds open, in words: "missing: telephone, hours"."""
    found = []
    for kind in _LACKING:
        names = [labels.field(name) for name in (entry.gaps.get(kind, ()) if entry else ())]
        if names:
            found.append(words(language, f"todo_{kind}", fields=", ".join(names)))
    return "\n".join(found)


def _services(
    sheet: Worksheet,
    columns: list[str],
    contents: list[Cells],
    labels: Labels,
    words: Wording,
    language: Language,
) -> None:
    sheet.title = words(language, "sheet_title")
    for column, key in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = _width(key)
        _put(sheet, 1, column, labels.column(key)).font = Font(bold=True)
        _put(sheet, KEY_ROW, column, key)
        for number, cells in enumerate(contents, start=FIRST_ROW):
            cell = _put(sheet, number, column, cells[key])
            cell.protection = Protection(locked=key in LOCKED)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = _FORMATS.get(key, "@")
            if key in LOCKED:
                cell.fill = PatternFill("solid", start_color=_GREY)
    sheet.row_dimensions[KEY_ROW].hidden = True
    sheet.freeze_panes = f"D{FIRST_ROW}"
    sheet.protection.sheet = True  # without a password: against slips, not against people
    for allowed in ("formatCells", "formatColumns", "formatRows"):
        setattr(sheet.protection, allowed, False)
    for key, rule in _choices(words, language).items():
        letter = get_column_letter(columns.index(key) + 1)
        rule.add(f"{letter}{FIRST_ROW}:{letter}{sheet.max_row}")
        sheet.add_data_validation(rule)


def _choices(words: Wording, language: Language) -> dict[str, DataValidation]:
    """Drop-downs. Only yes/no admits nothing else: the others offer what is usual."""

    def offered(*texts: str, only: bool = False) -> DataValidation:
        listed = ",".join(texts)
        return DataValidation(type="list", formula1=f'"{listed}"', showErrorMessage=only)

    def spoken(*codes: str) -> str:
        return "; ".join(words(language, f"language_{code}") for code in codes)

    closed, usual = words(language, "closed"), words(language, "as_usual")
    yes_no = (words(language, "yes"), words(language, "no"))
    age = DataValidation(type="whole", operator="between", formula1="0", formula2="120")
    days = {key: offered(closed, "08:00-12:00; 13:00-17:00", "09:00-17:00") for key in DAY_KEYS}
    return {
        "confirmed": offered(*yes_no, only=True),
        ONLY_KEY: offered(*yes_no, only=True),
        **days,
        HOLIDAYS_KEY: offered(closed, usual),
        "languages": offered(spoken("lb", "fr", "de"), spoken("lb", "fr", "de", "en"),
                             spoken("lb", "fr", "de", "en", "pt")),
        "age_from": age,
        "age_to": age,
    }  # fmt: skip


def _shade(
    sheet: Worksheet, columns: list[str], chosen: list[Row], gaps: dict[tuple[str, str], Entry]
) -> None:
    """Colours what is missing and what is to be confirmed; the explanation says which is which."""
    colours: tuple[tuple[Kind, str], ...] = (
        ("unconfirmed", _UNSURE), ("stale", _UNSURE), ("contradictory", _UNSURE),
        ("missing", _MISSING),
    )  # fmt: skip
    for number, row in enumerate(chosen, start=FIRST_ROW):
        entry = gaps.get((row.kind, row.item.id))
        for column, key in enumerate(columns, start=1):
            for kind, colour in colours:
                if (
                    entry
                    and key not in (*LOCKED, *WHO)
                    and not {field_of(key), _GAP_OF.get(key)}.isdisjoint(entry.gaps.get(kind, ()))
                ):
                    sheet.cell(number, column).fill = PatternFill("solid", start_color=colour)


def _explanation(
    sheet: Worksheet, columns: list[str], labels: Labels, words: Wording, language: Language
) -> None:
    sheet.title = words(language, "help_title")
    sheet.column_dimensions["A"].width = _WIDTH
    sheet.column_dimensions["B"].width = 100
    lines = [("", line) for line in words(language, "help").strip().splitlines()]
    lines += [(words(language, "help_column"), words(language, "help_what"))]
    lines += [
        (labels.field(field), words(language, f"help_{field}"))
        for field in dict.fromkeys(_explained(key) for key in columns)
    ]
    for number, (name, text) in enumerate(lines, start=1):
        _put(sheet, number, 1, name).font = Font(bold=True)
        cell = _put(sheet, number, 2, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=text == words(language, "help_what") or number == 1)
    for text, colour in (("colour_missing", _MISSING), ("colour_unsure", _UNSURE)):
        cell = _put(sheet, sheet.max_row + 1, 2, words(language, text))
        cell.fill = PatternFill("solid", start_color=colour)
    sheet.protection.sheet = True


def _explained(key: str) -> str:
    """What explains the column: its field; the days have one explanation together."""
    if key in (*LOCKED, *WHO, HOLIDAYS_KEY, ONLY_KEY):
        return key
    return "days" if key in DAY_KEYS else field_of(key)


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Always as text: "=" at the beginning must not become a formula."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    return cell


def _width(key: str) -> int:
    if key in _WIDTHS:
        return _WIDTHS[key]
    if key in DAY_KEYS or key.startswith("age_"):
        return _NARROW
    return _WIDE if key.startswith("description") else _WIDTH
