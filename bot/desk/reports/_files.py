"""A report as files: CSV with all tables below each other, XLSX with a sheet for each."""

import csv
import io
from typing import Any, Callable, Iterator

from openpyxl import Workbook
from openpyxl.styles import Font

from bot.desk.reports._figures import Report, Table

#: A program for sheets would take a text that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHEET_NAME = 31
#: Gives the word for a key: of a kind ("need", "commune" …), and the key.
Words = Callable[[str, str], str]


def as_csv(report: Report, word: Words) -> bytes:
    """UTF-8 with a mark, which programs for sheets need to read accents."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([word("report", "period"), *_dates(report)])
    for table in report.tables:
        writer.writerow([])
        writer.writerow([_harmless(word("table", table.name))])
        writer.writerows(_lines(table, word))
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(report: Report, word: Words) -> bytes:
    """One sheet for each table."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for number, table in enumerate(report.tables, 1):
        title = "".join(c for c in word("table", table.name) if c not in r"[]:*?/\'")
        sheet = book.create_sheet(f"{number} {title}"[:_SHEET_NAME])
        sheet.append([word("report", "period"), *_dates(report)])
        for line in _lines(table, word):
            sheet.append(line)
        for cell in sheet[2]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B3"
    if not report.tables:
        book.create_sheet("1").append([word("report", "period"), *_dates(report)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(table: Table, word: Words) -> Iterator[list[Any]]:
    whole = word("column", table.columns)
    heads = [word(table.columns, head) if head else whole for head in table.heads]
    yield [_harmless(text) for text in (word("row", table.rows), *heads)]
    for key, cells in table.cells.items():
        numbers = [word("report", "hidden") if n is None else n for n in cells.values()]
        yield [_harmless(word(table.rows, key)), *numbers]


def _dates(report: Report) -> list[str]:
    return [report.period.first.isoformat(), report.period.last.isoformat()]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
