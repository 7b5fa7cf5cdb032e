"""Last component: from what was found to the final intent. Crisis first, then rejection.

Sets, besides Rasa's intent and ranking: `needs` (most likely first) and `crisis`.
"""

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.crisis import CrisisPatterns
from bot.nlu.files import LEXICON, file_fingerprint, read_words
from bot.nlu.intent import SCORES, UNNAMED_SCORES
from bot.nlu.language import LANGUAGE, OTHER
from bot.nlu.reader import REST
from bot.nlu.text import MAX_READ, fold, has_words
from knowledge import load

_CRISIS = LEXICON / "crisis"
_FILLERS = LEXICON / "fillers.yml"
_RANKED = 10
_DETAIL = "ask_"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(GraphComponent):
    """The final intent of a message, after every rule that may change or reject it."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            # Below: not understood, the topics are offered as a choice.
            "answer_from": 0.3,
            # A crisis is heard from this probability of all crisis intents together, even when
            # another intent is likelier.
            "crisis_from": 0.4,
            # A question about a service named in the message.
            "detail_from": 0.4,
            # Further needs of the same message.
            "also_from": 0.25,
            # The prefix of crisis intents, see the intent contract.
            "crisis_prefix": "crisis_",
        }

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config
        self._patterns = CrisisPatterns(_CRISIS)
        words: Any = read_words(_FILLERS)
        self._fillers = frozenset(map(fold, words["around_a_detail"]))
        self._needs = frozenset(load().needs)
        self._asked = {fold(k): v for k, v in words["languages"].items()}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Decision":
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return file_fingerprint(_CRISIS, _FILLERS)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if not (message.get(TEXT) or "").startswith("/"):
                self._decide(message)
        return messages

    def _decide(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        scores: List[Tuple[str, float]] = message.get(SCORES) or []
        crisis = self._crisis(text, scores)
        intent, confidence = self._intent(message, text, scores, crisis)
        needs = [n for n, p in scores if n in self._needs and p >= self._config["also_from"]]
        if intent in self._needs and intent not in needs:
            needs.insert(0, intent)
        ranking = [{INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}]
        ranking += [
            {INTENT_NAME_KEY: n, PREDICTED_CONFIDENCE_KEY: p} for n, p in scores if n != intent
        ][:_RANKED]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set("needs", needs, add_to_output=True)
        message.set("crisis", crisis, add_to_output=True)
        if intent == "change_language":
            self._ask_language(message)

    def _crisis(self, text: str, scores: List[Tuple[str, float]]) -> List[str]:
        """Crisis intents, by pattern or by a probability that need not be the highest."""
        heard = self._patterns.find(text)
        prefix, floor = self._config["crisis_prefix"], self._config["crisis_from"]
        likely = [(n, p) for n, p in scores if n.startswith(prefix)]
        if likely and sum(p for _, p in likely) >= floor:
            heard += [n for n, p in likely if n == likely[0][0] or p >= floor]
        return list(dict.fromkeys(heard))

    def _intent(
        self, message: Message, text: str, scores: List[Tuple[str, float]], crisis: List[str]
    ) -> Tuple[str, float]:
        by_name = dict(scores)
        if crisis:
            return crisis[0], max(by_name.get(crisis[0], 0.0), self._config["crisis_from"])
        if not has_words(text):
            return "no_words", 1.0
        if len(text) > MAX_READ:
            return "too_long", 1.0
        if self._only_details(message):
            return "inform", 1.0
        if message.get(LANGUAGE) == OTHER:
            return "other_language", 1.0
        detail = (message.get(UNNAMED_SCORES) or scores)[0]
        if detail[0].startswith(_DETAIL) and detail[1] >= self._config["detail_from"]:
            return detail
        name, probability = scores[0]
        if probability < self._config["answer_from"]:
            return "nlu_fallback", 1.0 - probability
        return name, probability

    def _only_details(self, message: Message) -> bool:
        """Only a place, an age or a service name, with the small words around it."""
        given = {e["entity"] for e in message.get(ENTITIES) or []} & {"place", "age", "service"}
        return bool(given) and all(w in self._fillers for w in message.get(REST) or [])

    def _ask_language(self, message: Message) -> None:
        """ "Speak German please": the language asked for, not the one it is asked in."""
        for word in message.get(REST) or []:
            if word in self._asked:
                others = [e for e in message.get(ENTITIES) or [] if e["entity"] != LANGUAGE]
                wanted = {
                    "entity": LANGUAGE,
                    "start": 0,
                    "end": 0,
                    "value": self._asked[word],
                    "extractor": "Decision",
                }
                message.set(ENTITIES, [*others, wanted], add_to_output=True)
                message.set(LANGUAGE, self._asked[word], add_to_output=True)
                return
