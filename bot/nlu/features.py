"""Texts as the rows of numbers that intents are learnt from.

A sentence embedding fitted to our messages (`bot.nlu.embedding`), standardised.
"""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple

import numpy as np

from bot.nlu.clauses import Span
from bot.nlu.embedding import Embedding
from bot.nlu.files import read_json, write_json


class Features:
    """Turns texts into the rows the classifier is trained on."""

    def __init__(self, embedding: Embedding, centre: Any, scale: float) -> None:
        self._embedding = embedding
        self._centre = centre
        self._scale = scale

    @property
    def available(self) -> bool:
        """Whether there is an embedding; else every row is empty."""
        return self._embedding.available

    @classmethod
    def fit(
        cls, texts: List[str], config: Dict[Text, Any], cache: Optional[Path] = None
    ) -> "Features":
        embedding = Embedding(config["embedding"], cache)
        vectors = embedding.many(texts)
        centre = np.stack([vectors.mean(axis=0), vectors.std(axis=0) + 1e-6])
        return cls(embedding, centre, config["embedding_scale"])

    def rows(self, texts: List[str], *, many: bool = False) -> Any:
        """A matrix, one row a text. `many`: use the cache of the training set."""
        return self._rows(self._embedding.many(texts) if many else self._embedding(texts))

    def parts(self, text: str, spans: List[Span]) -> Tuple[Any, Any]:
        """The row of a text, and the rows of its spans."""
        whole, vectors = self._embedding.parts(text, spans)
        return self._rows(whole), self._rows(vectors)

    def _rows(self, vectors: Any) -> Any:
        rows = (vectors - self._centre[0]) / self._centre[1]
        return rows * (self._scale / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9))

    def write(self, folder: Path) -> None:
        write_json(folder / "features.json", {"embedding": self._embedding.name})
        np.savez_compressed(folder / "features.npz", centre=self._centre)

    @classmethod
    def read(cls, folder: Path, config: Dict[Text, Any]) -> "Features":
        about = read_json(folder / "features.json")
        with np.load(folder / "features.npz", allow_pickle=False) as arrays:
            centre = arrays["centre"]
        embedding = Embedding(about["embedding"])
        if embedding.name != about["embedding"]:
            raise RuntimeError(
                f"The model was trained with the embedding '{about['embedding']}', which cannot be "
                "loaded here. Install the requirements, or train again: python -m bot train"
            )
        return cls(embedding, centre, config["embedding_scale"])
