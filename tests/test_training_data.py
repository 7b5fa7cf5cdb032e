"""The training data keeps its promises: enough, in its language, never twice, never a test case."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.evaluation import read_cases
from bot.settings import ROOT
from knowledge import load
from tests.conftest import HERE, LANGUAGES

DATA = ROOT / "data" / "nlu"
EVALUATED = sorted([*(HERE / "nlu").rglob("*.tsv"), *(ROOT / "data" / "dev").glob("*.tsv")])
CRISIS = ("crisis_suicide", "crisis_violence", "crisis_child", "crisis_medical")


def _files(language: str) -> dict[str, Any]:
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((DATA / language).glob("*.yml"))
    }


def _lines(content: Any) -> list[str]:
    examples = content["nlu"][0]["examples"].splitlines()
    return [line.removeprefix("- ").strip() for line in examples]


def _same(text: str) -> str:
    return re.sub(r"[^\w]+", " ", text.lower()).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_enough(language: str) -> None:
    needs = set(load().needs) | set(CRISIS)
    files = _files(language)
    assert needs <= files.keys()
    assert len(files) == 48
    for name, content in files.items():
        least = 200 if name in needs else 100
        assert len(_lines(content)) >= least, f"{language}/{name}.yml"
        assert content["nlu"][0]["intent"] == name
        assert content["nlu"][0]["metadata"] == {"language": language}


def test_no_line_stands_twice() -> None:
    seen: dict[str, str] = {}
    for language in LANGUAGES:
        for name, content in _files(language).items():
            for line in _lines(content):
                where = f"{language}/{name}.yml «{line}»"
                assert _same(line) not in seen, f"{where} stands in {seen[_same(line)]} too"
                seen[_same(line)] = where


def test_no_test_case_is_trained_on() -> None:
    trained = {
        _same(line)
        for language in LANGUAGES
        for content in _files(language).values()
        for line in _lines(content)
    }
    for path in EVALUATED:
        for case in read_cases(path):
            assert _same(case["text"]) not in trained, f"{path.name}: «{case['text']}»"


def test_no_note_is_trained_on_or_stands_in_both_sets() -> None:
    """The notes of triage: those that rules are set on, and those set apart."""
    trained = {
        _same(line)
        for language in LANGUAGES
        for content in _files(language).values()
        for line in _lines(content)
    }
    development, apart = (
        {
            _same(json.loads(line)["text"])
            for path in folder.glob("*.jsonl")
            for line in path.read_text(encoding="utf-8").splitlines()
        }
        for folder in (ROOT / "data" / "dev", HERE / "triage")
    )
    assert len(development) > 1000 and len(apart) > 200
    assert not development & trained
    assert not apart & trained
    assert not development & apart


def test_no_test_case_sets_a_threshold() -> None:
    """The development set (thresholds, calibration) and the test sets share no message."""
    development = {
        _same(case["text"])
        for path in sorted((ROOT / "data" / "dev").glob("*.tsv"))
        for case in read_cases(path)
    }
    assert len(development) > 1000
    for path in sorted((HERE / "nlu").rglob("*.tsv")):
        for case in read_cases(path):
            assert _same(case["text"]) not in development, f"{path.name}: «{case['text']}»"


def test_test_cases_name_known_places() -> None:
    known = {place.fr for place in load().places.values()}
    for path in EVALUATED:
        for case in read_cases(path):
            assert not case["place"] or case["place"] in known, f"{path.name}: {case['place']}"


def test_the_lexicons_are_read_by_their_components() -> None:
    lexicons = {p.name for p in Path(ROOT / "data" / "lexicon").iterdir()}
    assert lexicons == {
        "abuse",
        "ages.yml",
        "clauses.yml",
        "crisis",
        "cues.yml",
        "emergency.yml",
        "fillers.yml",
        "names.yml",
        "need_hints.yml",
        "needs.yml",
        "places.yml",
        "requests.yml",
        "spelling.yml",
        "unknown_places.yml",
        "worries.yml",
    }
