"""Triage with the real model: the contract, the rules, and the targets on a set of notes."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.desk.triage import Triage, read_line
from knowledge import directory
from tests.triage.measuring import HERE, WHEN, measure, read

AT = datetime.fromisoformat(WHEN)
#: The targets of triage. For danger this set is no longer apart: docs/triage.md says why.
TARGETS = {
    "needs_f1": 0.88, "first_need": 0.9, "service_in_three": 0.9,
    "crisis_recall": 0.98, "urgency": 0.8,
}  # fmt: skip
DEV = Path(__file__).parents[2] / "data" / "dev" / "triage.jsonl"


@pytest.fixture(scope="module")
def triage(assistant: Assistant) -> Triage:
    return Triage(assistant.parse, lambda: directory().current)


async def test_targets_are_reached_on_notes_set_apart(triage: Triage) -> None:
    notes = read(HERE / "notes.jsonl")
    found = [(await triage.read(note["text"], at=AT)).public() for note in notes]
    figures = measure(zip(notes, found, strict=True))
    short = {name: figures[name] for name, least in TARGETS.items() if figures[name] < least}
    assert not short, figures
    assert figures["underrated_by_two"] == 0


@pytest.mark.parametrize(
    ("name", "recall", "alarms", "heard_at_all"),
    [("danger.jsonl", 0.93, 11, 0.94), ("danger_mixed.jsonl", 0.95, 10, 0.95)],
)
async def test_danger_in_notes_by_somebody_else_is_heard_no_worse_than_before(
    triage: Triage, name: str, recall: float, alarms: int, heard_at_all: float
) -> None:
    """Floors, not targets: docs/triage.md says what is reached, and that it is not enough."""
    notes = read(HERE / name)
    found = [(await triage.read(note["text"], at=AT)).public() for note in notes]
    figures = measure(zip(notes, found, strict=True))
    assert figures["crisis_recall"] >= recall, figures
    assert figures["false_alarms"] <= alarms, figures
    heard = [bool(said["crisis"]) for note, said in zip(notes, found) if note["crisis"]]
    assert sum(heard) / len(heard) >= heard_at_all


def test_sets_are_apart_and_large_enough() -> None:
    dev, apart = read(DEV), read(HERE / "notes.jsonl")
    assert not {n["text"] for n in dev} & {n["text"] for n in apart}
    assert len(dev) >= 60
    for language in ("fr", "de", "lb"):
        assert sum(n["lang"] == language for n in apart) >= 40
    knowledge = directory().current
    for note in [*dev, *apart]:
        for name in (*note["needs"], *note["also"]):
            assert name in knowledge.needs, note
        for name in note["services"]:
            knowledge.service(name)
        if note["place"]:
            assert knowledge.place(note["place"]).fr == note["place"], note


async def test_a_line_is_answered_as_the_contract_says(triage: Triage) -> None:
    line = json.dumps(
        {"text": "Mme K., 34 J., 2 Kinder (3 und 6), Räumung am 15., Esch", "at": WHEN}
    )
    found = await read_line(triage, line)
    assert list(found) == [
        "language", "needs", "crisis", "urgency", "place", "ages", "services", "helplines",
    ]  # fmt: skip
    assert found["needs"][0] == "emergency_housing"
    assert found["urgency"] == "soon"
    assert found["place"] == "Esch-sur-Alzette"
    assert found["ages"] == [34, 3, 6]
    assert 1 <= len(found["services"]) <= 5
    for service in found["services"]:
        directory().current.service(service["id"])
        assert any(reason.startswith("need:") for reason in service["reasons"])
        assert any(reason.startswith("area:") for reason in service["reasons"])


@pytest.mark.parametrize(
    "line", ["", "no json", "[]", "{}", '{"text": 3}', '{"text": "a", "at": "x"}']
)
async def test_a_bad_line_is_said_to_be_one(triage: Triage, line: str) -> None:
    assert set(await read_line(triage, line)) == {"error"}


@pytest.mark.parametrize("text", ["", "   ", "?!", "…", "x" * 9000, "\x00\u202e", "/restart"])
async def test_a_note_that_says_nothing_is_routine(triage: Triage, text: str) -> None:
    case = await triage.read(text, at=AT)
    assert (case.urgency.level, case.crisis) == ("routine", ())


@pytest.mark.parametrize(
    ("text", "need", "quoted"),
    [
        ("Hr. B., 61 J.; GV war da, 3 Mieten offen", "debt_help", "GV"),
        ("mme seule, expulsée hier, dort en voiture", "emergency_housing", "expulsée"),
        ("Näischt méi z'iessen doheem", "food_help", "Näischt méi z'iessen"),
    ],
)
async def test_a_need_quotes_the_words_as_they_were_written(
    triage: Triage, text: str, need: str, quoted: str
) -> None:
    case = await triage.read(text, at=AT)
    said = next(s for s in case.needs if s.name == need)
    assert quoted in said.words
    assert all(words in text for words in said.words)


@pytest.mark.parametrize(
    ("text", "level", "rule"),
    [
        ("Räumung morgen früh, Familie mit Kind", "today", "eviction_now"),
        ("Räumung am 25., Familie mit Kind", "today", "eviction_now"),
        ("Räumung am 15., Familie mit Kind", "soon", "no_home"),
        ("Huissier passé hier, dettes", "soon", "bailiff"),
        ("mari violent il y a 3 ans, cherche logement moins cher", "today", "violence_past"),
        ("Kand eleng doheem fonnt", "immediate", "danger_child"),
        ("Crèche gesicht fir e klengt Kand", "routine", "nothing_pressing"),
    ],
)
async def test_the_rule_behind_an_urgency_is_named(
    triage: Triage, text: str, level: str, rule: str
) -> None:
    urgency = (await triage.read(text, at=AT)).urgency
    assert (urgency.level, urgency.rule) == (level, rule)
    assert set(urgency.why) == {"fr", "de", "lb"}


async def test_danger_shows_the_number_first(triage: Triage) -> None:
    case = await triage.read("Fra 30 J., Mann huet hir mat engem Messer gedreet", at=AT)
    assert case.helplines[0].id == "113"
    assert case.urgency.risk == "A"


@pytest.mark.parametrize(
    ("text", "crisis", "need"),
    [
        ("Loyer impayé depuis 3 mois. Son mari l'a étranglée.", "crisis_violence", "debt_help"),
        ("dort en voiture depuis que son ami l'a battue", "crisis_violence", "emergency_housing"),
        ("Sucht Putzstelle; Mann schlägt sie", "crisis_violence", "job_insertion"),
        ("Budgetberatung gewünscht. Will nicht mehr leben.", "crisis_suicide", "budget_help"),
        ("Sicht eng Crèche. Den Ex dreet si ëmzebréngen.", "crisis_violence", "childcare"),
        ("ouni Doheem, huet Pëllen geschléckt", "crisis_medical", "emergency_housing"),
        (
            "Fr. 34 J., 2 Kd., Miete 3 Monate offen. Mann hat sie am Hals gepackt.",
            "crisis_violence",
            "debt_help",
        ),
        (
            "Fra, 2 Kanner, Loyer 3 Méint net bezuelt. De Mann huet si um Hals gepaakt.",
            "crisis_violence",
            "debt_help",
        ),
    ],
)
async def test_danger_hides_no_need_told_beside_it(
    triage: Triage, text: str, crisis: str, need: str
) -> None:
    case = await triage.read(text, at=AT)
    assert crisis in [said.name for said in case.crisis]
    assert need in [said.name for said in case.needs]
    assert case.urgency.level == "immediate"


@pytest.mark.parametrize(
    "text",
    [
        "Kita meldet: Junge 5 J., blaue Flecken am Rücken",
        "Crèche signale : petit de 3 ans battu par son père",
        "Maison relais: Kand gëtt doheem geschloen",
    ],
)
async def test_who_reports_danger_asks_for_no_place(triage: Triage, text: str) -> None:
    case = await triage.read(text, at=AT)
    assert "crisis_child" in [said.name for said in case.crisis]
    assert "childcare" not in [said.name for said in case.needs]


async def test_danger_late_in_a_long_note_is_heard(triage: Triage) -> None:
    long = (
        "Erstgespräch, Herr sucht Arbeit. " * 25 + "Am Schluss sagt er, er will nicht mehr leben."
    )
    case = await triage.read(long, at=AT)
    assert case.crisis[0].name == "crisis_suicide"
    assert case.urgency.level == "immediate"
