"""Sheets that are wrong: every cell is named, files that could harm are not even read."""

import csv
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any, Callable

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from knowledge import Knowledge, load
from knowledge._sheet.table import MAX_BYTES, MAX_ROWS, MAX_UNPACKED_BYTES
from tests.knowledge.sheets import WHO, export, fill, problems

SERVICE = "maison-des-jeunes-sandweiler"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def exported(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheets") / "sheet.xlsx"
    export(knowledge, path, all=True)
    return path


@pytest.fixture(scope="module")
def exported_csv(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheets") / "sheet.csv"
    export(knowledge, path, all=True)
    return path


@pytest.fixture
def sheet(exported: Path, tmp_path: Path) -> Path:
    """A fresh French sheet of everything, to be spoilt."""
    return Path(shutil.copy(exported, tmp_path))


@pytest.mark.parametrize(
    ("entry", "cells", "column", "message"),
    [
        (SERVICE, {"phone": "27 40"}, "phone", "numéro de téléphone"),
        (SERVICE, {"phone": "27 40 01 15 / 16"}, "phone", "numéro de téléphone"),
        (SERVICE, {"phone": "+33 1 42 34 56 78"}, "phone", "numéro de téléphone"),
        (SERVICE, {"phone": "27 40 01 15; bureau 3"}, "phone", "« bureau 3 »"),
        (SERVICE, {"email": "jeunes@inter-actions"}, "email", "adresse e-mail"),
        (SERVICE, {"email": "jeunes.inter-actions.lu"}, "email", "adresse e-mail"),
        (SERVICE, {"website": "inter-actions.lu"}, "website", "adresse web"),
        (SERVICE, {"website": "javascript:alert(1)"}, "website", "adresse web"),
        (SERVICE, {"address": "1, rue Exemple, L-52013 Sandweiler"}, "address", "code postal"),
        (SERVICE, {"address": "1, rue Exemple, L-0201 Sandweiler"}, "address", "code postal"),
        (SERVICE, {"coordinates": "48.85, 2.35"}, "coordinates", "point au Luxembourg"),
        (SERVICE, {"languages": "français; klingon"}, "languages", "« klingon »"),
        (SERVICE, {"age_from": "douze"}, "age_from", "« douze »"),
        (SERVICE, {"age_from": "12.5"}, "age_from", "« 12.5 »"),
        (SERVICE, {"age_from": "30", "age_to": "12"}, "age_to", "plus grand que 12"),
        (SERVICE, {"serves": "Sandweiler; Atlantis"}, "serves", "« Atlantis »"),
        (SERVICE, {"serves": ""}, "serves", "rester vide"),
        ("112", {"serves": "Sandweiler"}, "serves", "ligne d'aide"),
        (SERVICE, {"name_fr": ""}, "name_fr", "rester vide"),
        ("inter-actions-asbl", {"phone": ""}, "phone", "rester vide"),
        (SERVICE, {"day_mo": "08:00-25:00", "day_ph": "fermé"}, "day_mo", "« 08:00-25:00 »"),
        (SERVICE, {"day_mo": "08:00-12:61", "day_ph": "fermé"}, "day_mo", "pas une heure"),
        (SERVICE, {"day_mo": "matin", "day_ph": "fermé"}, "day_mo", "« matin »"),
        (SERVICE, {"day_mo": "12:00-08:00", "day_ph": "fermé"}, "day_mo", "avant de commencer"),
        (SERVICE, {"day_mo": "08:00-08:00", "day_ph": "fermé"}, "day_mo", "avant de commencer"),
        (SERVICE, {"day_mo": "8-12, 11-13", "day_ph": "fermé"}, "day_mo", "chevauchent"),
        (SERVICE, {"day_mo": "08:00-12:00"}, "day_ph", "jours fériés"),
        (SERVICE, {"day_ph": "fermé"}, "day_ph", "jours de la semaine"),
        (SERVICE, {"cost_fr": "gratuit", "cost_de": "kostenlos"}, "cost_lb", "langue manque"),
        ("surendettement", {"cost_fr": "5 euros"}, "cost_de", "autre langue"),
        (SERVICE, {"cost_fr": "x" * 2001}, "cost_fr", "2000"),
        (SERVICE, {"cost_fr": "=1+1"}, "cost_fr", "formule"),
        (SERVICE, {"address": '=HYPERLINK("http://x.example")'}, "address", "formule"),
        (SERVICE, {"confirmed": "peut-être"}, "confirmed", "ni oui ni non"),
        ("a-vos-cotes", {"confirmed": "oui"}, "address", "sources"),
        (SERVICE, {"phone": "27400115", "confirmed_by": ""}, "confirmed_by", "Qui"),
        (SERVICE, {"phone": "27400115", "confirmed_on": ""}, "confirmed_on", "Quand"),
        (SERVICE, {"phone": "27400115", "confirmed_on": "hier"}, "confirmed_on", "« hier »"),
        (SERVICE, {"phone": "27400115", "confirmed_on": "31.02.2026"}, "confirmed_on", "date"),
        (SERVICE, {"phone": "27400115", "confirmed_on": "2026-11-29"}, "confirmed_on", "avenir"),
        (SERVICE, {"id": "maison-des-jeunes-sandweiller"}, "id", "n'est pas connu"),
        (SERVICE, {"id": "polygone"}, "id", "déjà"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named(
    knowledge: Knowledge,
    exported_csv: Path,
    tmp_path: Path,
    entry: str,
    cells: dict[str, str],
    column: str,
    message: str,
) -> None:
    sheet = Path(shutil.copy(exported_csv, tmp_path))
    row, header = _row_and_header(sheet, entry)
    fill(sheet, {entry: {**WHO, **cells}})
    found = problems(knowledge, sheet)
    letter, name = header[column]
    assert any(p.field == f"{letter}{p.line} {name}" and message in p.message for p in found), [
        str(p) for p in found
    ]
    if "polygone" not in cells.values():  # the second of two rows is named, whichever it is
        assert {p.line for p in found} == {row}


def _row_and_header(path: Path, entry: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The entry's row, and per key the letter of its column and its name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        names, keys, *rows = csv.reader(file, delimiter=";")
    header = {k: (get_column_letter(i), n) for i, (k, n) in enumerate(zip(keys, names), start=1)}
    return 3 + [row[keys.index("id")] for row in rows].index(entry), header


def test_every_problem_is_reported_at_once(knowledge: Knowledge, sheet: Path) -> None:
    fill(sheet, {
        SERVICE: {"phone": "1; 2", "day_mo": "x", "day_tu": "y", "day_ph": "z", **WHO},
        "polygone": {"email": "x", "confirmed_on": "x"},
    })  # fmt: skip
    found = problems(knowledge, sheet)
    assert len(found) == 8, [str(p) for p in found]
    assert len({p.line for p in found}) == 2


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x.example", "27 40 01 15")'])
def test_a_formula_in_a_book(knowledge: Knowledge, sheet: Path, text: str) -> None:
    fill(sheet, {SERVICE: {"phone": text, **WHO}})
    assert ["formule" in p.message for p in problems(knowledge, sheet)] == [True]


def _spoilt(change: Callable[[Any], object]) -> Callable[[Path], object]:
    def spoil(path: Path) -> None:
        book = load_workbook(path)
        change(book.worksheets[0])
        book.save(path)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_spoilt(lambda sheet: sheet.delete_cols(9)), "« Téléphone » manque"),
        (_spoilt(lambda sheet: setattr(sheet["I2"], "value", "tel")), "« tel » n'est pas connue"),
        (_spoilt(lambda sheet: setattr(sheet["J2"], "value", "phone")), "deux fois"),
        (_spoilt(lambda sheet: sheet.delete_rows(2)), "deuxième ligne"),
        (_spoilt(lambda sheet: setattr(sheet.cell(MAX_ROWS + 9, 1), "value", "x")), str(MAX_ROWS)),
    ],
)
def test_columns_that_do_not_fit(
    knowledge: Knowledge, sheet: Path, spoil: Callable[[Path], object], message: str
) -> None:
    spoil(sheet)
    found = problems(knowledge, sheet)
    assert any(message in p.message for p in found), [str(p) for p in found]


def _with_part(name: str) -> Callable[[bytes], bytes]:
    def add(content: bytes) -> bytes:
        buffer = io.BytesIO(content)
        with zipfile.ZipFile(buffer, "a") as package:
            package.writestr(name, b"x")
        return buffer.getvalue()

    return add


def _broken_part(content: bytes) -> bytes:
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as package:
        for part in old.namelist():
            broken = part.startswith("xl/worksheets/sheet1")
            package.writestr(part, b"<worksheet" if broken else old.read(part))
    return new.getvalue()


def _bomb(content: bytes) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("xl/worksheets/sheet9.xml", bytes(MAX_UNPACKED_BYTES + 1))
    assert len(buffer.getvalue()) < MAX_BYTES
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("a.xlsm", lambda content: content, "macros"),
        ("a.xlsx", _with_part("xl/vbaProject.bin"), "macros"),
        ("a.xlsx", _with_part("xl/externalLinks/externalLink1.xml"), "liens"),
        ("a.xlsx", _with_part("xl/media/image1.png"), "image"),
        ("a.xlsx", _broken_part, "pas un tableau"),
        ("a.xlsx", lambda content: content[: len(content) // 2], "pas un tableau"),
        ("a.xlsx", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(100), "pas un tableau"),
        ("a.png", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(100), "pas un tableau"),
        ("a.csv", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(100), "pas un tableau"),
        ("a.csv", lambda _: "kind;id".encode("utf-16"), "CSV UTF-8"),
        ("a.csv", lambda _: b"kind;id\r\n\x81;\x8d\r\n", "pas un tableau"),
        ("a.csv", lambda _: b"just a text\nof two lines\n", "deuxième ligne"),
        ("a.csv", lambda _: b'kind;id\n"' + b"x" * 200_000, "pas un tableau"),
        ("a.csv", lambda _: b"Sorte;Nom\nkind;id\n" + b"x;y\n" * MAX_ROWS, str(MAX_ROWS)),
        ("a.xlsx", lambda _: b"\xd0\xcf\x11\xe0" + bytes(100), "mot de passe"),
        ("a.xlsx", lambda _: b"", "vide"),
        ("a.csv", lambda _: b" \n", "vide"),
        ("a.xlsx", _bomb, "100 Mo"),
    ],
)
def test_a_file_that_is_refused(
    knowledge: Knowledge,
    exported: Path,
    tmp_path: Path,
    name: str,
    make: Callable[[bytes], bytes],
    message: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(make(exported.read_bytes()))
    found = problems(knowledge, path)
    assert len(found) == 1
    assert message in found[0].message, str(found[0])
    assert found[0].file == path


def test_fifty_megabytes_are_not_read(
    knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("was read"))
    assert "10 Mo" in problems(knowledge, path)[0].message


def test_a_sheet_that_is_not_there(knowledge: Knowledge, tmp_path: Path) -> None:
    assert "ne peut pas être lu" in problems(knowledge, tmp_path / "no.xlsx")[0].message


def test_a_book_of_another_kind(knowledge: Knowledge, tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "Budget"
    book.save(tmp_path / "a.xlsx")
    assert "deuxième ligne" in problems(knowledge, tmp_path / "a.xlsx")[0].message
