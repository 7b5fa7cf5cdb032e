"""Third component: the likeliest intents of a message, and of each clause of a longer one.

One model over all languages, of the letters and of the meaning (`bot.nlu.opinions`). Chosen on
measurements: docs/nlu.md.
"""

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from bot.evaluation import read_cases
from bot.evaluation import scores as evaluation_scores
from bot.nlu.clauses import Clauses, Span
from bot.nlu.embedding import Embedding
from bot.nlu.files import CACHE, DATA, LEXICON, file_fingerprint, write_json
from bot.nlu.opinions import Opinions
from bot.nlu.reader import MASKED, UNNAMED, masked_texts
from bot.nlu.text import MAX_READ, clean

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
            # Clauses are also read alone in a message of so many words …
            "alone_from_words": 12,
            # … where another intent than the message's has this probability within it: the
            # decision asks for no less (its `alone_backed_from`).
            "alone_from": 0.02,
            # The embedding learns from this share of the sentences of an intent, those the letters
            # find hardest, and from so many at least; from all of danger.
            "taught_share": 0.7,
            "taught_least": 200,
            # The nearest sentences are asked about a message whose likeliest intent is less
            # probable than this, and count so much.
            "neighbours_below": 0.9,
            "neighbours_share": 0.5,
            # Character n-grams of these lengths, in so many sentences at least; how strongly their
            # weights are kept small, and how often all sentences are read.
            "letters": [1, 5],
            "min_df": 2,
            "letters_alpha": 2e-6,
            "letters_rounds": 4,
            # How much the letters count; where they are so sure, and see no more danger than this,
            # they are enough.
            "letters_share": 0.4,
            "letters_sure": 0.9,
            "letters_danger": 0.02,
            # … in a message of several clauses only where none of them, read alone, makes another
            # need or danger so likely.
            "letters_clause": 0.4,
            # … and of a message without the service it names where they see hardly a question
            # about a detail.
            "letters_detail": 0.05,
            # The intents of danger.
            "careful_prefix": "crisis_",
            # Questions about a detail of a service.
            "detail_prefix": "ask_",
        }

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        opinions: Optional[Opinions] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._opinions = opinions
        self._clauses = Clauses(_CLAUSES)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        # What was learnt without the encoder is not kept for when it is there again.
        wanted = {**cls.get_default_config(), **config}["embedding"]
        return f"{file_fingerprint(_CLAUSES, _DEVELOPMENT)} {Embedding(wanted).name}"

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
            return cls(config, model_storage, resource, Opinions.read(folder, config))

    def train(self, training_data: TrainingData) -> Resource:
        examples = training_data.intent_examples
        texts = [m.get(MASKED) or clean(m.get(TEXT)) for m in examples]
        labels = [str(m.get(INTENT)) for m in examples]
        self._opinions = Opinions.fit(texts, labels, self._config, CACHE)
        scores = self._measure(training_data)
        with self._model_storage.write_to(self._resource) as folder:
            self._opinions.write(folder)
            write_json(folder / SCORES_FILE, scores)
        return self._resource

    def _measure(self, training_data: TrainingData) -> Dict[str, Any]:
        """Calibrates on the development set, and says how well its intents are found."""
        assert self._opinions
        cases = [case for path in sorted(_DEVELOPMENT.glob("*.tsv")) for case in read_cases(path)]
        names = self._opinions.names
        if not {case["intent"] for case in cases} <= set(names):
            return {}  # trained for other intents than ours: nothing to measure on
        texts = masked_texts([case["text"] for case in cases], training_data)
        rows = self._opinions.calibrate(texts, [case["intent"] for case in cases])
        found = [names[row.argmax()] for row in rows]
        pairs: Dict[str, List[Tuple[str, str]]] = {"all": []}
        for case, name in zip(cases, found):
            pairs["all"].append((case["intent"], name))
            pairs.setdefault(case["lang"], []).append((case["intent"], name))
        return {k: evaluation_scores(v) for k, v in pairs.items()}

    def process(self, messages: List[Message]) -> List[Message]:
        assert self._opinions, "the model is trained or loaded before use"
        for message in messages:
            if (message.get(TEXT) or "").startswith("/"):
                continue
            masked = (message.get(MASKED) or "")[:MAX_READ]
            spans = self._clauses.spans(masked)
            clauses: Any = []
            if spans:
                whole, clauses = self._opinions.of_parts(masked, spans)
            else:
                whole = self._opinions.of(masked)
            message.set(SCORES, self._ranked(whole)[0])
            message.set(CLAUSE_SCORES, self._ranked(clauses))
            message.set(ALONE_SCORES, self._alone(masked, spans, message))
            unnamed = message.get(UNNAMED)
            unnamed_scores = self._ranked(self._opinions.of_detail(unnamed))[0] if unnamed else None
            message.set(UNNAMED_SCORES, unnamed_scores)
        return messages

    def _alone(self, masked: str, spans: List[Span], message: Message) -> List[Scores]:
        """The rankings of the clauses read alone; empty for those that can hold nothing else."""
        assert self._opinions
        if not spans or len(masked.split()) < self._config["alone_from_words"]:
            return []
        top = message.get(SCORES)[0][0]
        least = self._config["alone_from"]
        # Only where something else is possible within the message.
        open_ = [
            any(name != top and p >= least for name, p in clause[:_LIKELIEST])
            for clause in message.get(CLAUSE_SCORES)
        ]
        texts = [masked[start:end] for (start, end), wanted in zip(spans, open_) if wanted]
        read = iter(self._ranked(self._opinions.alone(texts)) if texts else [])
        return [next(read) if wanted else [] for wanted in open_]

    def _ranked(self, found: Any) -> List[Scores]:
        assert self._opinions
        names = self._opinions.names
        return [sorted(zip(names, map(float, row)), key=lambda s: -s[1]) for row in found]
