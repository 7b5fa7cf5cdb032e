"""First component: reads a message with spaCy and marks places, ages and names in it.

Also hides them ("__place__", "__age__") in the view that is classified, so that an intent
is learnt from what is asked, not from where.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Set, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.tokens import Doc

from bot.nlu.ages import AgeFinder
from bot.nlu.files import CACHE, LEXICON, file_fingerprint, read_json, read_words, write_json
from bot.nlu.names import NameFinder
from bot.nlu.places import PlaceFinder
from bot.nlu.readings import Readings
from bot.nlu.text import AGE_MARK, MAX_READ, PLACE_MARK, clean, fold, tokens, words_in
from knowledge import FOLDER as KNOWLEDGE
from knowledge import load

#: Message properties this component sets, for the ones after it.
MASKED = "masked"  # the text with places and ages hidden
UNNAMED = "unnamed"  # the same without names of services and kinds; None when there is none
REST = "rest"  # the words that are neither place nor age nor service name nor punctuation
AGES = "ages"  # all ages, in years
_READ = (MASKED, UNNAMED, REST, AGES)
#: Fewer words than this beside the courtesy: "ok merci" is more than "ok".
_SAID = 2

_PLACES = LEXICON / "places.yml"
_AGES = LEXICON / "ages.yml"
_NAMES = LEXICON / "names.yml"
_FILLERS = LEXICON / "fillers.yml"


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=True,
)
class MessageReader(GraphComponent):
    """Tokens, places, ages, names. Learns which words are common, hence no misspelt place."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            # Words in so many training sentences are words, not misspelt places (people misspell
            # places there too, but each in another way) …
            "common_from": 6,
            # … and those in so many are doubtful: taken for a place only where one is expected.
            "seen_from": 3,
        }

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: Optional[ModelStorage],
        resource: Optional[Resource],
        seen: Optional[Dict[str, int]] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._build(seen or {})

    def _build(self, seen: Dict[str, int]) -> None:
        self._knowledge = load()
        least = self._config["common_from"]
        common = frozenset(word for word, count in seen.items() if count >= least)
        least = self._config["seen_from"]
        doubtful = frozenset(word for word, count in seen.items() if count >= least)
        self._common, self._doubtful = common, doubtful | common
        self._place_finder = PlaceFinder(
            self._knowledge.places.values(), _PLACES, common=common, seen=doubtful
        )
        self._age_finder = AgeFinder(_AGES)
        self._name_finder = NameFinder(_NAMES)
        self._courtesy = frozenset(map(fold, read_words(_FILLERS)["courtesy"]))

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MessageReader":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "MessageReader":
        with model_storage.read_from(resource) as folder:
            seen = read_json(folder / "seen.json")
        return cls(config, model_storage, resource, seen)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Files outside the graph that change what is found: lexicons and the gazetteer."""
        return file_fingerprint(_PLACES, _AGES, _NAMES, _FILLERS, KNOWLEDGE / "places")

    def train(self, training_data: TrainingData) -> Resource:
        seen = _seen(training_data.intent_examples)
        assert self._model_storage and self._resource, "a component of a graph has both"
        with self._model_storage.write_to(self._resource) as folder:
            write_json(folder / "seen.json", seen)
        self._build(seen)
        return self._resource

    def read_all(self, messages: List[Message]) -> None:
        """Reads training messages after learning which words they have in common."""
        self._build(_seen(messages))
        for message in messages:
            self._read(message)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        readings = Readings(CACHE, self.fingerprint_addon(self._config) or "")
        for message in training_data.training_examples:
            if message.get(TEXT):
                self._recall(message, readings)
        readings.save()
        return training_data

    def _recall(self, message: Message, readings: Readings) -> None:
        """Reads a training sentence, unless that was done at an earlier training."""
        words = words_in(message.get(TEXT))
        key = readings.key(
            message.get(TEXT), [f"{word} {word in self._common}" for word in words & self._doubtful]
        )
        reading = readings.get(key)
        if reading is None:
            self._read(message)
            readings.put(key, {name: message.get(name) for name in _READ})
            return
        for name, value in reading.items():
            message.set(name, value, add_to_output=name == AGES)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            # A payload of a button: Rasa reads it after the pipeline.
            if not text.startswith("/"):
                entities = self._read(message)
                message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages

    def _read(self, message: Message) -> List[Dict[Text, Any]]:
        doc = tokens(clean(message.get(TEXT) or "")[:MAX_READ])
        places = self._place_finder.find(doc)
        ages = self._age_finder.find(doc)
        names = self._name_finder.find(doc)
        marks = {i: PLACE_MARK for f in places for i in range(f.start, f.end)}
        marks |= {i: AGE_MARK for start, end, _ in ages for i in range(start, end)}
        named = {i for a, b, _, _ in names for i in range(a, b)}
        services = {i for a, b, kind, _ in names if kind == "service" for i in range(a, b)}
        rest = [t for t in doc if t.i not in marks and t.i not in services and t.is_alpha]
        message.set(REST, [t.norm_ for t in rest])
        # Courtesy says nothing about what is asked, unless hardly more is said.
        courtesy = {t.i for t in doc if t.norm_ in self._courtesy}
        if len([t for t in rest if t.i not in courtesy]) < _SAID:
            courtesy = set()
        message.set(MASKED, _masked(doc, marks, without=courtesy))
        message.set(UNNAMED, _masked(doc, marks, without=courtesy | named) if named else None)
        entities = []
        best = self._place_finder.best(doc, places)
        if best:
            found = next(f for f in places if f.place == best)
            place = self._knowledge.places[best]
            entities.append(_entity(doc, found.start, found.end, "place", place.fr))
        message.set(AGES, [round(age, 2) for _, _, age in ages], add_to_output=True)
        for start, end, age in ages[:1]:
            entities.append(_entity(doc, start, end, "age", round(age, 2)))
        for start, end, kind, target in names:
            entities.append(_entity(doc, start, end, kind, target))
        return entities


@dataclass(frozen=True)
class Example:
    """A training sentence as it is classified: places and ages hidden."""

    text: str
    language: str
    intent: str


def examples(training_data: TrainingData) -> List[Example]:
    """The sentences whose language is known, as the classifier sees them; outside the graph."""
    messages = [m for m in training_data.intent_examples if _language(m)]
    reader = MessageReader(MessageReader.get_default_config(), None, None)
    reader.read_all(messages)
    return [Example(str(m.get(MASKED)), _language(m), str(m.get(INTENT))) for m in messages]


def masked_texts(texts: List[str], training_data: TrainingData) -> List[str]:
    """Other texts as the classifier of this training data would see them."""
    config = MessageReader.get_default_config()
    reader = MessageReader(config, None, None, _seen(training_data.intent_examples))
    messages = [Message({TEXT: text}) for text in texts]
    readings = Readings(CACHE, reader.fingerprint_addon(config) or "")
    for message in messages:
        reader._recall(message, readings)
    readings.save()
    return [str(message.get(MASKED)) for message in messages]


def _language(message: Message) -> str:
    about = (message.get("metadata") or {}).get("intent") or {}
    return str(about.get("language") or "")


def _seen(messages: List[Message]) -> Dict[str, int]:
    """In how many messages each word stands."""
    counts: Counter[str] = Counter()
    for message in messages:
        counts.update(words_in(message.get(TEXT)))
    return dict(sorted(counts.items()))


def _masked(doc: Doc, marks: Dict[int, str], *, without: Set[int]) -> str:
    parts: List[str] = []
    for token in doc:
        if token.i in without:
            continue
        mark = marks.get(token.i)
        if mark is None:
            parts.append(token.text_with_ws)
        elif not parts or parts[-1].strip() != mark:
            parts.append(mark + " ")
    # What a greeting leaves behind: ", ech sichen eng Crèche".
    return "".join(parts).strip().lstrip(",.;:!- ")


def _entity(doc: Doc, start: int, end: int, kind: str, value: Any) -> Dict[Text, Any]:
    span = doc[start:end]
    return {
        "entity": kind,
        "start": span.start_char,
        "end": span.end_char,
        "value": value,
        "extractor": "MessageReader",
    }
