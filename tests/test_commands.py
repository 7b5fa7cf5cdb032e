"""Every command of the documents is run by a test, or it stands here why none can.

A command of a document that is in neither list fails: write its test, or say the reason.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import ROOT
from knowledge import FOLDER, LANGUAGES, load
from knowledge.__main__ import main
from tests.security.cheap import running
from tests.test_docs import DOCS

#: Command -> the file of a test that runs it, and what of that file does.
RUN_BY = {
    "bot talk": ("test_cli.py", '"talk"'),
    "bot parse": ("test_cli.py", '"parse"'),
    "bot triage": ("test_cli.py", '"triage"'),
    "bot evaluate": ("test_cli.py", '"evaluate"'),
    "bot train": ("test_model.py", '"train"'),
    "bot serve": ("test_cli.py", '"serve"'),
    "bot check": ("languages/test_adding_a_language.py", '"bot", "check"'),
    "bot backup": ("store/test_backup.py", '"backup"'),
    "bot restore": ("store/test_backup.py", '"restore"'),
    "bot migrate": ("store/test_migrations.py", '["migrate"'),
    "bot desk add-user": ("desk/test_accounts.py", '"add-user"'),
    "bot desk list-users": ("desk/test_accounts.py", '"list-users"'),
    "bot desk set-password": ("desk/test_accounts.py", '"set-password"'),
    "bot desk set-role": ("desk/test_accounts.py", '"set-role"'),
    "bot desk disable": ("desk/test_accounts.py", '"disable"'),
    "bot desk enable": ("desk/test_accounts.py", '"enable"'),
    "bot desk reset-codes": ("desk/test_accounts.py", '"reset-codes"'),
    "bot desk export-person": ("desk/test_person.py", '"export-person"'),
    "bot desk erase-person": ("desk/test_person.py", '"erase-person"'),
    "bot desk export-directory": ("test_commands.py", '"export-directory"'),
    "bot messenger dead": ("channels/messenger/test_commands.py", '"dead"'),
    "bot messenger replay": ("channels/messenger/test_commands.py", '"replay"'),
    "bot learn switch": ("test_commands.py", '"switch"'),
    "bot learn back": ("test_commands.py", '"back"'),
    "knowledge check": ("languages/test_adding_a_language.py", '"knowledge", "bot"'),
    "knowledge note-changes": ("knowledge/test_changed.py", '"note-changes"'),
    "knowledge sheet": ("knowledge/test_documented.py", '"sheet"'),
    "knowledge show": ("test_commands.py", "KNOWLEDGE"),
    "knowledge search": ("test_commands.py", "KNOWLEDGE"),
    "knowledge audit": ("test_commands.py", "KNOWLEDGE"),
    "knowledge export-hsds": ("test_commands.py", "KNOWLEDGE"),
    "rasa data": ("test_rasa_cli.py", '"data", "validate"'),
    "rasa test": ("test_rasa_cli.py", '"test"'),
    "rasa shell": ("test_rasa_cli.py", '"shell"'),
    "rasa run": ("test_rasa_cli.py", '"run"'),
    "make help": ("test_commands.py", '"help"'),
    "curl": ("test_commands.py", "CURL"),
    "tests.triage": ("test_commands.py", "tests.triage.__main__"),
}
#: Command -> why no test runs it.
NOT_RUN = {
    "make run": "installs and serves for ever; its parts (scripts/setup, bot serve) have tests",
    "make test": "is what CI runs, and with it this file",
    "make check": "the first part of `make test`",
    "make test-distributed": "three minutes on a quiet machine: run by hand",
    "make bench": "needs a quiet machine: run by hand",
    "make adapt": "an hour: run by hand",
    "make lock": "asks a package index: run by hand",
    "benchmarks": "needs a quiet machine: run by hand",
    "bot check --data": "minutes; `check_training_data` has tests of its own",
    "bot learn compare": "trains several times; `Comparing` has tests of its own",
    "bot.store.migrations baseline": "writes a source file",
    "bot.store.migrations revision": "writes a source file",
    "rasa init": "said to be of no use here",
    "rasa train": "trains as `bot train` does, for minutes",
    "scripts/screenshots": "writes the pictures of the documents",
    "tests.external": "needs data sets that are not in the project",
    "age": "a tool of others, on another machine",
    "age-keygen": "a tool of others, on another machine",
    "gpg": "a tool of others, with somebody's key",
    "pg_dump": "a tool of others; our own backup has tests",
    "pg_restore": "a tool of others; our own backup has tests",
    "sqlite3": "a tool of others; our own backup has tests",
    "uv": "asks a package index",
}
_TOOLS = "age-keygen|age|gpg|pg_dump|pg_restore|sqlite3|curl|uv"
_WORDS = r"(?: (?!-)[a-z][a-z-]+)"
_COMMAND = re.compile(
    r"python -m (?P<module>[a-z.]+)(?P<verbs>" + _WORDS + r"{0,2})(?P<data> --data)?"
    r"|(?<![\w/.-])(?P<two>(?:rasa|make) [a-z][a-z-]+)"
    r"|(?P<script>scripts/[a-z]+)"
    rf"|(?:^|[|&] )(?P<tool>{_TOOLS})(?= [-a-z0-9\"'])",
    re.M,
)
_GROUPS = ("desk", "messenger", "learn")


def _documents() -> Iterator[str]:
    """What is typed: lines of blocks of commands, and commands within sentences."""
    for path in DOCS:
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.M | re.S):
            yield from (line.strip() for line in block.splitlines())
        sentences = re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)
        yield from re.findall(r"`((?:\S*python -m|make|rasa|scripts/|uv) ?[^`]*)`", sentences)


def _named(line: str) -> Iterator[str]:
    for found in _COMMAND.finditer(line):
        if not found["module"]:
            yield found["two"] or found["script"] or found["tool"]
            continue
        verbs = found["verbs"].split()
        keep = 2 if verbs and verbs[0] in _GROUPS else 1
        if found["module"] in ("benchmarks", "tests.triage", "tests.external"):
            keep = 0
        yield " ".join([found["module"], *verbs[:keep]]) + (found["data"] or "")


COMMANDS = sorted({name for line in _documents() for name in _named(line)} - {"bot", "knowledge"})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_run_or_said_not_to_be(command: str) -> None:
    assert (command in RUN_BY) != (command in NOT_RUN), command
    if command in RUN_BY:
        path, evidence = RUN_BY[command]
        text = (ROOT / "tests" / path).read_text(encoding="utf-8")
        own = text.partition("\n_TOOLS = ")[2] if path == "test_commands.py" else text
        assert evidence in own, f"{path} does not run {command}"


def test_no_reason_is_left_over() -> None:
    # Not all that has a test has to stand in a document.
    assert set(NOT_RUN) - set(COMMANDS) == set()
    assert len(COMMANDS) > 45, "the documents are read"


#: The service that docs/adding-a-service.md makes up; knowledge/test_adding_a_service.py runs its.
_MADE_UP = re.compile(r"v[eë]lo.jiddereen|velo-fir-jiddereen")
#: Run as they stand, but on a folder of the test's own.
KNOWLEDGE = sorted(
    {
        line.partition(" -m knowledge ")[2]
        for line in _documents()
        if re.search(r"^\.venv/bin/python -m knowledge (show|search|audit|export-hsds)", line)
        and not _MADE_UP.search(line)
    }
)


@pytest.mark.parametrize("command", KNOWLEDGE)
def test_the_directory(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    strict = "--strict" in command
    assert main(shlex.split(command)) == int(strict), command
    said = capsys.readouterr()
    assert said.out and not said.err
    if command.startswith("show"):
        assert [json.loads(x)["id"] for x in said.out.splitlines()] == [command.split()[1]] * len(
            LANGUAGES
        )
    if command.startswith("search"):
        assert "bonnevoie" in json.loads(said.out.splitlines()[0])["id"]
    if command.startswith("export-hsds"):
        assert len(list((tmp_path / "FOLDER").rglob("*.json"))) > 3


CURL = sorted({line for line in _documents() if line.startswith("curl ")})


def test_what_is_asked_of_a_server(tmp_path: Path) -> None:
    assert len(CURL) == 2
    with running(tmp_path) as site:
        for line in CURL:
            own = line.replace("localhost:8000", site.address.removeprefix("http://"))
            done = subprocess.run(shlex.split(own), capture_output=True, text=True, timeout=60)
            found = json.loads(done.stdout)
            assert "token" in found or found["total_items"] > 0, line


def test_the_targets_of_make() -> None:
    done = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    told = set(re.findall(r"^make ([a-z-]+) ", done.stdout, re.M))
    assert {c.split()[1] for c in COMMANDS if c.startswith("make ")} <= told


def test_edits_of_the_desk_are_exported(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    names = {"WEEWEISER_DATABASE": f"sqlite:///{tmp_path / 'desk.db'}"}
    done = CliRunner().invoke(app, ["desk", "export-directory", str(copy)], env=names)
    assert (done.exit_code, done.stdout) == (0, ""), "nothing was edited"
    assert len(load(copy).services) == len(load().services)


@pytest.mark.parametrize("verb", ["switch", "back"])
def test_no_model_is_put_in_place_without_a_comparison(tmp_path: Path, verb: str) -> None:
    names = {
        "WEEWEISER_DATABASE": f"sqlite:///{tmp_path / 'desk.db'}",
        "WEEWEISER_MODELS": str(tmp_path / "models"),
        "WEEWEISER_REVIEW_FOLDER": str(tmp_path / "review"),
    }
    done = CliRunner().invoke(app, ["learn", verb], env=names)
    assert done.exit_code == 1 and "Traceback" not in done.output


def test_the_measure_of_triage_says_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.triage", "--help"],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "--errors" in done.stdout, "tests.triage.__main__"
