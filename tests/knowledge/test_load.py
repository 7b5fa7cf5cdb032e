"""Broken files: every problem is named with file, line and field, and nothing is loaded."""

import shutil
from pathlib import Path
from typing import Callable

import pytest

from knowledge import FOLDER, InvalidKnowledge, Knowledge, load

SERVICE = "services/surendettement.yml"
EIMAB = "services/maison-relais-eimab.yml"
LALADUDO = "services/foyer-de-jour-laladudo.yml"
GARE = "services/maison-des-jeunes-gare.yml"
OTHER = "ensemble-neudorf-grund"
NEUDORF = f"services/{OTHER}-neudorf.yml"
SAME = "same_service_as:"
QUARTERS = "places/quarters.yml"


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
        (SERVICE, "value: endettement@i-a.lu", "value: a@b@i-a.lu", "facts.email.0", "e-mail"),
        (SERVICE, "value: 54 77 24 - 22", "value: +33 1 42 34 56 78", "phone.0.value", "+352"),
        (SERVICE, "value: 54 77 24 - 22", "value: 54 77 24 / 25", "phone.0.value", "digits"),
        (SERVICE, "value: 54 77 24 - 22", "value: 54 77 24 22 poste 3", "phone.0", "digits"),
        (SERVICE, "value: 54 77 24 - 22", "value: '54 77'", "phone.0.value", "too short"),
        (SERVICE, "https://www.endettement.lu", "https://endettement", "website.0", "web address"),
        (SERVICE, "date: 2025-04", "date: 2025-13", "facts.website.0.date", "no date"),
        (SERVICE, "date: 2025-04", "date: April 2025", "facts.website.0.date", "no date"),
        (SERVICE, "year: 2025", "year: 2024", "facts.website.0.year", "not the year"),
        (EIMAB, "L-7590", "L-75901", "facts.address.0.value", "post code"),
        (EIMAB, "L-7590", "L-0590", "facts.address.0.value", "post code"),
        (GARE, "value: 12-25", "value: 25-12", "age_range", "12-25"),
        (LALADUDO, "49.6207521", "48.85", "coordinates.0", "inside Luxembourg"),
        ("association.yml", "id: inter-actions-asbl", "id: polygone", "id", "also the id"),
        ("partners/one.yml", "id: one\n", "id: polygone\n", "id", "file's name"),
        (NEUDORF, f"{SAME} {OTHER}", f"{SAME} {OTHER}-neudorf", SAME[:-1], "back"),
        (QUARTERS, "- bonnevoie-nord-verlorenkost", "- bonnevoie", ".parts", "has parts itself"),
        (QUARTERS, "commune: luxembourg", "commune: gare", "0.commune", "not a commune"),
        (QUARTERS, "id: belair", "id: beggen", "1.id", "used by another place"),
        (SERVICE, "Mo-Fr 08:00-17:00", "whenever", "opening_hours", "syntax"),
        (SERVICE, "founded: 1991", "founded: 1991\nfounded: 1992", "founded", "twice"),
        (
            SERVICE,
            "endettement@i-a.lu",
            "endettement@i-a.lu\n    only: true",
            "email.0.only",
            "belongs",
        ),
        (SERVICE, "Mo-Fr 08:00-17:00", "SH 08:00-17:00", "opening_hours", "school holidays"),
        (SERVICE, "facts:", "holidays: never\nfacts:", "holidays", "closed"),
        (
            "partners/creches-vdl.yml",
            "residents:\n  - luxembourg",
            "residents:\n  - paris",
            "residents.0",
            "not a known place",
        ),
        ("needs.yml", "- surendettement", "- nobody", "debt_help.first.0", "not a known service"),
        ("crisis.yml", "sos-detresse", "sos-detrese", "crisis_suicide.1", "not a known helpline"),
        (QUARTERS, "commune: luxembourg", "commune: paris", "0.commune", "paris"),
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
        (lambda path: path.write_text("id: a\n b: c", encoding="utf-8"), "not YAML"),
        (
            lambda path: path.write_text("id: &a\n  b: [*a]", encoding="utf-8"),
            "refers to another part",
        ),
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


def test_references_in_a_ring(folder: Path) -> None:
    """A service that stands for a second one, which stands for the first."""
    with (folder / "services/ensemble-neudorf-grund.yml").open("a", encoding="utf-8") as file:
        file.write("same_service_as: ensemble-neudorf-grund-neudorf\n")
    with pytest.raises(InvalidKnowledge) as caught:
        load(folder)
    assert len(caught.value.problems) == 1
    problem = caught.value.problems[0]
    assert problem.file.parent.name == "services" and problem.field == "same_service_as"
    one, other = "ensemble-neudorf-grund", "ensemble-neudorf-grund-neudorf"
    assert any(f"{a} -> {b} -> {a}" in problem.message for a, b in ((one, other), (other, one)))


@pytest.mark.parametrize("field", ["phone", "email", "address"])
def test_the_associations_own_contact_must_be_known(folder: Path, field: str) -> None:
    path = folder / "association.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index(f"  {field}:")
    end = text.index("\n  ", text.index("confirmed: false", start))
    while text[end + 3] == " ":
        end = text.index("\n  ", end + 1)
    path.write_text(f"{text[:start]}  {field}: null{text[end:]}", encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match=f"facts.{field}: must be known"):
        load(folder)
