"""Second component: in which language a message is written.

Multinomial naive Bayes over character 1-4-grams, trained on the project's own sentences
(data/nlu/<language>, and data/language/<code>.txt for what is none of ours). Short or doubtful
messages keep the language of the conversation, which the channel passes as `metadata.language`.
"""

import re
from collections import Counter
from typing import Any, Dict, List, Optional, Set, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.files import DATA, LEXICON, file_fingerprint, read_json, read_words, write_json
from bot.nlu.naive_bayes import NaiveBayes
from bot.nlu.reader import MASKED, REST
from bot.nlu.text import AGE_MARK, PLACE_MARK, clean, fold
from knowledge import LANGUAGES, Language, Place, load

OTHER = "other"
LANGUAGE = "language"
DECIDED = "language_decided"
_FOLDER = DATA / "language"
_FILLERS = LEXICON / "fillers.yml"
#: So much commoner than in ours a word of another language must be.
_FOREIGN_RATIO = 5
_WORD = r"(?u)\b[^\W\d_]+\b"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Sets `language` (fr, de, lb, other) and, when sure, the entity that fills the slot."""

    @classmethod
    def required_components(cls) -> List[type]:
        return []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "longest_ngram": 4,
            "smoothing": 0.1,
            # Surer than this: the conversation changes its language.
            "sure": 0.9,
            # Shorter messages also need a word that only this language has.
            "short": 4,
            # How often such a word must have been seen, and how much rarer it is elsewhere.
            "own_word_from": 3,
            "own_word_ratio": 4,
            # A whole word counts as much as this many n-grams.
            "word_weight": 4,
            # "Other" needs two words: names and loans look foreign.
            "other_from_words": 2,
            "sure_other": 0.995,
            # Slips look foreign, too: so large a share of a short message is known to be foreign.
            "foreign_share_short": 0.2,
            # The name of a service, said alone, is in a language from this probability.
            "spelt_from": 0.7,
        }

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[NaiveBayes] = None,
        own_words: Optional[Dict[str, Set[str]]] = None,
        foreign_words: Optional[Set[str]] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._own_words = own_words or {}
        self._foreign_words = foreign_words or set()
        self._places = {place.fr: place for place in load().places.values()}
        shared: Any = read_words(_FILLERS)["shared_words"]
        self._shared = {fold(word): code for code, words in shared.items() for word in words}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageIdentifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LanguageIdentifier":
        with model_storage.read_from(resource) as folder:
            own = {k: set(v) for k, v in read_json(folder / "own_words.json").items()}
            foreign = set(read_json(folder / "foreign_words.json"))
            return cls(config, model_storage, resource, NaiveBayes.read(folder), own, foreign)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return file_fingerprint(_FOLDER, _FILLERS)

    def train(self, training_data: TrainingData) -> Resource:
        texts: List[str] = []
        labels: List[str] = []
        words: Dict[str, Counter[str]] = {code: Counter() for code in LANGUAGES}
        for message in training_data.intent_examples:
            about = (message.get("metadata") or {}).get("intent") or {}
            if about.get("language") in LANGUAGES:
                texts.append(message.get(MASKED) or clean(message.get(TEXT)))
                labels.append(about["language"])
                words[about["language"]].update(set(message.get(REST) or []))
        for path in sorted(_FOLDER.glob("*.txt")):
            lines = path.read_text(encoding="utf-8").splitlines()
            texts += [line for line in map(clean, lines) if line]
            labels += [path.stem] * (len(texts) - len(labels))
        self._foreign_words = _foreign(
            sum(words.values(), Counter()),
            Counter(
                word
                for text, label in zip(texts, labels)
                if label not in LANGUAGES
                for word in set(re.findall(_WORD, fold(text)))
            ),
        )
        self._model = NaiveBayes.fit(
            texts,
            labels,
            longest=self._config["longest_ngram"],
            smoothing=self._config["smoothing"],
            word_weight=self._config["word_weight"],
        )
        self._own_words = self._distinctive(words)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.write(folder)
            own = {code: sorted(found) for code, found in self._own_words.items()}
            write_json(folder / "own_words.json", own)
            write_json(folder / "foreign_words.json", sorted(self._foreign_words))
        return self._resource

    def _distinctive(self, words: Dict[str, Counter[str]]) -> Dict[str, Set[str]]:
        """Words seen often enough in one language, and hardly in the others."""
        least, ratio = self._config["own_word_from"], self._config["own_word_ratio"]
        return {
            code: {
                word
                for word, count in counts.items()
                if count >= least
                and count >= ratio * sum(words[o][word] for o in LANGUAGES if o != code)
            }
            for code, counts in words.items()
        }

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if not (message.get(TEXT) or "").startswith("/"):
                self._identify(message)
        return messages

    def _identify(self, message: Message) -> None:
        metadata = message.get("metadata") or {}
        prior = metadata.get(LANGUAGE)
        words = message.get(REST) or []
        best, probability = self._best(message.get(MASKED) or "", words)
        decided = bool(words) and probability >= self._config["sure"]
        if len(words) < self._config["short"] and best in LANGUAGES:
            decided = decided and not self._own_words[best].isdisjoint(words)
        if not decided and prior in LANGUAGES:
            best = prior
        elif not decided and (spelt := self._spelt(message)):
            best = spelt
        elif not decided and best in LANGUAGES:
            # Nothing is known of the person: a word that several languages share has a home.
            homes = {self._shared.get(word, "") for word in words} or {LANGUAGES[0]}
            best = homes.pop() if len(homes) == 1 and "" not in homes else best
        message.set(LANGUAGE, best, add_to_output=True)
        message.set(DECIDED, decided)
        # A first message without any hint is answered in the likeliest language.
        first = LANGUAGE in metadata and prior is None
        if best in LANGUAGES and (decided or first):
            entity = {
                "entity": LANGUAGE,
                "start": 0,
                "end": 0,
                "value": best,
                "extractor": "LanguageIdentifier",
            }
            message.set(ENTITIES, message.get(ENTITIES, []) + [entity], add_to_output=True)

    def _spelt(self, message: Message) -> Optional[str]:
        """The language in which a place or a service is named, where hardly more is said."""
        text = clean(message.get(TEXT) or "")
        for entity in message.get(ENTITIES) or []:
            if entity["entity"] == "place":
                place = self._places[str(entity["value"])]
                said = fold(text[entity["start"] : entity["end"]])
                codes = [code for code in LANGUAGES if said in _names(place, code)]
                if len(codes) == 1:
                    return codes[0]
            elif entity["entity"] in ("service", "kind") and not message.get(REST):
                best, probability = self._best(text, [])
                return best if probability >= self._config["spelt_from"] else None
        return None

    def _best(self, masked: str, words: List[str]) -> Tuple[str, float]:
        assert self._model is not None, "the model is trained or loaded before it is used"
        text = masked.replace(PLACE_MARK, " ").replace(AGE_MARK, " ")
        scores = self._model.probabilities(text)
        ours = {code: scores.get(code, 0.0) for code in LANGUAGES}
        other = 1.0 - sum(ours.values())
        if len(words) >= self._config["other_from_words"] and other >= self._config["sure_other"]:
            foreign = sum(word in self._foreign_words for word in words)
            long = len(words) >= self._config["short"]
            if long or foreign >= self._config["foreign_share_short"] * len(words):
                return OTHER, other
        best = max(ours, key=lambda code: ours[code])
        total = sum(ours.values()) or 1.0
        return best, ours[best] / total


def _names(place: Place, code: Language) -> Set[str]:
    """How a place is called in a language, folded."""
    short = {place.short.in_(code)} if place.short else set()
    return {fold(name) for name in {place.in_(code), *short}}


def _foreign(ours: "Counter[str]", theirs: "Counter[str]") -> Set[str]:
    """Words relatively commoner in the sentences of other languages (people mix those in, too)."""
    our_total, their_total = sum(ours.values()) or 1, sum(theirs.values()) or 1
    return {
        word
        for word, count in theirs.items()
        if count / their_total > _FOREIGN_RATIO * ours[word] / our_total
    }
