"""Naive Bayes by tokens: the figures of the plain definition, and what is kept."""

import math
from pathlib import Path

import pytest

from bot.nlu.naive_bayes import NaiveBayes

_TEXTS = ["ech hunn dat net", "ech sinn do", "ich habe das nicht", "ich bin da"]
_LABELS = ["lb", "lb", "de", "de"]


@pytest.fixture
def model() -> NaiveBayes:
    return NaiveBayes.fit(_TEXTS, _LABELS, longest=2, smoothing=0.5, word_weight=3)


def test_tells_the_languages_apart(model: NaiveBayes) -> None:
    assert model.probabilities("ech net")["lb"] > 0.9
    assert model.probabilities("Ich nicht")["de"] > 0.9


def test_nothing_known_is_equally_likely(model: NaiveBayes) -> None:
    assert model.probabilities("")["lb"] == pytest.approx(0.5)
    assert sum(model.probabilities("ech").values()) == pytest.approx(1.0)


def test_words_and_letters_as_defined() -> None:
    """One letter long n-grams and two words: small enough to count by hand."""
    model = NaiveBayes.fit(["a a", "b"], ["x", "y"], longest=1, smoothing=1.0, word_weight=2.0)
    # Each text is read twice (as written, folded): class x has 4 "a" and 8 edges, y 2 "b" and 4.
    x = math.log(5 / (5 + 9 + 1)) + 2 * math.log(9 / 15) + 2 * math.log(5 / 6)
    y = math.log(1 / (1 + 5 + 3)) + 2 * math.log(5 / 9) + 2 * math.log(1 / 4)
    assert model.probabilities("a")["x"] == pytest.approx(1 / (1 + math.exp(y - x)), abs=1e-6)


def test_accents_do_not_matter_much() -> None:
    model = NaiveBayes.fit(
        ["wéi vill kascht dat", "combien ça coûte"],
        ["lb", "fr"],
        longest=3,
        smoothing=0.1,
        word_weight=4,
    )
    assert model.probabilities("wei vill")["lb"] > 0.9
    assert model.probabilities("ca coute")["fr"] > 0.9


def test_is_the_same_after_reading(model: NaiveBayes, tmp_path: Path) -> None:
    model.write(tmp_path)
    for text in (*_TEXTS, "hunn nicht"):
        assert NaiveBayes.read(tmp_path).probabilities(text) == model.probabilities(text)
