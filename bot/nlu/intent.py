"""Third component: the likeliest intents of a message, and of each clause of a longer one.

A sentence embedding fitted to our messages (`bot.nlu.embedding`) and one multinomial logistic
regression over all languages. Without an embedding, TF-IDF of character n-grams takes its place
(accents folded, and as it sounds). Chosen on measurements: docs/nlu.md.
"""

import warnings
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
from scipy.optimize import minimize_scalar
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from bot.evaluation import read_cases
from bot.evaluation import scores as evaluation_scores
from bot.nlu.clauses import Clauses, Span
from bot.nlu.embedding import Embedding
from bot.nlu.files import CACHE, DATA, LEXICON, file_fingerprint, read_json, write_json
from bot.nlu.reader import MASKED, UNNAMED, masked_texts
from bot.nlu.text import MAX_READ, clean, fold, sound

Scores = List[Tuple[str, float]]
#: Message property: every intent with its probability, best first.
SCORES = "scores"
#: The same for the text without the names of services: is a detail asked about one of them?
UNNAMED_SCORES = "unnamed_scores"
#: The same for each clause, when the message has several.
CLAUSE_SCORES = "clause_scores"
#: The same with each clause of a long message read alone, out of its message.
ALONE_SCORES = "alone_scores"
#: Intents of a clause that are looked at, best first.
_LIKELIEST = 10
_CLAUSES = LEXICON / "clauses.yml"
#: Messages nobody trains on: thresholds and calibration are set on them. Not the test sets.
_DEVELOPMENT = DATA / "dev"
#: What the classifier reached on the development set, kept in the model.
SCORES_FILE = "scores.json"


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


