"""What can drift is tested: settings, endpoints, commands and links of the documents."""

import re
from pathlib import Path

import pytest

from bot.app import create_app
from bot.settings import ROOT, Settings

DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_setting_has_its_heading_and_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### `(\w+)`$", text, re.M))
    assert headings == {f"WEEWEISER_{name.upper()}" for name in Settings.__fields__}
    for name in ("host", "port", "queue_per_conversation", "log_level"):
        assert f"`{Settings.__fields__[name].default}`" in text, name


def test_every_endpoint_is_described() -> None:
    app = create_app(Settings(), Path("unused"))
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `([A-Z]+) (/[^`]*)`", text, re.M))
    served = {
        (method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item
    }
    assert described == served


def test_the_exchange_document_names_what_is_served() -> None:
    paths = create_app(Settings(), Path("unused")).openapi()["paths"]
    text = (ROOT / "docs" / "hsds.md").read_text(encoding="utf-8")
    section = text.split("## What is served")[1].split("\n## ")[0]
    assert set(re.findall(r"`(/hsds/[^`]*)`", section)) == {p for p in paths if "/hsds" in p}
    rows = re.findall(r"^\| (`[^|]+`) \| ([a-z_, ]+) \|", section, re.M)
    described = {
        (path, name)
        for names, paths_ in rows
        for name in re.findall(r"`(\w+)`", names)
        for path in re.findall(r"\w+", paths_)
    }
    lists = {
        p.rpartition("/")[2]: item["get"]
        for p, item in paths.items()
        if "post" in item and "/hsds" in p
    }
    served = {(path, q["name"]) for path, get in lists.items() for q in get["parameters"]}
    everywhere = {name for path, name in described if path == "all"}
    assert {d for d in described if d[0] != "all"} == {s for s in served if s[1] not in everywhere}
    assert all((path, name) in served for path in lists for name in everywhere)


def test_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    commands = re.findall(r"^make ([a-z]+)$", readme, re.M)
    assert commands == ["run", "test"]
    assert set(commands) <= targets
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        if not link.startswith("http"):
            assert (path.parent / link).exists(), link
    for name in re.findall(r"`((?:bot|tests|data|knowledge|actions)/[\w./-]+)`", text):
        assert (ROOT / name.rstrip("/")).exists(), name


def test_verbs_of_the_documents_exist() -> None:
    from bot.cli import app

    verbs = {command.callback.__name__ for command in app.registered_commands if command.callback}
    verbs |= {str(group.name) for group in app.registered_groups}
    for path in DOCS:
        for verb in re.findall(r"python -m bot (\w+)", path.read_text(encoding="utf-8")):
            assert verb in verbs, f"{path.name}: {verb}"


def test_verbs_of_messenger_exist() -> None:
    from bot.cli_messenger import app

    verbs = {command.callback.__name__ for command in app.registered_commands if command.callback}
    text = (ROOT / "docs" / "messenger.md").read_text(encoding="utf-8")
    assert set(re.findall(r"python -m bot messenger (\w+)", text)) == verbs


def test_every_error_of_the_graph_api_is_explained() -> None:
    from bot.channels.messenger import _errors

    text = (ROOT / "docs" / "messenger.md").read_text(encoding="utf-8")
    table = text.split("## Errors of the Graph API")[1].split("\n## ")[0]
    pairs = [*_errors._WINDOW, *_errors._UNKNOWN, *_errors._BLOCKED]
    known = {str(code) for code in (*_errors._TEMPORARY, *_errors._RATE, _errors._TOKEN)}
    known |= {f"{code}/{subcode}" for code, subcode in pairs}
    assert known <= set(re.findall(r"`([\d/]+)`", table))


@pytest.mark.parametrize(
    ("part", "least"), [("channels/messenger", 40), ("desk", 40), ("conversations", 30)]
)
def test_every_clause_names_tests_that_exist(part: str, least: int) -> None:
    folder = ROOT / "tests" / part
    text = (folder / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*) \| (.*) \|$", text, re.M)[2:]
    assert len(rows) > least
    for clause, shown in rows:
        named = re.findall(r"`([\w/]+\.py)::(?:\w+::)?(test_\w+)`", shown)
        assert named or shown.startswith("no test:"), clause
        for file, name in named:
            path = ROOT / file if file.startswith("tests/") else folder / file
            assert f"def {name}(" in path.read_text(encoding="utf-8"), f"{clause}: {name}"
        for talk in re.findall(r"`((?:fr|de|lb)/[\w-]+)`", shown):
            assert (folder / f"{talk}.yml").is_file(), f"{clause}: {talk}"


def test_the_states_of_referrals_are_described() -> None:
    from bot.desk.referrals import NEXT

    text = (ROOT / "docs" / "desk-calls.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", text, re.M)
    described = {state: tuple(re.findall(r"`([a-z-]+)`", after)) for state, after in rows}
    assert described == NEXT


def test_the_days_calls_are_kept_are_described() -> None:
    text = (ROOT / "docs" / "desk-calls.md").read_text(encoding="utf-8")
    table = text.split("## How long")[1].split("\n## ")[0]
    for name, told in (
        ("keep_call_days", "{} days after the call"),
        ("keep_consented_call_days", "12 months"),
        ("close_call_days", "after {} days without a change"),
    ):
        (row,) = [line for line in table.splitlines() if f"`WEEWEISER_{name.upper()}`" in line]
        assert told.format(Settings.__fields__[name].default) in row
    assert Settings.__fields__["keep_consented_call_days"].default == 365


def test_what_data_protection_asks_for_is_written_down() -> None:
    text = (ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.M)
    for wanted in ("Record of processing", "DPIA template", "Access, portability and erasure"):
        assert any(heading.startswith(wanted) for heading in headings), wanted
    backups = text.split("## Encrypted backups")[1].split("\n## ")[0]
    assert "age -r" in backups and "pg_restore" in backups and "Try a restore" in backups
    record = text.split("## Record of processing")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| ([^|]+?) \|(.+)\|$", record, re.M))
    for row in ("purpose", "people", "data", "recipients", "third countries", "erasure"):
        assert all(cell.strip() for cell in rows[row].split("|")), row
