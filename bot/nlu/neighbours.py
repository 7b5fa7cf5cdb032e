"""What the nearest training sentences say, for messages the classifier is not sure of.

k nearest neighbours by cosine, each counting by its nearness. A few directions in which the
sentences differ most pick the candidates, the whole vectors choose among them: all of it takes
about a millisecond for fifty thousand sentences.
"""

from pathlib import Path
from typing import Any, List

import numpy as np

from bot.nlu.files import read_json, write_json

#: Nearest sentences that are asked.
_ASKED = 8
#: A sentence so much less alike (cosine) counts 1/e of the nearer one.
_FALL = 0.05
#: Directions that pick candidates, and how many are looked at more closely.
_DIRECTIONS = 64
_CANDIDATES = 400
#: The file of the vectors.
FILE = "neighbours.npz"
#: The vectors are kept in 8 bits.
_STEPS = 127


class Neighbours:
    """The training sentences as unit vectors (rows), with the number of the intent of each."""

    def __init__(self, about: Any, intents: int) -> None:
        """`about`: the arrays that `write` keeps."""
        self._about = about
        self._intents = intents
        self._coarse = _coarse(about["vectors"], about["directions"])

    @classmethod
    def fit(
        cls, rows: Any, labels: List[str], names: List[str], sentences: List[int]
    ) -> "Neighbours":
        """`sentences`: the number of each among all training sentences."""
        vectors = _unit(rows)
        scale = np.float32(np.abs(vectors).max() / _STEPS)
        kept = np.round(vectors / scale).astype(np.int8)
        number = {name: at for at, name in enumerate(names)}
        spread = np.linalg.eigh(np.cov(vectors[:: max(1, len(vectors) // 10_000)].T))[1]
        about = {
            "vectors": kept,
            "directions": spread[:, ::-1][:, :_DIRECTIONS].astype(np.float32),
            "intents": np.array([number[label] for label in labels], dtype=np.int16),
            "sentences": np.array(sentences, dtype=np.int32),
        }
        return cls(about, len(names))

    def probabilities(self, rows: Any) -> Any:
        """Rows x intents: the votes of the nearest sentences; each row sums to 1."""
        vectors = _unit(rows)
        # Of many rows so many at a time: each is compared with all sentences.
        parts = [vectors[at : at + 64] for at in range(0, len(vectors), 64)]
        roughs = (part @ self._about["directions"] @ self._coarse.T for part in parts)
        return np.stack(
            [self._votes(*both) for part, rough in zip(parts, roughs) for both in zip(part, rough)]
        )

    def _votes(self, vector: Any, rough: Any) -> Any:
        """`rough`: how near each sentence is, along the directions."""
        count = min(_CANDIDATES, len(rough))
        near = np.argpartition(-rough, count - 1)[:count]
        vectors = self._about["vectors"][near].astype(np.float32)
        alike = vectors @ vector / np.linalg.norm(vectors, axis=1)
        best = np.argsort(-alike)[:_ASKED]
        weights = np.exp((alike[best] - alike[best[0]]) / _FALL)
        votes = np.bincount(self._about["intents"][near[best]], weights, self._intents)
        return votes / votes.sum()

    def write(self, folder: Path) -> None:
        write_json(folder / "neighbours.json", {"intents": self._intents})
        np.savez(folder / FILE, **self._about)

    @classmethod
    def read(cls, folder: Path) -> "Neighbours":
        with np.load(folder / FILE, allow_pickle=False) as arrays:
            about = {name: arrays[name] for name in arrays.files}
        return cls(about, read_json(folder / "neighbours.json")["intents"])


def _unit(rows: Any) -> Any:
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)


def _coarse(vectors: Any, directions: Any) -> Any:
    """The 8-bit vectors along the directions, in parts: they are many."""
    parts = [
        _unit(vectors[at : at + 4096].astype(np.float32)) @ directions
        for at in range(0, len(vectors), 4096)
    ]
    return np.concatenate(parts).astype(np.float32)
