"""The measure itself: right figures on a set small enough to count by hand; bad files refused."""

from pathlib import Path

import pytest

from bot.evaluation import BadTestSet, read_cases, scores


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
