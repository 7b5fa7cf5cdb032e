"""Texts as the rows of numbers that intents are learnt from.

A sentence embedding fitted to our messages (`bot.nlu.embedding`), standardised. Without an
embedding, TF-IDF of character n-grams takes its place (accents folded, and as it sounds).
"""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.clauses import Span
from bot.nlu.embedding import Embedding
from bot.nlu.files import read_json, write_json
from bot.nlu.text import fold, sound


class Features:
    """Turns texts into the rows the classifier is trained on."""

    def __init__(
        self, embedding: Embedding, centre: Any, grams: List["Grams"], scale: float
    ) -> None:
        self._embedding = embedding
        self._centre = centre
        self._grams = grams
        self._scale = scale

    @classmethod
    def fit(
        cls, texts: List[str], config: Dict[Text, Any], cache: Optional[Path] = None
    ) -> "Features":
        embedding = Embedding(config["embedding"], cache)
        vectors = embedding.many(texts)
        centre = np.stack([vectors.mean(axis=0), vectors.std(axis=0) + 1e-6])
        grams = []
        if config["grams"] or not embedding.available:
            grams = [Grams.fit(v, texts, config[f"{v}_ngrams"], config["min_df"]) for v in VIEWS]
        return cls(embedding, centre, grams, config["embedding_scale"])

    def rows(self, texts: List[str], *, many: bool = False) -> Any:
        """A matrix, one row a text. `many`: use the cache of the training set."""
        return self._rows(self._embedding.many(texts) if many else self._embedding(texts), texts)

    def parts(self, text: str, spans: List[Span]) -> Tuple[Any, Any]:
        """The row of a text, and the rows of its spans."""
        whole, vectors = self._embedding.parts(text, spans)
        texts = [text[start:end] for start, end in spans]
        return self._rows(whole, [text]), self._rows(vectors, texts)

    def _rows(self, vectors: Any, texts: List[str]) -> Any:
        parts: List[Any] = []
        if vectors.shape[1]:
            dense = (vectors - self._centre[0]) / self._centre[1]
            dense *= self._scale / (np.linalg.norm(dense, axis=1, keepdims=True) + 1e-9)
            parts.append(dense)
        if not self._grams:
            return parts[0]
        parts += [grams(texts) for grams in self._grams]
        return sparse.hstack([sparse.csr_matrix(part) for part in parts], format="csr")

    def write(self, folder: Path) -> None:
        about = {"embedding": self._embedding.name, "views": [g.view for g in self._grams]}
        write_json(folder / "features.json", about)
        np.savez_compressed(folder / "features.npz", centre=self._centre)
        for grams in self._grams:
            grams.write(folder)

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
        grams = [Grams.read(folder, view) for view in about["views"]]
        return cls(embedding, centre, grams, config["embedding_scale"])


#: Two views of the letters of a text.
VIEWS = {"letters": fold, "sounds": sound}


class Grams:
    """TF-IDF of the character n-grams inside words, in one view; L2-normalised rows."""

    def __init__(self, view: str, vectorizer: TfidfVectorizer) -> None:
        self.view = view
        self._vectorizer = vectorizer

    @staticmethod
    def _make(lengths: List[int], min_df: int) -> TfidfVectorizer:
        low, high = lengths
        return TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(low, high),
            sublinear_tf=True,
            min_df=min_df,
            dtype=np.float32,
        )

    @classmethod
    def fit(cls, view: str, texts: List[str], lengths: List[int], min_df: int) -> "Grams":
        vectorizer = cls._make(lengths, min_df).fit([VIEWS[view](t) for t in texts])
        return cls(view, vectorizer)

    def __call__(self, texts: List[str]) -> Any:
        return self._vectorizer.transform([VIEWS[self.view](t) for t in texts])

    def write(self, folder: Path) -> None:
        vocabulary = {str(k): int(v) for k, v in self._vectorizer.vocabulary_.items()}
        about = {"lengths": self._vectorizer.ngram_range, "vocabulary": vocabulary}
        write_json(folder / f"{self.view}.json", about)
        idf = self._vectorizer.idf_.astype(np.float32)
        np.savez_compressed(folder / f"{self.view}.npz", idf=idf)

    @classmethod
    def read(cls, folder: Path, view: str) -> "Grams":
        about = read_json(folder / f"{view}.json")
        vectorizer = cls._make(about["lengths"], 1)
        vectorizer.vocabulary_ = about["vocabulary"]
        with np.load(folder / f"{view}.npz", allow_pickle=False) as arrays:
            vectorizer.idf_ = arrays["idf"]
        return cls(view, vectorizer)
