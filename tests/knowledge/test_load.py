"""Broken files: every problem is named with file, line and field, and nothing is loaded."""

import shutil
from pathlib import Path
from typing import Callable

import pytest

from knowledge import FOLDER, InvalidKnowledge, Knowledge, load

SERVICE = "services/surendettement.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real knowledge base, to be broken."""
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


def _replace(path: Path, old: str, new: str) -> int:
    """Replaces text once; returns the line it starts on."""
    content = path.read_text(encoding="utf-8")
    assert old in content, f"{path.name} does not hold {old!r}"
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return content[: content.index(old)].count("\n") + 1


def test_the_real_files_load() -> None:
    knowledge = load()
    assert isinstance(knowledge, Knowledge)
    assert len(knowledge.services) == 53
    assert len(knowledge.helplines) == 29
    assert len(knowledge.partners) == 68
    communes = [p for p in knowledge.places.values() if p.kind == "commune"]
    quarters = [p for p in knowledge.places.values() if p.kind == "quarter" and not p.parts]
    assert (len(communes), len(quarters)) == (100, 24)


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "message"),
    [
        (SERVICE, "type: debt_counselling", "type: unheard_of", "type", "types.yml"),
        (SERVICE, "- debt_help", "- debt_hlep", "needs.0", "not a known need"),
        (SERVICE, "id: surendettement", "id: dettes", "id", "file's name"),
        (SERVICE, "operator: inter-actions", "operator: partner", "operator", "must be"),
        (SERVICE, "operator: inter-actions", "opertor: inter-actions", "opertor", "not permitted"),
        (SERVICE, "national: true", "national: false", "serves", "communes"),
        (SERVICE, "reliability: press", "reliability: rumour", "reliability", "valid"),
        (SERVICE, "value: 54 77 24 - 22", "value: '1'", "facts.phone.0.value", "telephone"),
        (SERVICE, "value: endettement@i-a.lu", "value: endettement", "facts.email.0", "e-mail"),
        (SERVICE, "Mo-Fr 08:00-17:00", "whenever", "opening_hours", "syntax"),
        (SERVICE, "founded: 1991", "founded: 1991\nfounded: 1992", "founded", "twice"),
        ("needs.yml", "- surendettement", "- nobody", "debt_help.first.0", "not a known service"),
        ("crisis.yml", "sos-detresse", "sos-detrese", "crisis_suicide.1", "not a known helpline"),
        ("places/quarters.yml", "commune: luxembourg", "commune: paris", "0.commune", "paris"),
        ("social_offices.yml", "- beaufort", "- befort", "0.communes.0", "not a known place"),
    ],
)
def test_a_broken_value_is_named(
    folder: Path, file: str, old: str, new: str, field: str, message: str
) -> None:
    line = _replace(folder / file, old, new)
    with pytest.raises(InvalidKnowledge) as caught:
        load(folder)
    problems = caught.value.problems
    found = [p for p in problems if p.file == folder / file and field in p.field]
    assert found, [str(p) for p in problems]
    assert message in found[0].message
    if field not in ("file", "serves"):
        assert abs(found[0].line - line) <= 1, str(found[0])


@pytest.mark.parametrize(
    ("breaking", "message"),
    [
        (lambda path: path.write_text("id: [", encoding="utf-8"), "not YAML"),
        (lambda path: path.write_text("", encoding="utf-8"), "is empty"),
        (lambda path: path.write_text("- a list", encoding="utf-8"), "mapping"),
        (lambda path: path.write_bytes(b"name: \xff\xfe"), "cannot be read"),
    ],
)
def test_a_file_that_is_none(
    folder: Path, breaking: Callable[[Path], object], message: str
) -> None:
    breaking(folder / SERVICE)
    with pytest.raises(InvalidKnowledge) as caught:
        load(folder)
    assert any(p.file.name == "surendettement.yml" and message in p.message
               for p in caught.value.problems)  # fmt: skip


def test_every_problem_is_reported_at_once(folder: Path) -> None:
    _replace(folder / SERVICE, "type: debt_counselling", "type: x")
    _replace(folder / "services/polygone.yml", "type: job_insertion_company", "type: y")
    with pytest.raises(InvalidKnowledge) as caught:
        load(folder)
    assert len(caught.value.problems) == 2


def test_a_missing_word_in_one_language(folder: Path) -> None:
    path = folder / "wording" / "lb.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join(text.splitlines()[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match="is missing"):
        load(folder)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidKnowledge):
        load(tmp_path)
