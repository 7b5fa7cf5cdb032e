"""The commands of docs/knowledge.md run as they stand there, on a copy of the directory."""

import json
import re
import shutil
from pathlib import Path

import pytest

from knowledge import FOLDER, audit, load
from knowledge.__main__ import main
from knowledge._audit import Kind
from knowledge._sheet.table import MAX_BYTES, MAX_ROWS, MAX_UNPACKED_BYTES
from tests.knowledge.sheets import AT, fill

DOC = (FOLDER.parent / "docs" / "knowledge.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\s*\.venv/bin/python -m knowledge (.+)$", DOC, re.M)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


def _run(folder: Path, command: str) -> int:
    return main(["--folder", str(folder), *command.split()])


def test_the_sheet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export, check, write = [c for c in COMMANDS if c.startswith("sheet")]
    assert _run(folder, export) == 0
    assert _run(folder, export) == 1  # it is there: never overwritten
    assert "existe déjà" in capsys.readouterr().err
    number = {"phone": "27 40 01 15", "confirmed_by": "direction", "confirmed_on": "2026-11-02"}
    fill(Path("services.xlsx"), {"ecotec": number})
    assert _run(folder, check) == 0
    said = capsys.readouterr().out
    assert "service/ecotec – Téléphone : (rien) → +352 27 40 01 15" in said
    assert "Rien n'est encore écrit" in said
    assert (folder / "services/ecotec.yml").read_bytes() == (
        FOLDER / "services/ecotec.yml"
    ).read_bytes()
    assert _run(folder, write) == 0
    assert "+352 27 40 01 15" in (folder / "services/ecotec.yml").read_text(encoding="utf-8")
    fill(Path("services.xlsx"), {"ecotec": {"phone": "1"}})
    assert _run(folder, write) == 1
    said = capsys.readouterr().err
    assert "Rien n'est écrit" in said and re.search(r"services\.xlsx:\d+: I\d+ Téléphone: ", said)


def test_the_audit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, as_json, strict = [c for c in COMMANDS if c.startswith("audit") and "list" not in c]
    assert _run(folder, plain) == 0
    assert _run(folder, as_json) == 0
    json.loads(capsys.readouterr().out.splitlines()[-1])
    assert _run(folder, strict) == 1


def test_every_kind_of_gap_is_explained() -> None:
    section = DOC[DOC.index("## Audit") :]
    explained = re.findall(r"^\| `(\w+)` \|", section, re.M)
    assert explained == list(audit(load(), at=AT).totals) == list(Kind.__args__)


def test_the_limits() -> None:
    for limit in (
        f"{MAX_BYTES // 10**6} MB",
        f"{MAX_UNPACKED_BYTES // 10**6} MB",
        f"{MAX_ROWS:,} rows",
    ):
        assert limit in DOC, limit
