"""The gate on the held-out test sets: written apart from the training data, never trained on.

`tests/nlu` was written by people who saw neither training data nor results; `tests/nlu/regression`
is the older set, whose errors have been looked at. Floors lie about 0.02 below what was measured
(docs/nlu.md): a real loss fails, another run does not.
"""

import csv
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.evaluation import evaluate, read_cases
from bot.nlu.files import LEXICON, read_words
from bot.parsed import parsed as parsed_line
from tests.conftest import HERE, LANGUAGES, public_test_set

LEAST_PER_INTENT = 10
FLOORS = {"fr": 0.915, "de": 0.90, "lb": 0.90}
REGRESSION_FLOORS = {"fr": 0.88, "de": 0.88, "lb": 0.85}
REGRESSION_CRISIS = 0.93
SEVERAL, FIRST = 0.60, 0.74
REGRESSION_AGES = 0.90
EXPLICIT, INDIRECT, FALSE_ALARMS = 0.98, 0.92, 0.018
PLACES, AGES, LANGUAGE = 0.955, 0.93, 0.965
OUTSIDE_REJECTED, INSIDE_REJECTED = 0.87, 0.05
CALIBRATION = 0.05
#: Public sentences nobody of this project wrote: file, least share right, over all of its rows.
PUBLIC = {
    "chatlike": 0.99,
    "chatlike_nodia": 0.99,
    "frag3": 0.97,
    "frag3_nodia": 0.97,
    "real_lid": 0.87,
}


async def _measure(assistant: Assistant, path: Path) -> dict[str, Any]:
    cases = read_cases(path)
    parsed = [parsed_line(c["text"], await assistant.parse(c["text"])) for c in cases]
    return {"by_file": evaluate(cases, parsed), "cases": cases, "parsed": parsed}


@pytest.fixture(scope="session")
async def measured(assistant: Assistant) -> dict[str, dict[str, Any]]:
    return {g: await _measure(assistant, HERE / "nlu" / f"{g}.tsv") for g in LANGUAGES}


@pytest.fixture(scope="session")
def together(measured: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The three languages as one set: rare things need many cases to be counted."""
    cases = [c for g in LANGUAGES for c in measured[g]["cases"]]
    return evaluate(cases, [p for g in LANGUAGES for p in measured[g]["parsed"]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_intents(measured: dict[str, dict[str, Any]], language: str) -> None:
    result = measured[language]["by_file"]
    assert result["macro_f1"] >= FLOORS[language], result["confused"][:10]
    assert result["language"] >= LANGUAGE


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_older_set(assistant: Assistant, language: str) -> None:
    found = await _measure(assistant, HERE / "nlu" / "regression" / f"{language}.tsv")
    result = found["by_file"]
    assert result["macro_f1"] >= REGRESSION_FLOORS[language], result["confused"][:10]
    assert result["place"] >= PLACES
    assert result["age"] >= REGRESSION_AGES
    assert result["crisis"]["recall"] >= REGRESSION_CRISIS


def test_luxembourgish_is_understood_as_well_as_french(
    measured: dict[str, dict[str, Any]],
) -> None:
    gap = measured["fr"]["by_file"]["macro_f1"] - measured["lb"]["by_file"]["macro_f1"]
    assert gap <= 0.03


def test_crisis(together: dict[str, Any]) -> None:
    crisis = together["crisis"]
    assert crisis["recall_explicit"] >= EXPLICIT
    assert crisis["recall_indirect"] >= INDIRECT
    assert crisis["false_alarms"] <= FALSE_ALARMS


def test_rejection(together: dict[str, Any]) -> None:
    assert together["out_of_scope"]["rejected"] >= OUTSIDE_REJECTED
    assert together["out_of_scope"]["in_scope_rejected"] <= INSIDE_REJECTED


def test_several_needs(together: dict[str, Any]) -> None:
    assert together["needs"]["all_found"] >= SEVERAL
    assert together["needs"]["first_right"] >= FIRST


def test_details(together: dict[str, Any]) -> None:
    assert together["place"] >= PLACES
    assert together["age"] >= AGES


def test_it_is_as_sure_as_it_is_right(together: dict[str, Any]) -> None:
    assert together["calibration"]["ece"] <= CALIBRATION


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_set_covers_every_intent(language: str) -> None:
    cases = read_cases(HERE / "nlu" / f"{language}.tsv")
    counts: dict[str, int] = {}
    for case in cases:
        counts[case["intent"]] = counts.get(case["intent"], 0) + 1
    assert len(counts) == 48
    assert min(counts.values()) >= LEAST_PER_INTENT, counts


@pytest.mark.parametrize("name", sorted(PUBLIC))
async def test_public_language_set(assistant: Assistant, name: str) -> None:
    """Sentences nobody of this project wrote (path in an environment variable), without context."""
    path = public_test_set("lid") / f"{name}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in rows if len(row) > 1][::3]
    assert len(rows) > 150
    found = [(await assistant.parse(row[0]))["language"] for row in rows]
    right = sum(language == row[1] for language, row in zip(found, rows))
    assert right / len(rows) >= PUBLIC[name]


async def test_one_word_with_the_language_of_the_conversation(assistant: Assistant) -> None:
    """A single word keeps the conversation's language, and hardly ever changes it wrongly."""
    from rasa.core.channels.channel import UserMessage

    path = public_test_set("lid") / "frag1.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in rows if len(row) > 1][::3]
    processor = assistant._agent.processor  # type: ignore[union-attr]
    found = []
    for text, language, *_ in rows:
        message = UserMessage(text=text, metadata={"language": language})
        found.append((await processor.parse_message(message))["language"] == language)
    assert sum(found) / len(found) >= 0.95


async def test_every_cry_the_patterns_promise_is_heard_by_the_whole(assistant: Assistant) -> None:
    """The model may deny a pattern (`bot.nlu.danger`), but not in what the pattern promises."""
    promised = [
        text
        for path in sorted((LEXICON / "crisis").glob("*.yml"))
        for name, entries in read_words(path).items()
        for entry in entries
        if isinstance(entry, dict)
        for text in entry.get("not" if name == "idioms" else "catches", [])
    ]
    assert len(promised) > 1000
    assert not [text for text in promised if not (await assistant.parse(text))["crisis"]]
