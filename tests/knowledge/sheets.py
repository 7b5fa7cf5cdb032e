"""Sheets as a social worker fills them in, for the tests."""

import csv
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from knowledge import FOLDER, Knowledge, Language, Problem, load
from knowledge._sheet import InvalidSheet, SheetImport, export_sheet, read_sheet

TODAY = date(2026, 11, 28)
AT = datetime(2026, 11, 28, 10, 0)
WHO = {"confirmed_by": "head of service", "confirmed_on": "2026-11-27"}


def copied(to: Path) -> Knowledge:
    """The real directory, in a folder that may be written to."""
    return load(Path(shutil.copytree(FOLDER, to / "knowledge")))


def export(knowledge: Knowledge, path: Path, language: Language = "fr", *, all: bool = False):
    return export_sheet(knowledge, path, language, at=AT, partners=all, helplines=all)


def fill(path: Path, entries: dict[str, dict[str, Any]]) -> None:
    """Writes cells by the id of the entry and the key of the column."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        for row in rows[2:]:
            for key, value in entries.get(row[rows[1].index("id")], {}).items():
                row[rows[1].index(key)] = value
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        return
    book = load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[2]}
    filled = set()
    for number in range(3, sheet.max_row + 1):
        name = sheet.cell(number, columns["id"]).value
        for key, value in entries.get(name, {}).items():
            sheet.cell(number, columns[key]).value = value
            filled.add(name)
    assert filled == set(entries)
    book.save(path)


def read(knowledge: Knowledge, path: Path) -> SheetImport:
    return read_sheet(knowledge, path, today=TODAY)


def problems(knowledge: Knowledge, path: Path) -> list[Problem]:
    """What is wrong with the sheet; none when it is right."""
    try:
        read(knowledge, path)
    except InvalidSheet as error:
        return error.problems
    return []


def bytes_of(knowledge: Knowledge) -> dict[str, bytes]:
    """Every file of the directory."""
    folder = knowledge.folder
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.yml"))}
