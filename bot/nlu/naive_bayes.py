"""Multinomial naive Bayes on the character n-grams and words of a text.

See McCallum & Nigam (1998), "A comparison of event models for naive Bayes". N-grams do not cross
a space, so everything is counted and scored token by token: most tokens come again and again.
"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np

from bot.nlu.files import read_json, write_json
from bot.nlu.text import fold

_WORD = re.compile(r"[^\W\d_]+")
#: Rarer n-grams and words are left out.
_LEAST = 2
#: So many tokens' scores are remembered.
_REMEMBERED = 20_000


class NaiveBayes:
    """P(class | text), all classes being equally likely beforehand.

    `weights`: log-probabilities, a row for each n-gram of `grams`, then for each word of `words`.
    """

    def __init__(
        self, classes: List[str], longest: int, grams: List[str], words: List[str], weights: Any
    ) -> None:
        self.classes = classes
        self._longest = longest
        self._grams = {gram: row for row, gram in enumerate(grams)}
        self._words = {word: row for row, word in enumerate(words, start=len(grams))}
        self._weights = weights
        self._token_scores = lru_cache(_REMEMBERED)(self._score)

    @classmethod
    def fit(
        cls,
        texts: List[str],
        labels: List[str],
        *,
        longest: int,
        smoothing: float,
        word_weight: float,
    ) -> "NaiveBayes":
        """Trains on each text twice: as written and without accents, as people type on a phone.

        `longest`: letters of the longest n-gram. A whole word counts as much as `word_weight`
        n-grams.
        """
        classes = sorted(set(labels))
        tokens: Dict[str, Counter[str]] = {name: Counter() for name in classes}
        for text, label in zip(texts, labels):
            tokens[label].update(text.lower().split())
            tokens[label].update(fold(text).split())
        # Each token once, however often it comes: tokens x classes.
        every = sorted(set().union(*tokens.values()))
        counts = np.array([[tokens[name][token] for name in classes] for token in every])
        grams = _summed([_grams(token, longest) for token in every], counts)
        words = _summed([_WORD.findall(token) for token in every], counts)
        # Two kinds of evidence, each a distribution of its own.
        gram_names, gram_weights = _distribution(grams, smoothing)
        word_names, word_weights = _distribution(words, smoothing)
        weights = np.vstack([gram_weights, word_weights * word_weight]).astype(np.float32)
        return cls(classes, longest, gram_names, word_names, weights)

    def probabilities(self, text: str) -> Dict[str, float]:
        """P(class | text). A text without anything known is equally likely in all."""
        scores = np.zeros(len(self.classes))
        for token in text.lower().split():
            scores += self._token_scores(token)
        scores = np.exp(scores - scores.max())
        scores /= scores.sum()
        return dict(zip(self.classes, map(float, scores)))

    def _score(self, token: str) -> Any:
        rows = [r for g in _grams(token, self._longest) if (r := self._grams.get(g)) is not None]
        rows += [r for w in _WORD.findall(token) if (r := self._words.get(w)) is not None]
        return self._weights[rows].sum(axis=0, dtype=np.float64)

    def write(self, folder: Path) -> None:
        about = {
            "classes": self.classes,
            "longest": self._longest,
            "grams": list(self._grams),
            "words": list(self._words),
        }
        write_json(folder / "language.json", about)
        np.savez_compressed(folder / "language.npz", weights=self._weights)

    @classmethod
    def read(cls, folder: Path) -> "NaiveBayes":
        about = read_json(folder / "language.json")
        with np.load(folder / "language.npz", allow_pickle=False) as arrays:
            weights = arrays["weights"]
        return cls(about["classes"], about["longest"], about["grams"], about["words"], weights)


def _grams(token: str, longest: int) -> List[str]:
    """All n-grams of a token, its edges marked by spaces."""
    padded = f" {token} "
    return [
        padded[start : start + size]
        for size in range(1, longest + 1)
        for start in range(len(padded) - size + 1)
    ]


def _summed(parts: List[List[str]], counts: Any) -> Tuple[List[str], Any]:
    """The parts of tokens, sorted, and what the tokens they stand in count (parts x classes)."""
    from scipy import sparse

    number = {part: at for at, part in enumerate(sorted({p for found in parts for p in found}))}
    which = [number[part] for found in parts for part in found]
    where = np.repeat(np.arange(len(parts)), [len(found) for found in parts])
    shape = (len(number), len(parts))
    inside = sparse.csr_matrix((np.ones(len(which)), (which, where)), shape)
    return list(number), inside @ counts.astype(np.float64)


def _distribution(summed: Tuple[List[str], Any], smoothing: float) -> Tuple[List[str], Any]:
    """The commoner names, and their log-probabilities (names x classes)."""
    names, counts = summed
    often = counts.sum(axis=1) >= _LEAST
    table = counts[often] + smoothing
    kept = [name for name, enough in zip(names, often) if enough]
    return kept, np.log(table / table.sum(axis=0))
