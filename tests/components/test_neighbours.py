"""What the nearest sentences say."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.nlu.neighbours import Neighbours

NAMES = ["debt_help", "food_help", "greet"]


@pytest.fixture(scope="module")
def sentences() -> tuple[Any, list[str]]:
    """Three bundles of vectors, each round a direction of its own, and some strays in between."""
    rng = np.random.default_rng(7)
    rows, labels = [], []
    for at, name in enumerate(NAMES):
        middle = np.zeros(96)
        middle[at] = 3.0
        rows.append(middle + rng.normal(0, 0.5, (900, 96)))
        labels += [name] * 900
    return np.concatenate(rows).astype(np.float32), labels


def test_the_votes_are_those_of_an_exact_search(sentences: tuple[Any, list[str]]) -> None:
    rows, labels = sentences
    found = Neighbours.fit(rows, labels, NAMES, list(range(len(labels))))
    asked = np.random.default_rng(8).normal(0, 1, (60, 96)).astype(np.float32)
    asked[:, :3] += np.eye(3)[np.arange(60) % 3] * 2
    votes = found.probabilities(asked)
    assert votes.shape == (60, 3)
    assert np.allclose(votes.sum(axis=1), 1.0)
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    same = 0
    for vector, row in zip(asked, votes):
        alike = units @ (vector / np.linalg.norm(vector))
        nearest = np.argsort(-alike)[:8]
        weights = np.exp((alike[nearest] - alike[nearest[0]]) / 0.05)
        exact = [weights[[labels[i] == name for i in nearest]].sum() for name in NAMES]
        same += int(np.argmax(exact) == row.argmax())
    assert same >= 57


def test_the_nearer_sentence_counts_more() -> None:
    rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.8, -0.6]], dtype=np.float32)
    found = Neighbours.fit(rows, ["greet", "debt_help", "debt_help"], NAMES, [0, 1, 2])
    [votes] = found.probabilities(np.array([[1.0, 0.0]], dtype=np.float32))
    assert votes[NAMES.index("greet")] > 0.9
    assert votes[NAMES.index("food_help")] == 0.0


def test_what_is_written_reads_back_the_same(
    sentences: tuple[Any, list[str]], tmp_path: Path
) -> None:
    rows, labels = sentences
    found = Neighbours.fit(rows, labels, NAMES, list(range(len(labels))))
    found.write(tmp_path)
    again = Neighbours.read(tmp_path)
    assert np.array_equal(found.probabilities(rows[:50]), again.probabilities(rows[:50]))
