"""Last component: from what was found to the final intent. Crisis first, then rejection.

Sets, besides Rasa's intent and ranking: `needs` (most urgent first), `crisis`, and
`crisis_guessed` (heard by the model only, in no pattern).
"""

from typing import Any, Dict, List, Optional, Text

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

from bot.nlu.about import (
    ANSWERS,
    BEFORE,
    FILLERS,
    OUTSIDE,
    PLACES,
    UNCLEAR,
    About,
    is_command,
    without,
)
from bot.nlu.danger import PATTERNS, Danger
from bot.nlu.files import LEXICON, file_fingerprint, read_words
from bot.nlu.intent import ALONE_SCORES, CLAUSE_SCORES, SCORES, Scores
from bot.nlu.language import LANGUAGE
from bot.nlu.reader import AGES, REST
from bot.nlu.several import Several
from bot.nlu.text import fold
from bot.nlu.told import HintedNeeds, ToldNeeds
from knowledge import load

_TOLD = LEXICON / "needs.yml"
_HINTS = LEXICON / "need_hints.yml"
_RANKED = 10
#: Said beside a need that is told, none of these is what the message is about.
_BESIDE = (*BEFORE, "help_menu")
#: Each answers "where can I live?".
_ROOFS = ("emergency_housing", "youth_housing", "affordable_housing")


def _for_ages(scores: Scores, ages: List[float], ages_for: Dict[Text, List[float]]) -> Scores:
    """The ranking without what nobody of these ages asks for."""
    for name, (youngest, oldest) in ages_for.items():
        if scores and ages and not any(youngest <= age <= oldest for age in ages):
            scores = without(scores, name)
    return scores


def _likelier_housing_first(needs: List[str], likely: Dict[Text, float]) -> List[str]:
    """Of three needs, two of them a roof, the less likely roof comes last: "no job, no flat"."""
    roofs = [n for n in needs if n in _ROOFS]
    if len(needs) < 3 or len(roofs) < 2:
        return needs
    last = min(roofs, key=lambda n: likely.get(n, 0.0))
    return [*(n for n in needs if n != last), last]


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
            # Words that ordinary messages use, too (`backed` in the patterns), are not believed
            # where the model makes all danger less probable than this, in every clause.
            "crisis_denied_below": 0.05,
            # … in a message of so many words at least.
            "crisis_denied_words": 7,
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
        needs = frozenset(load().needs)
        self._needs = needs
        self._danger = Danger(config)
        self._about = About(config, needs)
        self._several = Several(config, needs)
        self._told = ToldNeeds(_TOLD)
        self._hinted = HintedNeeds(_HINTS, config)
        words: Any = read_words(FILLERS)
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
        return file_fingerprint(PATTERNS, FILLERS, PLACES, _TOLD, _HINTS)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if not (message.get(TEXT) or "").startswith("/"):
                self._decide(message)
        return messages

    def _decide(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        scores = self._scores(message, SCORES)
        clauses = self._several_scores(message, CLAUSE_SCORES)
        bare = self._about.only_details(message)
        crisis, said = self._danger.heard(text, scores, clauses, bare=bare)
        if not crisis:
            scores = [s for s in scores if not s[0].startswith(self._config["crisis_prefix"])]
        intent, confidence = self._about.intent(message, text, scores, crisis)
        alone = self._several_scores(message, ALONE_SCORES)
        needs = self._several.needs(intent, scores, clauses, alone)
        if self._about.says_one_thing(message):
            # One thing is asked, however many it may mean.
            needs = needs[:1]
        first = needs[0] if needs else intent
        told_apart = any(clause[0][0] == first for clause in clauses)
        if needs and intent in _BESIDE and (intent not in ANSWERS or told_apart):
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
        where = self._about.asks_where(message, intent)
        doubtful = intent == OUTSIDE and confidence < self._config["outside_sure"]
        open_to_words = where or doubtful or intent in (UNCLEAR, ANSWERS[0])
        open_to_words = open_to_words and not is_command(message)
        if crisis or intent in self._needs or open_to_words:
            told = self._told.find(text, intent)
            # A cry for help hints at much that is not asked for: "two small children are inside".
            hinted = {} if crisis else self._hinted.find(text, intent, clauses, alone)
            if told or hinted:
                needs = self._several.ordered(intent, needs, {**hinted, **told}, clauses)
            plainest = next((name for name in needs if name in told), intent)
            unheard = intent == UNCLEAR or doubtful
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
