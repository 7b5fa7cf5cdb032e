"""docs/adding-a-service.md followed step by step, in a copy of the directory."""

import json
import re
import shlex
import shutil
import textwrap
from pathlib import Path

import pytest

from knowledge import FOLDER, LANGUAGES, Directory
from knowledge.__main__ import main
from knowledge._base import read

DOC = (FOLDER.parent / "docs" / "adding-a-service.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\s*\.venv/bin/python -m knowledge (.+)$", DOC, re.M)
[EXAMPLE] = re.findall(r"^ *```yaml\n(.*?)^ *```", DOC, re.M | re.S)
ID = "velo-fir-jiddereen"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


def add(folder: Path, text: str = EXAMPLE) -> Path:
    text = textwrap.dedent(text)
    [name] = re.findall(r"^# knowledge/(.+)$", text, re.M)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def run(folder: Path, command: str) -> int:
    return main(["--folder", str(folder), *shlex.split(command)])


def test_as_the_document_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = add(folder)
    verbs = [command.split()[0] for command in COMMANDS]
    assert verbs == ["check", "audit", "show", "search", "note-changes"]
    check, audit, show, search, note = COMMANDS
    assert run(folder, check) == 0
    assert run(folder, audit) == 0 and ID in capsys.readouterr().out, "hours, say, are missing"
    assert run(folder, show) == 0
    cards = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [card["lang"] for card in cards] == list(LANGUAGES)
    assert {p["number"] for card in cards for p in card["phones"]} == {"27 00 00 01"}
    assert all(card["hours_text"] is None for card in cards)
    assert run(folder, search) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["id"] == ID
    assert run(folder, note) == 0 and str(path) in capsys.readouterr().out


def test_it_answers_its_need_where_it_is(folder: Path) -> None:
    before = read(folder)
    add(folder)
    knowledge = read(folder)
    there, elsewhere = (knowledge.place_named(name) for name in ("Mersch", "Remich"))
    assert ID not in [m.service.id for m in before.find("food_help", place=there)]
    found = [m.service.id for m in knowledge.find("food_help", place=there)]
    assert ID in found[:3]
    assert ID not in [m.service.id for m in knowledge.find("food_help", place=elsewhere)][:3]


def test_a_running_server_finds_it(folder: Path) -> None:
    live = Directory(folder)
    assert ID not in [service.id for service in live.current.all_services()]
    add(folder)
    live.look()
    live.look()  # a file that is being written is given a moment
    assert live.current.service(ID).name.fr.startswith("Vélo pour tous")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- food_help", "- food_hepl", "needs"),
        ("- mersch", "- mersh", "communes"),
        ("source: https://example.org/velo", "source: ''", "source"),
        ("  lb: Vëlo", "  lu: Vëlo", "name.lb"),
    ],
)
def test_a_mistake_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    assert old in EXAMPLE
    add(folder, EXAMPLE.replace(old, new))
    assert run(folder, "check") == 1
    error = capsys.readouterr().err
    assert f"{ID}.yml:" in error and said in error
