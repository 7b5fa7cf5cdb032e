"""The audit: every gap is found, the most important first, and the exit code says when to stop."""

import json
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Callable, Optional

import pytest
import yaml

from knowledge import FOLDER, Audit, audit, load
from knowledge.__main__ import main

AT = datetime(2026, 11, 28, 12, 0)


@pytest.fixture(scope="module")
def found() -> Audit:
    return audit(load(), at=AT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


def _edit(path: Path, change: Callable[[Any], object]) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _gaps(found: Audit, kind: str, name: str) -> dict[str, list[str]]:
    return next((dict(e.gaps) for e in found.entries if (e.kind, e.id) == (kind, name)), {})


def test_gaps_of_an_entry(found: Audit) -> None:
    assert _gaps(found, "service", "premier-appel") == {
        "missing": ["email", "languages", "cost", "holidays"],
        "contradictory": ["hours"],
        "unconfirmed": ["address", "phone", "hours"],
        "stale": ["address", "phone", "hours", "eligibility"],
    }
    assert _gaps(found, "service", "club-welle-wain") == {
        "unreachable": ["contact"],
        "missing": ["address", "phone", "email", "hours"],
    }
    assert "phone" in _gaps(found, "association", "inter-actions-asbl")["stale"]
    assert _gaps(found, "helpline", "112")["undated"] == ["phone"]


def test_what_the_kind_of_service_says_is_not_missing(found: Audit) -> None:
    missing = _gaps(found, "service", "maison-relais-nic-welter")["missing"]
    assert "cost" not in missing and "phone" in missing
    assert _gaps(found, "type", "maison_relais")["unconfirmed"] == ["cost"]


def test_every_entry_is_looked_at(found: Audit) -> None:
    knowledge = load()
    kinds = {e.kind for e in found.entries}
    assert kinds == {"association", "service", "partner", "helpline", "type"}
    flagged = {s.id for s in knowledge.services.values()
               if any(not f.confirmed for f in s.facts.get("phone"))}  # fmt: skip
    assert flagged == {
        e.id for e in found.entries
        if e.kind == "service" and "phone" in e.gaps.get("unconfirmed", [])
    }  # fmt: skip


def test_the_most_important_comes_first(found: Audit) -> None:
    weights = [e.weight for e in found.entries]
    assert weights == sorted(weights, reverse=True)
    assert found.entries[0].id == "inter-actions-asbl"  # every answer falls back on it


def test_totals_count_the_gaps(found: Audit) -> None:
    for kind, number in found.totals.items():
        assert number == sum(len(e.gaps.get(kind, [])) for e in found.entries)
    assert found.totals["blocking"] == 0


def test_at_another_day_other_facts_are_old() -> None:
    knowledge = load()
    days = [datetime(year, 1, 1) for year in (2024, 2026, 2028)]
    stale = [audit(knowledge, at=day).totals["stale"] for day in days]
    assert stale == sorted(stale) and len(set(stale)) == 3


def test_an_untranslated_text(folder: Path) -> None:
    _edit(folder / "services/coup-de-pouce.yml", lambda data: data["facts"]["cost"][0].pop("words"))
    assert _gaps(audit(load(folder), at=AT), "service", "coup-de-pouce")["untranslated"] == ["cost"]


def _say_the_same(data: Any) -> None:
    data["description"] = dict.fromkeys(("fr", "de", "lb"), "Aide au logement.")
    data["facts"]["cost"][0]["words"] = dict.fromkeys(("fr", "de", "lb"), "10 euros")


def test_the_same_words_in_all_languages_are_no_translation(folder: Path) -> None:
    _edit(folder / "services/coup-de-pouce.yml", _say_the_same)
    gaps = _gaps(audit(load(folder), at=AT), "service", "coup-de-pouce")
    assert gaps["untranslated"] == ["description", "cost"]


@pytest.mark.parametrize(
    ("hours", "holidays", "gap"),
    [
        ("Mo-Fr 08:00-17:00", "unknown", True),
        ("Mo-Fr 08:00-17:00", "closed", False),
        ("Mo-Fr 08:00-17:00; PH off", "unknown", False),
        ("24/7", "unknown", False),
        (None, "unknown", True),
        (None, "open", False),
    ],
)
def test_unknown_public_holidays(
    folder: Path, hours: Optional[str], holidays: str, gap: bool
) -> None:
    """Where hours are known, in words or to compute with, so must be what holds on holidays."""

    def change(data: Any) -> None:
        data["holidays"] = holidays
        fact = {"value": "x", "source": "x", "reliability": "official", "confirmed": True}
        data["facts"]["hours"] = [{**fact, "opening_hours": hours}]

    _edit(folder / "services/polygone.yml", change)
    gaps = _gaps(audit(load(folder), at=AT), "service", "polygone")
    assert ("holidays" in gaps["missing"]) is gap


def _contradict(data: Any) -> None:
    data["facts"]["address"][0].update(confirmed=False, contradicted=True)


def _date_ahead(data: Any) -> None:
    data["facts"]["website"][0].update(date="2027", year=2027)


def _forget_phone(data: Any) -> None:
    data["facts"]["phone"] = None


@pytest.mark.parametrize(
    ("file", "change", "field"),
    [
        ("services/polygone.yml", _contradict, "address"),
        ("services/tiers-lieu.yml", _date_ahead, "website"),
        ("helplines/112.yml", _forget_phone, "phone"),
    ],
)
def test_what_must_not_be_shipped(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    change: Callable[[Any], object],
    field: str,
) -> None:
    _edit(folder / file, change)
    assert main(["--folder", str(folder), "audit", "--at", "2026-11-28", "--json"]) == 1
    first, *others = json.loads(capsys.readouterr().out)["entries"]
    assert first["id"] == Path(file).stem and field in first["gaps"]["blocking"]
    assert not [e for e in others if "blocking" in e["gaps"]]


def test_command_line(capsys: pytest.CaptureFixture[str], found: Audit) -> None:
    assert main(["audit", "--at", "2026-11-28"]) == 0
    table = capsys.readouterr().out
    assert re.search(
        r"^service/premier-appel +missing +email, languages, cost, holidays$", table, re.M
    )
    assert table.splitlines()[-1].startswith(f"{len(found.entries)} entries with gaps: blocking 0")
    assert main(["audit", "--at", "2026-11-28", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["at"] == "2026-11-28"
    assert document["totals"] == found.totals
    assert main(["audit", "--at", "2026-11-28", "--strict"]) == 1


def test_a_directory_without_gaps_passes_strictly() -> None:
    assert not Audit(AT, []).fails(strict=True)


def test_a_broken_directory_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "services" / "surendettement.yml"
    _edit(file, lambda data: data["facts"]["phone"][0].update(value="1"))
    assert main(["--folder", str(folder), "audit"]) == 1
    said = capsys.readouterr()
    assert said.out == "" and "surendettement.yml" in said.err and "facts.phone.0.value" in said.err


def test_what_is_over_or_not_translated_by_date(folder: Path) -> None:
    def change(data: Any) -> None:
        same = dict.fromkeys(("fr", "de", "lb"), "Inventaire")
        reason = {"fr": "congé", "de": "Urlaub", "lb": "Congé"}
        data["exceptions"] = [{"from": "2026-11-01", "to": "2026-11-27", "reason": reason}]
        data["alerts"] = [{"until": "2026-11-28", "text": same}]

    _edit(folder / "services" / "ecotec.yml", change)
    gaps = _gaps(audit(load(folder), at=AT), "service", "ecotec")
    assert gaps["expired"] == ["exceptions"] and gaps["untranslated"] == ["alerts"]
    later = _gaps(audit(load(folder), at=AT + timedelta(days=1)), "service", "ecotec")
    assert later["expired"] == ["exceptions", "alerts"]
    season = _gaps(audit(load(folder), at=AT), "service", "wanteraktioun-coordination-de-terrain")
    assert season["expired"] == ["hours"], "the season 2025/2026 is over"
