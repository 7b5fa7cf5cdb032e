"""Third component: the likeliest intents of a message.

TF-IDF of character n-grams (accents folded, and as it sounds) beside a sentence embedding
(accents kept), classified by one multinomial logistic regression over all languages.
Chosen on measurements: docs/nlu.md.
"""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.embedding import Embedding
from bot.nlu.files import ROOT, read_json, write_json
from bot.nlu.reader import MASKED, UNNAMED
from bot.nlu.text import MAX_READ, clean, fold, sound

#: Message property: every intent with its probability, best first.
SCORES = "scores"
#: The same for the text without the names of services: is a detail asked about one of them?
UNNAMED_SCORES = "unnamed_scores"
_CACHE = ROOT / ".cache"


class Features:
    """Turns texts into the rows the classifier is trained on."""

    def __init__(
        self, letters: "Grams", sounds: "Grams", embedding: Embedding, centre: Any, weight: float
    ) -> None:
        self._letters = letters
        self._sounds = sounds
        self._embedding = embedding
        self._centre = centre
        self._weight = weight

    @classmethod
    def fit(cls, texts: List[str], config: Dict[Text, Any]) -> "Features":
        letters = Grams.fit([fold(t) for t in texts], config["ngrams"], config["min_df"])
        sounds = Grams.fit([sound(t) for t in texts], config["sound_ngrams"], config["min_df"])
        embedding = Embedding(config["embedding"], _CACHE)
        vectors = embedding.many(texts)
        centre = np.stack([vectors.mean(axis=0), vectors.std(axis=0) + 1e-6])
        return cls(letters, sounds, embedding, centre, config["embedding_weight"])

    def rows(self, texts: List[str], *, many: bool = False) -> Any:
        """A sparse matrix, one row a text. `many`: use the cache of the training set."""
        parts = [
            self._letters([fold(t) for t in texts]),
            self._sounds([sound(t) for t in texts]),
        ]
        vectors = self._embedding.many(texts) if many else self._embedding(texts)
        if vectors.shape[1]:
            dense = (vectors - self._centre[0]) / self._centre[1]
            dense /= np.linalg.norm(dense, axis=1, keepdims=True) + 1e-9
            parts.append(sparse.csr_matrix(dense * self._weight))
        return sparse.hstack(parts, format="csr")

    def write(self, folder: Path) -> None:
        write_json(folder / "features.json", {"embedding": self._embedding.name})
        np.savez_compressed(folder / "features.npz", centre=self._centre)
        self._letters.write(folder, "letters")
        self._sounds.write(folder, "sounds")

    @classmethod
    def read(cls, folder: Path, config: Dict[Text, Any]) -> "Features":
        embedding = Embedding(read_json(folder / "features.json")["embedding"])
        with np.load(folder / "features.npz", allow_pickle=False) as arrays:
            centre = arrays["centre"]
        letters, sounds = Grams.read(folder, "letters"), Grams.read(folder, "sounds")
        return cls(letters, sounds, embedding, centre, config["embedding_weight"])


class Grams:
    """TF-IDF of the character n-grams inside words; L2-normalised rows."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._vectorizer = vectorizer

    @staticmethod
    def _make(lengths: List[int], min_df: int) -> TfidfVectorizer:
        low, high = lengths
        return TfidfVectorizer(
            analyzer="char_wb", ngram_range=(low, high), sublinear_tf=True, min_df=min_df
        )

    @classmethod
    def fit(cls, texts: List[str], lengths: List[int], min_df: int) -> "Grams":
        return cls(cls._make(lengths, min_df).fit(texts))

    def __call__(self, texts: List[str]) -> Any:
        return self._vectorizer.transform(texts)

    def write(self, folder: Path, name: str) -> None:
        vocabulary = {str(k): int(v) for k, v in self._vectorizer.vocabulary_.items()}
        about = {"lengths": self._vectorizer.ngram_range, "vocabulary": vocabulary}
        write_json(folder / f"{name}.json", about)
        np.savez_compressed(folder / f"{name}.npz", idf=self._vectorizer.idf_.astype(np.float32))

    @classmethod
    def read(cls, folder: Path, name: str) -> "Grams":
        about = read_json(folder / f"{name}.json")
        vectorizer = cls._make(about["lengths"], 1)
        vectorizer.vocabulary_ = about["vocabulary"]
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            vectorizer.idf_ = arrays["idf"].astype(np.float64)
        return cls(vectorizer)


class Classifier:
    """Multinomial logistic regression, reduced to what is needed to answer."""

    def __init__(self, names: List[str], weights: Any, bias: Any) -> None:
        self.names = names
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, rows: Any, labels: List[str], config: Dict[Text, Any]) -> "Classifier":
        model = LogisticRegression(
            C=config["C"], class_weight="balanced", max_iter=config["max_iter"], tol=config["tol"]
        )
        model.fit(rows, labels)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
            weights = np.hstack([np.zeros_like(weights), weights])
            bias = np.array([0.0, *bias])
        names = [str(n) for n in model.classes_]
        return cls(names, np.ascontiguousarray(weights, dtype=np.float32), bias.astype(np.float32))

    def probabilities(self, rows: Any) -> Any:
        scores = np.asarray(rows @ self._weights) + self._bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def write(self, folder: Path) -> None:
        write_json(folder / "intents.json", self.names)
        np.savez_compressed(folder / "weights.npz", weights=self._weights, bias=self._bias)

    @classmethod
    def read(cls, folder: Path) -> "Classifier":
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            weights, bias = arrays["weights"], arrays["bias"]
        return cls(read_json(folder / "intents.json"), weights, bias)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Ranks all intents; `bot.nlu.decision` decides what follows from the ranking."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "ngrams": [1, 5],
            "sound_ngrams": [2, 5],
            "min_df": 2,
            "embedding": "e5",
            "embedding_weight": 1.5,
            "C": 10.0,
            "max_iter": 150,
            "tol": 1e-3,
        }

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        features: Optional[Features] = None,
        classifier: Optional[Classifier] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._features = features
        self._classifier = classifier

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentClassifier":
        with model_storage.read_from(resource) as folder:
            features = Features.read(folder, config)
            return cls(config, model_storage, resource, features, Classifier.read(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = training_data.intent_examples
        texts = [m.get(MASKED) or clean(m.get(TEXT)) for m in examples]
        labels = [str(m.get(INTENT)) for m in examples]
        self._features = Features.fit(texts, self._config)
        rows = self._features.rows(texts, many=True)
        self._classifier = Classifier.fit(rows, labels, self._config)
        with self._model_storage.write_to(self._resource) as folder:
            self._features.write(folder)
            self._classifier.write(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        assert self._features and self._classifier, "the model is trained or loaded before use"
        for message in messages:
            if (message.get(TEXT) or "").startswith("/"):
                continue
            message.set(SCORES, self._rank(message.get(MASKED) or ""))
            unnamed = message.get(UNNAMED)
            message.set(UNNAMED_SCORES, self._rank(unnamed) if unnamed else None)
        return messages

    def _rank(self, text: str) -> List[Tuple[str, float]]:
        assert self._features and self._classifier
        values = self._classifier.probabilities(self._features.rows([text[:MAX_READ]]))[0]
        return sorted(zip(self._classifier.names, map(float, values)), key=lambda s: -s[1])
