"""A language is data: a copy of the project learns English without a line of Python changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.language_checks import check_languages
from bot.settings import ROOT
from tests.languages import scratch

DOCUMENT = (ROOT / "docs" / "adding-a-language.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield scratch.copy(tmp_path_factory.mktemp("english"))


def test_the_checks_say_what_is_missing(copy: Path) -> None:
    """After the first step of the document, and after the second."""
    scratch.declare_english(copy)
    done = scratch.run(copy, "-m", "knowledge", "check")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "surendettement.yml:4: name.en: field required" in done.stderr
    scratch.add_english_to_the_directory(copy)
    done = scratch.run(copy, "-m", "bot", "check")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for said in (
        "domain.yml: utter_greet: has no text in 'en'",
        "domain.yml: the slot language has the values ['fr', 'de', 'lb'], not",
        "bot/web/pages/chat.en.yml: is missing",
        "bot/desk/pages/call.en.yml: is missing",
        "bot/wording/problems.yml: busy/en: is missing",
        "bot/web/widget/catalogue.js: launcher: has no text in 'en'",
        "data/nlu/en/debt_help.yml: is missing",
        "data/lexicon/abuse/en.yml: is missing",
        "data/language/en.txt: says that the language is none of ours",
    ):
        assert said in done.stderr, said


def test_it_answers_in_the_new_language(copy: Path) -> None:
    """The rest of the document's steps; then it is trained and talks."""
    scratch.add_english_to_the_words(copy)
    scratch.add_english_to_what_is_understood(copy)
    code = [p for p in ROOT.rglob("*.py") if p.parts[len(ROOT.parts)] in ("bot", "actions")]
    code += (ROOT / "knowledge").rglob("*.py")
    for path in code:
        assert (copy / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), "data only"
    for command in ("knowledge", "bot"):
        done = scratch.run(copy, "-m", command, "check")
        assert done.returncode == 0, done.stderr[-2000:]
    told = ("Hello, good morning", "I have debts and cannot pay my bills", "I want to kill myself")
    lines = [json.dumps({"conversation": str(i), "text": t}) for i, t in enumerate(told)]
    done = scratch.run(copy, "-m", "bot", "talk", stdin="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr[-2000:]
    greeting, debts, danger = (json.loads(line) for line in done.stdout.splitlines())
    assert [x["language"] for x in (greeting, debts, danger)] == ["en"] * 3
    assert greeting["messages"][0]["text"].startswith("Hello. I am Weeweiser")
    assert debts["intent"] == "debt_help" and "surendettement" in debts["services"]
    names = [m["name"] for m in debts["messages"] if m["type"] == "service"]
    assert "Debt counselling" in names
    assert danger["intent"] == "crisis_suicide" and danger["helplines"]


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("bot/wording/problems.yml", lambda x: x["busy"].pop("lb"), "busy/lb: is missing"),
        ("bot/desk/pages/call.lb.yml", lambda x: x.pop(next(iter(x))), "in one language only"),
    ],
)
def test_a_text_that_is_taken_away_is_missed(
    copy: Path, tmp_path: Path, path: str, change: Any, said: str
) -> None:
    """With the languages of the project itself."""
    scratch.copy(tmp_path)
    content = scratch.read(tmp_path / path)
    change(content)
    scratch.write(tmp_path / path, content)
    problems = check_languages(tmp_path)
    assert problems and all(p.startswith(path) and said in p for p in problems), problems


def test_the_languages_of_the_project_are_whole() -> None:
    assert check_languages() == []


def test_the_document_names_every_step() -> None:
    for step in ("languages.yml", "domain.yml", "data/nlu/", "data/language/", "catalogue.js"):
        assert step in DOCUMENT
    for command in ("-m knowledge check", "-m bot check", "-m bot talk"):
        assert f".venv/bin/python {command}" in DOCUMENT
