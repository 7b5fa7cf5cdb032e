"""Intents from the letters alone: character n-grams within words, and a linear model of them.

It reads spelling where the sentence embedding reads meaning, and errs elsewhere: together they
know more than either. It also takes a tenth of the time, so that a message it is sure of needs no
embedding. Measured in docs/nlu.md.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, List, Text, Tuple

import numpy as np

from bot.nlu.calibration import softmax, temperature
from bot.nlu.files import read_json, write_json
from bot.nlu.text import fold

#: The file of the grams.
FILE = "letters.json"
_WEIGHTS = "letters.npz"


class Letters:
    """A linear model over TF-IDF of n-grams (sublinear, rows of length 1)."""

    def __init__(self, grams: List[str], lengths: List[int], arrays: Dict[str, Any]) -> None:
        """`arrays`: `idf` (one for each gram), `weights` (grams x intents), `bias` (intents, in
        alphabetical order), `temperature`.
        """
        self._grams = grams
        self._lengths = lengths
        self._arrays = arrays
        self._number = {gram: at for at, gram in enumerate(grams)}
        #: The same words come again and again.
        self._of: Callable[[str], Any] = lru_cache(maxsize=20_000)(self._numbers)

    @classmethod
    def fit(
        cls, texts: List[str], labels: List[str], config: Dict[Text, Any]
    ) -> "Tuple[Letters, Any]":
        """Learns the intents of masked texts; also gives what it makes of these very texts."""
        # Here, because answering needs none of it: importing takes a second of every start.
        from sklearn.feature_extraction.text import TfidfTransformer
        from sklearn.linear_model import SGDClassifier

        lengths = config["letters"]
        counts, grams = _counted([text.split() for text in texts], lengths, config["min_df"])
        scaling = TfidfTransformer(sublinear_tf=True)
        rows = scaling.fit_transform(counts)
        model = SGDClassifier(
            loss="log_loss",
            alpha=config["letters_alpha"],
            max_iter=config["letters_rounds"],
            tol=None,
            n_jobs=os.cpu_count(),
            random_state=0,
        )
        model.fit(rows, labels)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
            weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
        arrays = {
            "idf": scaling.idf_.astype(np.float32),
            # Half the memory; no answer of the development set differs.
            "weights": np.ascontiguousarray(weights, dtype=np.float16),
            "bias": bias.astype(np.float32),
            "temperature": np.float32(1.0),
        }
        return cls(grams, lengths, arrays), softmax(rows @ weights + bias)

    def probabilities(self, texts: List[str]) -> Any:
        """Rows x intents; each row sums to 1."""
        return softmax(self._scores(texts) / self._arrays["temperature"])

    def calibrate(self, texts: List[str], wanted: List[int]) -> Any:
        """Makes the probabilities honest, by texts never trained on and their intents' numbers.
        Returns the probabilities of these.
        """
        scores = self._scores(texts)
        self._arrays["temperature"] = np.float32(temperature(scores, wanted))
        return softmax(scores / self._arrays["temperature"])

    def _scores(self, texts: List[str]) -> Any:
        return np.stack([self._score(text) for text in texts])

    def _score(self, text: str) -> Any:
        found = [self._of(word) for word in text.split()]
        numbers = np.concatenate(found) if found else np.zeros(0, dtype=np.int32)
        which, often = np.unique(numbers, return_counts=True)
        values = (1 + np.log(often)) * self._arrays["idf"][which]
        values = values / (np.linalg.norm(values) + 1e-9)
        weights = self._arrays["weights"][which].astype(np.float32)
        return values.astype(np.float32) @ weights + self._arrays["bias"]

    def _numbers(self, word: str) -> Any:
        grams = _grams(word, self._lengths)
        known = [self._number[gram] for gram in grams if gram in self._number]
        return np.array(known, dtype=np.int32)

    def write(self, folder: Path) -> None:
        write_json(folder / FILE, {"lengths": self._lengths, "grams": self._grams})
        np.savez_compressed(folder / _WEIGHTS, **self._arrays)

    @classmethod
    def read(cls, folder: Path) -> "Letters":
        about = read_json(folder / FILE)
        with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
            return cls(about["grams"], about["lengths"], {n: arrays[n] for n in arrays.files})


def _grams(word: str, lengths: List[int]) -> List[str]:
    """The n-grams of a folded word between two spaces; a word shorter than that counts once."""
    whole = f" {fold(word)} "
    found: List[str] = []
    for length in range(lengths[0], lengths[1] + 1):
        if length >= len(whole):
            return [*found, whole]
        found += [whole[at : at + length] for at in range(len(whole) - length + 1)]
    return found


def _counted(texts: List[List[str]], lengths: List[int], least: int) -> "tuple[Any, List[str]]":
    """Texts x grams, and the grams: those of at least so many texts.

    Each word is cut once, however often it comes: texts x words by words x grams.
    """
    from scipy import sparse
    from sklearn.feature_extraction.text import CountVectorizer

    by_word = CountVectorizer(analyzer=list, dtype=np.float32)
    in_texts = by_word.fit_transform(texts)
    by_gram = CountVectorizer(analyzer=lambda word: _grams(word, lengths), dtype=np.float32)
    in_words = by_gram.fit_transform(by_word.get_feature_names_out())
    counts = sparse.csr_matrix(in_texts @ in_words)
    often = np.bincount(counts.indices, minlength=counts.shape[1]) >= least
    names = by_gram.get_feature_names_out()
    return counts[:, often], [str(name) for name in names[often]]
