"""The measure itself: right figures on a set small enough to count by hand; bad files refused."""

from pathlib import Path

import pytest

from bot.evaluation import (
    BadTestSet,
    calibration,
    evaluate,
    read_cases,
    scores,
    write_report,
)


def test_scores_by_hand() -> None:
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]
    # a: precision 1, recall 1/2, F1 2/3. b: precision 2/3, recall 1, F1 4/5.
    assert scores(pairs) == {"accuracy": 0.75, "macro_f1": round((2 / 3 + 4 / 5) / 2, 4)}
    assert scores([]) == {"accuracy": 0.0, "macro_f1": 0.0}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no rows"),
        ("text\tlang\nmoien\tlb\n", "no column 'intent'"),
        ("text\tlang\tintent\nmoien\t\tgreet\n", ":2:"),
    ],
)
def test_a_bad_file(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "cases.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadTestSet, match=message):
        read_cases(path)


def test_calibration_by_hand() -> None:
    # 0.95 sure and right half of the time: 0.45 off. 0.15 sure and never right: 0.15 off.
    found = calibration([0.95, 0.95, 0.15, 0.15], [True, False, False, False])
    assert found["ece"] == pytest.approx((2 * 0.45 + 2 * 0.15) / 4)
    assert [row["cases"] for row in found["bins"]] == [2, 2]
    assert calibration([], []) == {"ece": 0.0, "bins": []}


CASES = [
    {"text": "dettes", "lang": "fr", "intent": "debt_help", "place": "Mersch", "noise": "clean"},
    {"text": "Hunger und Schulden", "lang": "de", "intent": "food_help", "also": "debt_help"},
    {"text": "keng Loscht méi", "lang": "lb", "intent": "crisis_suicide", "noise": "indirect"},
    {"text": "wat gëtt d'Wieder", "lang": "lb", "intent": "out_of_scope"},
]
PARSED = [
    {"intent": "debt_help", "language": "fr", "place": "Mersch", "confidence": 0.9},
    {"intent": "food_help", "language": "de", "needs": ["food_help", "debt_help"], "confidence": 1},
    {"intent": "greet", "language": "lb", "crisis": [], "confidence": 0.6},
    {"intent": "nlu_fallback", "language": "lb", "crisis": ["crisis_child"], "confidence": 0.2},
]
EMPTY = {"needs": [], "crisis": [], "place": None, "age": None}


def _measured() -> dict[str, object]:
    return evaluate(CASES, [{**EMPTY, **p} for p in PARSED])


def test_the_figures_by_hand() -> None:
    result = _measured()
    assert result["accuracy"] == 0.5
    assert result["place"] == 1.0
    assert result["age"] is None
    assert result["needs"] == {"cases": 1, "all_found": 1.0, "first_right": 1.0}
    assert result["crisis"]["recall"] == 0.0
    assert result["crisis"]["recall_explicit"] is None
    assert result["crisis"]["false_alarms"] == pytest.approx(1 / 3, abs=1e-4)
    assert result["out_of_scope"] == {"rejected": 1.0, "in_scope_rejected": 0.0}
    assert result["per_intent"]["crisis_suicide"]["confused_with"] == {"greet": 1}


def test_the_report_says_what_changed(tmp_path: Path) -> None:
    result = _measured()
    parsed = [{**EMPTY, **p} for p in PARSED]
    write_report(tmp_path, result, CASES, parsed)
    first = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| all | 4 | 50.0 | 50.0 |" in first
    assert "| keng Loscht méi | crisis_suicide | greet | 60.0 |" in first
    parsed[2]["intent"] = "crisis_suicide"
    write_report(tmp_path, evaluate(CASES, parsed), CASES, parsed)
    second = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| all | 4 | 75.0 (+25.0) | 75.0 (+25.0) |" in second
    for name in ("confusion.png", "calibration.png"):
        assert (tmp_path / name).stat().st_size > 5000
    (tmp_path / "report.json").write_text("broken", encoding="utf-8")
    write_report(tmp_path, result, CASES, parsed)
    assert "nothing to compare with" in (tmp_path / "report.md").read_text(encoding="utf-8")