class Classifier:
    """Multinomial logistic regression, reduced to what is needed to answer."""

    def __init__(self, names: List[str], weights: Any, bias: Any) -> None:
        self.names = names
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, rows: Any, labels: List[str], config: Dict[Text, Any]) -> "Classifier":
        model = LogisticRegression(
            C=config["C_of_grams" if sparse.issparse(rows) else "C"],
            class_weight="balanced" if sparse.issparse(rows) else None,
            max_iter=config["steps"],
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
            model.fit(rows, labels)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
            weights = np.hstack([np.zeros_like(weights), weights])
            bias = np.array([0.0, *bias])
        names = [str(n) for n in model.classes_]
        return cls(names, np.ascontiguousarray(weights, dtype=np.float32), bias.astype(np.float32))

    def probabilities(self, rows: Any) -> Any:
        return _softmax(np.asarray(rows @ self._weights) + self._bias)

    def calibrate(self, rows: Any, labels: List[str]) -> float:
        """Scales the scores so that the probabilities of sentences never trained on are likeliest.

        Temperature scaling, Guo et al. (2017), "On calibration of modern neural networks". Returns
        the temperature.
        """
        scores = np.asarray(rows @ self._weights) + self._bias
        wanted = [self.names.index(label) for label in labels]

        def surprise(temperature: float) -> float:
            likely = _softmax(scores / temperature)[np.arange(len(wanted)), wanted]
            return -float(np.log(likely + 1e-9).mean())

        found = minimize_scalar(surprise, bounds=(0.3, 5.0), method="bounded")
        temperature = round(float(found.x), 3)
        self._weights = (self._weights / temperature).astype(np.float32)
        self._bias = (self._bias / temperature).astype(np.float32)
        return temperature

    def write(self, folder: Path) -> None:
        write_json(folder / "intents.json", self.names)
        np.savez_compressed(folder / "weights.npz", weights=self._weights, bias=self._bias)

    @classmethod
    def read(cls, folder: Path) -> "Classifier":
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            weights, bias = arrays["weights"], arrays["bias"]
        return cls(read_json(folder / "intents.json"), weights, bias)


def _softmax(scores: Any) -> Any:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Ranks all intents; `bot.nlu.decision` decides what follows from the ranking."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "embedding": "adapted",
            # Length of the standardised vectors: the unit in which C is meant.
            "embedding_scale": 20.0,
            "C": 0.03,
            # Steps of the optimizer: more of them change no answer (docs/nlu.md).
            "steps": 40,
            # Clauses are also read alone in a message of so many words: it costs a second pass.
            "alone_from_words": 12,
            # … where another intent than the message's has this probability within it: the
            # decision asks for no less (its `alone_backed_from`).
            "alone_from": 0.02,
            # Character n-grams beside the embedding; always used when there is no embedding.
            "grams": False,
            "letters_ngrams": [1, 5],
            "sounds_ngrams": [2, 5],
            "min_df": 2,
            "C_of_grams": 10.0,
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
        self._clauses = Clauses(_CLAUSES)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return file_fingerprint(_CLAUSES, _DEVELOPMENT)

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
        # Products of one row: more threads than one only wait for each other.
        threadpool_limits(1, user_api="blas")
        with model_storage.read_from(resource) as folder:
            features = Features.read(folder, config)
            return cls(config, model_storage, resource, features, Classifier.read(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = training_data.intent_examples
        texts = [m.get(MASKED) or clean(m.get(TEXT)) for m in examples]
        labels = [str(m.get(INTENT)) for m in examples]
        self._features = Features.fit(texts, self._config, CACHE)
        rows = self._features.rows(texts, many=True)
        self._classifier = Classifier.fit(rows, labels, self._config)
        scores = self._measure(training_data)
        with self._model_storage.write_to(self._resource) as folder:
            self._features.write(folder)
            self._classifier.write(folder)
            write_json(folder / SCORES_FILE, scores)
        return self._resource

    def _measure(self, training_data: TrainingData) -> Dict[str, Any]:
        """Calibrates on the development set, and says how well its intents are found."""
        assert self._features and self._classifier
        cases = [case for path in sorted(_DEVELOPMENT.glob("*.tsv")) for case in read_cases(path)]
        if not {case["intent"] for case in cases} <= set(self._classifier.names):
            return {}  # trained for other intents than ours: nothing to measure on
        texts = masked_texts([case["text"] for case in cases], training_data)
        rows = self._features.rows(texts, many=True)
        temperature = self._classifier.calibrate(rows, [case["intent"] for case in cases])
        rows_found = self._classifier.probabilities(rows)
        found = [self._classifier.names[row.argmax()] for row in rows_found]
        pairs: Dict[str, List[Tuple[str, str]]] = {"all": []}
        for case, name in zip(cases, found):
            pairs["all"].append((case["intent"], name))
            pairs.setdefault(case["lang"], []).append((case["intent"], name))
        return {"temperature": temperature, **{k: evaluation_scores(v) for k, v in pairs.items()}}

    def process(self, messages: List[Message]) -> List[Message]:
        assert self._features and self._classifier, "the model is trained or loaded before use"
        for message in messages:
            if (message.get(TEXT) or "").startswith("/"):
                continue
            masked = (message.get(MASKED) or "")[:MAX_READ]
            spans = self._clauses.spans(masked)
            whole, clauses = self._features.parts(masked, spans) if spans else (None, None)
            [scores] = self._rank(self._features.rows([masked]) if whole is None else whole)
            message.set(SCORES, scores)
            message.set(CLAUSE_SCORES, self._rank(clauses) if spans else [])
            message.set(ALONE_SCORES, self._alone(masked, spans, message))
            unnamed = message.get(UNNAMED)
            unnamed_scores = self._rank(self._features.rows([unnamed]))[0] if unnamed else None
            message.set(UNNAMED_SCORES, unnamed_scores)
        return messages

    def _alone(self, masked: str, spans: List[Span], message: Message) -> List[Scores]:
        """The rankings of the clauses read alone; empty for those that can hold nothing else."""
        assert self._features
        if not spans or len(masked.split()) < self._config["alone_from_words"]:
            return []
        top = message.get(SCORES)[0][0]
        least = self._config["alone_from"]
        # A second pass is worth its time where something else is possible within the message.
        open_ = [
            any(name != top and p >= least for name, p in clause[:_LIKELIEST])
            for clause in message.get(CLAUSE_SCORES)
        ]
        texts = [masked[start:end] for (start, end), wanted in zip(spans, open_) if wanted]
        read = iter(self._rank(self._features.rows(texts)) if texts else [])
        return [next(read) if wanted else [] for wanted in open_]

    def _rank(self, rows: Any) -> List[Scores]:
        assert self._classifier
        names = self._classifier.names
        found = self._classifier.probabilities(rows)
        return [sorted(zip(names, map(float, row)), key=lambda s: -s[1]) for row in found]
