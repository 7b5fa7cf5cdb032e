"""After the decision: what a message says besides its question.

Sets `abuse` (an insult at the assistant), `drops` (["place", "age"]: what it is to forget),
`refuses` (does not want to say what was asked), `asks_why` (wants to know why it was asked),
`worried_parent` (about a child's company or drugs), `unsure` (does not know what to say),
`unknown_place` (a name the gazetteer does not
have), `which` (positions among what was shown, from 1; -1 is the last) and the entity `household`.
Changes the intent only where the message says nothing else.
"""

import re
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import outcome
from bot.nlu.abuse import AbuseFinder
from bot.nlu.crisis import plain
from bot.nlu.files import LEXICON, file_fingerprint, read_json, read_words, write_json
from bot.nlu.language import LANGUAGE
from bot.nlu.skips import FILLERS, Skips, found, patterns
from bot.nlu.small_talk import SmallTalk
from bot.nlu.text import MAX_READ, clean, tokens, words_in
from bot.nlu.unknown_places import UnknownPlaceFinder
from knowledge import load

_ABUSE = LEXICON / "abuse"
_CUES = LEXICON / "cues.yml"
_UNKNOWN = LEXICON / "unknown_places.yml"
_PLACE, _AGE = "place", "age"
_WORK = "job_insertion"
#: Stands where a place was, in the text the patterns of cues.yml are searched in.
_MARK = " xplacex "
#: Intents that are an answer or a state of their own, whatever stands around them.
_FIXED = ("human_handoff", "privacy", "change_language")
_UNCLEAR = ("nlu_fallback", "out_of_scope")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CueReader(GraphComponent):
    """Learns which words exist in our sentences: none of them is an unknown place."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            # Words in so many training sentences are words; once may be somebody's village.
            "word_from": 2,
            # A word of which the model is so sure is no name of a place, though nobody knows it.
            "sure_from": 0.8,
            # Below, a word nobody knows or that answers no open question is not small talk.
            "small_talk_from": 0.65,
            # … and a single word that nobody knows ("hä?") from here only.
            "strange_word_from": 0.85,
            # A doubtful greeting of so many words is more than that.
            "words_of_more": 5,
            # What stands beside an insult is answered from this probability.
            "beside_insult_from": 0.15,
            # Beside "forget the place" more words than these are a question of their own.
            "words_beside_a_drop": 2,
        }

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: Optional[ModelStorage] = None,
        resource: Optional[Resource] = None,
        words: Optional[List[str]] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._abuse = AbuseFinder(_ABUSE)
        cues: Any = read_words(_CUES)
        self._which = patterns(cues["which"])
        self._households = patterns(cues["households"])
        self._enters = [re.compile(p) for p in cues["enters"]]
        self._nobody = [re.compile(p) for p in cues["nobody"]]
        self._why_at_all = [re.compile(p) for p in cues["asks_why_at_all"]]
        self._has_work = [re.compile(p) for p in cues["has_work"]]
        self._seeks_work = [re.compile(p) for p in cues["seeks_work"]]
        self._worried = patterns(cues["worried_parents"])
        self._unsure = re.compile(cues["unsure"])
        self._needs = frozenset(load().needs)
        self._skips = Skips(cues, config)
        self._learn(words or [])

    def _learn(self, words: List[str]) -> None:
        self._small_talk = SmallTalk(self._config, words)
        self._places = UnknownPlaceFinder(_UNKNOWN, words, self._skips.small)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CueReader":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "CueReader":
        with model_storage.read_from(resource) as folder:
            words = read_json(folder / "words.json")
        return cls(config, model_storage, resource, words)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return file_fingerprint(_ABUSE, _CUES, FILLERS, _UNKNOWN)

    def train(self, training_data: TrainingData) -> Resource:
        counts: Dict[str, int] = {}
        for message in training_data.intent_examples:
            for word in words_in(message.get(TEXT)):
                counts[word] = counts.get(word, 0) + 1
        words = sorted(w for w, n in counts.items() if n >= self._config["word_from"])
        assert self._model_storage and self._resource, "a component of a graph has both"
        with self._model_storage.write_to(self._resource) as folder:
            write_json(folder / "words.json", words)
        self._learn(words)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if text and not text.startswith("/"):
                self._read(message, clean(text)[:MAX_READ])
        return messages

    def _read(self, message: Message, text: str) -> None:
        words = plain(_marked(text, message.get(ENTITIES) or []))
        abuse = not message.get("crisis") and self._abuse.found(text)
        drops = self._skips.dropped(words)
        message.set("abuse", abuse, add_to_output=True)
        message.set("which", [int(n) for n in found(self._which, words)], add_to_output=True)
        message.set("drops", drops, add_to_output=True)
        message.set("unknown_place", None, add_to_output=True)
        for household in found(self._households, words)[:1]:
            outcome.add(message, "household", household, "CueReader")
        if message.get("crisis"):
            return
        for need in found(self._worried, words)[:1]:
            message.set("worried_parent", True, add_to_output=True)
            message.set("needs", [need], add_to_output=True)
            outcome.decide(message, need)
        self._read_lost(message, words)
        self._read_work(message, words)
        self._skips.read(message, words, drops)
        self._read_place(message, text)
        given = outcome.kinds(message) & {_PLACE, _AGE}
        if given and outcome.intent(message) in ("affirm", "deny"):
            # "No sorry, I meant Mersch": the place is what counts.
            outcome.decide(message, "inform")
        kinds = [str(e["value"]) for e in message.get(ENTITIES) or [] if e["entity"] == "kind"]
        if kinds and outcome.intent(message) in ("nlu_fallback", "affirm"):
            # "Ok back to the crèche", "ok, a crèche then": it says what is wanted.
            message.set("needs", kinds[:1], add_to_output=True)
            outcome.decide(message, kinds[0])
        if outcome.intent(message) == "ask_directions" and any(
            p.search(words) for p in self._enters
        ):
            outcome.decide(message, "ask_appointment")
        if outcome.intent(message) == "human_handoff" and any(
            p.search(words) for p in self._nobody
        ):
            outcome.decide(message, "nlu_fallback")
        if abuse:
            self._beside_an_insult(message)
        elif self._small_talk.is_none(message, words):
            outcome.decide(message, "nlu_fallback")

    def _read_lost(self, message: Message, words: str) -> None:
        """ "I do not know what to say", or "why do you ask?" when nothing is being asked."""
        unsure = bool(self._unsure.search(words))
        message.set("unsure", unsure, add_to_output=True)
        if outcome.asked(message) in (_PLACE, _AGE):
            return
        if unsure and outcome.intent(message) not in ("affirm", "deny"):
            message.set("needs", [], add_to_output=True)
            outcome.decide(message, _UNCLEAR[0])
        elif any(p.search(words) for p in self._why_at_all):
            message.set("asks_why", True, add_to_output=True)
            message.set("needs", [], add_to_output=True)
            outcome.decide(message, "inform")

    def _read_work(self, message: Message, words: str) -> None:
        """Who works, and asks for something else, looks for no work."""
        needs = list(message.get("needs") or [])
        if _WORK not in needs or len(needs) < 2:
            return
        works = any(p.search(words) for p in self._has_work)
        if works and not any(p.search(words) for p in self._seeks_work):
            needs.remove(_WORK)
            message.set("needs", needs, add_to_output=True)
            if outcome.intent(message) == _WORK:
                outcome.decide(message, needs[0])

    def _read_place(self, message: Message, text: str) -> None:
        if any(e["entity"] in (_PLACE, "service") for e in message.get(ENTITIES) or []):
            return
        name = outcome.intent(message)
        if name in _FIXED or name in ("skip_question", "too_long", "no_words"):
            return
        asked = outcome.asked(message) == _PLACE
        if (
            asked
            and outcome.sure(message) >= self._config["sure_from"]
            and name not in ("inform", *_UNCLEAR)
        ):
            asked = False
        kinds = [e["end"] for e in message.get(ENTITIES) or [] if e["entity"] == "kind"]
        found = self._places.find(
            tokens(text),
            str(message.get(LANGUAGE)),
            asked=asked,
            kind_ends=kinds[0] if kinds else -1,
        )
        if not found:
            return
        place, alone = found
        message.set("unknown_place", place, add_to_output=True)
        needs = [] if name in _UNCLEAR else message.get("needs")
        if alone and not needs and (asked or not name.startswith("ask_")):
            message.set("needs", [], add_to_output=True)
            outcome.decide(message, "inform")

    def _beside_an_insult(self, message: Message) -> None:
        """Whatever is asked beside the insult counts; if nothing is, it is outside."""
        name = outcome.intent(message)
        given = outcome.kinds(message) & {_PLACE, _AGE, "service"}
        if message.get("needs") or name.startswith("ask_"):
            return
        for other, probability in outcome.likely(message):
            enough = probability >= self._config["beside_insult_from"]
            if enough and (other in self._needs or other.startswith("ask_")):
                message.set("needs", [other] if other in self._needs else [], add_to_output=True)
                outcome.decide(message, other)
                return
        sure = outcome.sure(message) >= self._config["small_talk_from"]
        fixed = name in ("complaint", "skip_question", "nlu_fallback") or (name in _FIXED and sure)
        if not (given and name == "inform") and not fixed:
            outcome.decide(message, _UNCLEAR[1])


def _marked(text: str, entities: List[Dict[str, Any]]) -> str:
    """The text with a mark for the place in it."""
    for entity in entities:
        if entity["entity"] == _PLACE:
            return text[: entity["start"]] + _MARK + text[entity["end"] :]
    return text
