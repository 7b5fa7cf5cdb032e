"""Last component: from what was found to the final intent. Crisis first, then rejection.

Sets, besides Rasa's intent and ranking: `needs` (most urgent first), `crisis`, and
`crisis_guessed` (heard by the model only, in no pattern).
"""

import re
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
from bot.nlu.intent import ALONE_SCORES, CLAUSE_SCORES, SCORES, UNNAMED_SCORES, Scores
from bot.nlu.language import LANGUAGE, OTHER
from bot.nlu.reader import AGES, REST, UNNAMED
from bot.nlu.several import Several
from bot.nlu.text import MAX_READ, fold, has_words
from bot.nlu.told import HintedNeeds, ToldNeeds
from knowledge import load

_CRISIS = LEXICON / "crisis"
_FILLERS = LEXICON / "fillers.yml"
_PLACES = LEXICON / "places.yml"
_TOLD = LEXICON / "needs.yml"
_HINTS = LEXICON / "need_hints.yml"
_RANKED = 10
_WORDS = re.compile(r"\w+")
_DETAIL = "ask_"
_OUTSIDE = "out_of_scope"
_UNCLEAR = "nlu_fallback"
#: Asking where a kind of service is, is asking for that service.
_WHERE = "ask_address"
_WHO = "ask_eligibility"
#: Said before what is meant: "good morning, …", "no, sorry, in Mersch".
_ANSWERS = ("affirm", "deny")
_BEFORE = ("greet", "thank", "goodbye", *_ANSWERS)
#: Said beside a need that is told, none of these is what the message is about.
_BESIDE = (*_BEFORE, "help_menu")
#: Each answers "where can I live?".
_ROOFS = ("emergency_housing", "youth_housing", "affordable_housing")
#: Several crises in one message: what cannot wait at all comes first.
_URGENT = ("crisis_medical", "crisis_suicide", "crisis_child", "crisis_violence")


def _is_command(message: Message) -> bool:
    return bool((message.get("metadata") or {}).get("command"))


def _for_ages(scores: Scores, ages: List[float], ages_for: Dict[Text, List[float]]) -> Scores:
    """The ranking without what nobody of these ages asks for."""
    for name, (youngest, oldest) in ages_for.items():
        if scores and ages and not any(youngest <= age <= oldest for age in ages):
            scores = _without(scores, name)
    return scores


def _likelier_housing_first(needs: List[str], likely: Dict[Text, float]) -> List[str]:
    """Of three needs, two of them a roof, the less likely roof comes last: "no job, no flat"."""
    roofs = [n for n in needs if n in _ROOFS]
    if len(needs) < 3 or len(roofs) < 2:
        return needs
    last = min(roofs, key=lambda n: likely.get(n, 0.0))
    return [*(n for n in needs if n != last), last]


def _without(scores: Scores, name: str) -> Scores:
    """The ranking as if one intent did not exist."""
    rest = [(n, p) for n, p in scores if n != name]
    total = sum(p for _, p in rest) or 1.0
    return [(n, p / total) for n, p in rest]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(GraphComponent):
    """The final intent of a message, after every rule that may change or reject it."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            # Below: not understood, the topics are offered as a choice.
            "answer_from": 0.4,
            # A crisis is heard from this probability of all crisis intents together, even when
            # another intent is likelier.
            "crisis_from": 0.5,
            # The model learns words, not sayings: beside an everyday saying it must be surer.
            "crisis_from_in_idiom": 0.95,
            # A message of no more words is the saying and nothing else.
            "saying_words": 8,
            # Surer than this, the model says which of several crises comes first.
            "crisis_sure": 0.45,
            # A question about a service, or about a kind of service, named in the message.
            "detail_from": 0.4,
            "detail_of_kind_from": 0.7,
            # A place in a message that is doubtful between information and outside.
            "inform_with_place_from": 0.25,
            # A need beside a greeting or thanks, and beside a yes or no.
            "need_after_from": 0.2,
            "need_after_answer_from": 0.35,
            # A need beside a place or an age, when neither was asked.
            "need_beside_details_from": 0.3,
            # Further needs of the same message: as the second meaning of the whole, or of a clause.
            "also_from": 0.2,
            "clause_from": 0.4,
            # A clause read alone is sure of its need from here, if its message allows it so much.
            "alone_from": 0.8,
            "alone_backed_from": 0.02,
            # An urgent need that goes before the likeliest one is so sure in its clause.
            "pressing_from": 0.7,
            # … or the second meaning of the whole from here: "no money left for food" is hunger.
            "pressing_whole_from": 0.3,
            # A need that words hint at, where a clause makes it so likely.
            "hint_backed_from": 0.2,
            # … in a message of so many words at least.
            "hint_words": 6,
            # Less sure that none of it is ours, a need told in words is heard.
            "outside_sure": 0.8,
            # What one clause says counts for the whole from this probability there: a clause torn
            # from its message may say anything.
            "backed_from": 0.03,
            "crisis_backed_from": 0.01,
            # A cry in one clause of a longer message.
            "crisis_clause_from": 0.95,
            # Who asks for these (years): not a message in which all ages are others.
            "ages_for": {
                "youth_housing": [12, 35],
                "senior_activities": [40, 120],
                "youth_house": [5, 64],
            },
            # The prefix of crisis intents, see the intent contract.
            "crisis_prefix": "crisis_",
        }

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config
        self._patterns = CrisisPatterns(_CRISIS)
        words: Any = read_words(_FILLERS)
        self._fillers = frozenset(map(fold, words["around_a_detail"]))
        self._address_words = frozenset(map(fold, words["address_words"]))
        self._negations = frozenset(map(fold, read_words(_PLACES)["negations"]))
        self._needs = frozenset(load().needs)
        self._several = Several(config, self._needs)
        self._told = ToldNeeds(_TOLD)
        self._hinted = HintedNeeds(_HINTS, config)
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
        return file_fingerprint(_CRISIS, _FILLERS, _PLACES, _TOLD, _HINTS)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if not (message.get(TEXT) or "").startswith("/"):
                self._decide(message)
        return messages

    def _decide(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        scores = self._scores(message, SCORES)
        # A bare place or age is no cry for help, whatever the model makes of so little.
        readable = has_words(text) and not self._only_details(message)
        said = self._patterns.find(text)
        floor = self._config["crisis_from"]
        if not said and self._patterns.has_idiom(text):
            floor = self._config["crisis_from_in_idiom"]
            readable = readable and len(text.split()) > self._config["saying_words"]
        clauses = self._several_scores(message, CLAUSE_SCORES)
        crisis = self._crisis(said, scores if readable else [], clauses if readable else [], floor)
        if not crisis:
            scores = [s for s in scores if not s[0].startswith(self._config["crisis_prefix"])]
        intent, confidence = self._intent(message, text, scores, crisis)
        alone = self._several_scores(message, ALONE_SCORES)
        needs = self._several.needs(intent, scores, clauses, alone)
        rest = message.get(REST)
        if rest and sum(word not in self._fillers for word in rest) <= 1:
            # One word, "housing", says one thing, however many it may mean.
            needs = needs[:1]
        first = needs[0] if needs else intent
        told_apart = any(clause[0][0] == first for clause in clauses)
        if needs and intent in _BESIDE and (intent not in _ANSWERS or told_apart):
            # "Thank you, the police came. Now I need something to eat": what is asked is meant.
            intent, confidence = first, self._config["clause_from"]
        if (
            intent in self._needs
            and first != intent
            and self._several.backed(first, scores, clauses)
        ):
            # The most urgent of several needs is answered first.
            intent, confidence = first, max(confidence, dict(scores).get(first, 0.0))
        # "Ok, and to find work?", "where is there something to eat in Hollerich?"
        given = {e["entity"] for e in message.get(ENTITIES) or []}
        where = intent == _WHERE and "place" in given and given.isdisjoint(("service", "kind"))
        where = where and self._address_words.isdisjoint(message.get(REST) or [])
        doubtful = intent == _OUTSIDE and confidence < self._config["outside_sure"]
        open_to_words = where or doubtful or intent in (_UNCLEAR, _ANSWERS[0])
        open_to_words = open_to_words and not _is_command(message)
        if crisis or intent in self._needs or open_to_words:
            told = self._told.find(text, intent)
            # A cry for help hints at much that is not asked for: "two small children are inside".
            hinted = {} if crisis else self._hinted.find(text, intent, clauses, alone)
            if told or hinted:
                needs = self._several.ordered(intent, needs, {**hinted, **told}, clauses)
            plainest = next((name for name in needs if name in told), intent)
            unheard = intent == _UNCLEAR or doubtful
            if not crisis and plainest != intent and (unheard or plainest == needs[0]):
                # Told in words: surer than what the model makes of the whole.
                likely = dict(scores).get(plainest, 0.0)
                intent, confidence = plainest, max(likely, self._config["answer_from"])
        needs = _likelier_housing_first(needs, dict(scores))
        ranking = [{INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}]
        ranking += [
            {INTENT_NAME_KEY: n, PREDICTED_CONFIDENCE_KEY: p}
            for n, p in self._scores(message, SCORES)
            if n != intent
        ][:_RANKED]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set("needs", needs, add_to_output=True)
        message.set("crisis", crisis, add_to_output=True)
        message.set("crisis_guessed", bool(crisis) and not said, add_to_output=True)
        if intent == "change_language":
            self._ask_language(message)

    def _scores(self, message: Message, kind: Text) -> Scores:
        scores: Scores = message.get(kind) or []
        return _for_ages(scores, message.get(AGES) or [], self._config["ages_for"])

    def _several_scores(self, message: Message, kind: Text) -> List[Scores]:
        ages = message.get(AGES) or []
        found: List[Scores] = message.get(kind) or []
        return [_for_ages(scores, ages, self._config["ages_for"]) for scores in found]

    def _crisis(
        self, said: List[str], scores: Scores, clauses: List[Scores], floor: float
    ) -> List[str]:
        """Crisis intents, said in a pattern or of a probability that need not be the highest."""
        heard = list(said)
        prefix = self._config["crisis_prefix"]
        likely = [(n, p) for n, p in scores if n.startswith(prefix)]
        if likely and sum(p for _, p in likely) >= floor:
            heard += [n for n, p in likely if n == likely[0][0] or p >= floor]
        if sum(p for _, p in likely) >= self._config["crisis_backed_from"]:
            for name, probability in (clause[0] for clause in clauses):
                if name.startswith(prefix) and probability >= self._config["crisis_clause_from"]:
                    heard.append(name)
        surest = max(likely, key=lambda s: s[1], default=("", 0.0))
        first = surest[0] if surest[1] >= self._config["crisis_sure"] else ""
        return sorted(set(heard), key=lambda n: (n != first, _URGENT.index(n)))

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
        if _is_command(message):
            message.set(ENTITIES, [], add_to_output=True)
            return _UNCLEAR, 1.0
        if self._only_details(message):
            return "inform", 1.0
        if message.get(LANGUAGE) == OTHER:
            return "other_language", 1.0
        named = {e["entity"]: str(e["value"]) for e in message.get(ENTITIES) or []}
        name, probability = self._about_named(message, scores, named)
        kind = named.get("kind")
        if kind and "service" not in named and self._is_request(name, message):
            return kind, probability
        if kind in self._needs and name in self._needs and by_name[kind] >= probability / 2:
            # Named in words: surer than another need that is hardly likelier.
            return kind, by_name[kind]
        if name in _BEFORE:
            name, probability = self._after_courtesy(message, scores, name, probability)
            if name not in _BEFORE:
                return name, probability
        need, likely = next(((n, p) for n, p in scores if n in self._needs), ("", 0.0))
        open_question = (message.get("metadata") or {}).get("asks") in ("place", "age")
        beside = likely >= self._config["need_beside_details_from"] and not open_question
        if name == "inform" and beside:
            # "I am alone a lot, too, I live in Wiltz and am 69".
            return need, likely
        if probability < self._config["answer_from"]:
            name, probability = _UNCLEAR, 1.0 - probability
        if "service" in named and name in (_UNCLEAR, _OUTSIDE):
            return "inform", probability
        # "And in Mondorf, my aunt lives there?": a place, and hardly a question of another kind.
        likely = by_name.get("inform", 0.0) >= self._config["inform_with_place_from"]
        if "place" in named and name == _OUTSIDE and probability < 0.5 and likely:
            return "inform", probability
        return name, probability

    def _after_courtesy(
        self, message: Message, scores: Scores, name: str, probability: float
    ) -> Tuple[str, float]:
        """ "Good morning, I look for a crèche", "no, sorry, in Mersch": what follows is meant."""
        answer = name in _ANSWERS
        need, likely = next(((n, p) for n, p in scores if n in self._needs), ("", 0.0))
        if likely >= self._config["need_after_answer_from" if answer else "need_after_from"]:
            return need, likely
        asked = (message.get("metadata") or {}).get("asks") == "place"
        placed = any(e["entity"] == "place" for e in message.get(ENTITIES) or [])
        denied = not self._negations.isdisjoint((message.get(REST) or [])[1:])
        if placed and not denied and (answer or asked):
            return "inform", probability
        return name, probability

    def _is_request(self, name: str, message: Message) -> bool:
        """A kind of service is named without saying what is asked: it is being looked for."""
        if all(word in self._fillers for word in _WORDS.findall(fold(message.get(UNNAMED) or "?"))):
            # "And for the crèche?": nothing but the kind is said.
            return True
        if name == _WHERE:
            return self._address_words.isdisjoint(message.get(REST) or [])
        return name in ("inform", "out_of_scope")

    def _about_named(
        self, message: Message, scores: List[Tuple[str, float]], named: Dict[str, str]
    ) -> Tuple[str, float]:
        """A detail of a service or kind named in the message, or else the likeliest intent."""
        unnamed = message.get(UNNAMED_SCORES)
        if unnamed:
            service = "service" in named
            if service:
                # About a service of ours, hence not out of scope, whatever it sounds like.
                unnamed = _without(unnamed, _OUTSIDE)
            detail, probability = unnamed[0]
            floor = self._config["detail_from" if service else "detail_of_kind_from"]
            # "And a crèche for my daughter?" is a request, though it sounds like a condition.
            meant = detail.startswith(_DETAIL) and (service or detail != _WHO)
            if meant and probability >= floor:
                return detail, probability
        return scores[0] if scores else (_UNCLEAR, 0.0)

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
