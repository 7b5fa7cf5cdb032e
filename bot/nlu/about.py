"""What one message is about: the intent meant, beside a greeting, a place or a service's name."""

import re
from typing import Any, Collection, Dict, List, Text, Tuple

from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.files import LEXICON, read_words
from bot.nlu.intent import UNNAMED_SCORES, Scores
from bot.nlu.language import LANGUAGE, OTHER
from bot.nlu.reader import REST, UNNAMED
from bot.nlu.text import MAX_READ, fold, has_words

FILLERS = LEXICON / "fillers.yml"
PLACES = LEXICON / "places.yml"
OUTSIDE = "out_of_scope"
UNCLEAR = "nlu_fallback"
#: Asking where a kind of service is, is asking for that service.
WHERE = "ask_address"
#: Said before what is meant: "good morning, …", "no, sorry, in Mersch".
ANSWERS = ("affirm", "deny")
BEFORE = ("greet", "thank", "goodbye", *ANSWERS)
_WORDS = re.compile(r"\w+")
_DETAIL = "ask_"
_WHO = "ask_eligibility"


def is_command(message: Message) -> bool:
    """Whether the message is an unknown command ("/start"), and no words of a person."""
    return bool((message.get("metadata") or {}).get("command"))


class About:
    """Reads the ranking of a message with what else was found in it.

    `config`: that of the decision; `needs`: the intents that are needs.
    """

    def __init__(self, config: Dict[Text, Any], needs: Collection[str]) -> None:
        self._config = config
        self._needs = frozenset(needs)
        words: Any = read_words(FILLERS)
        self._fillers = frozenset(map(fold, words["around_a_detail"]))
        self._address_words = frozenset(map(fold, words["address_words"]))
        self._negations = frozenset(map(fold, read_words(PLACES)["negations"]))

    def intent(
        self, message: Message, text: str, scores: List[Tuple[str, float]], crisis: List[str]
    ) -> Tuple[str, float]:
        """The intent and its probability. `crisis`: the dangers heard in it; they come first."""
        by_name = dict(scores)
        if crisis:
            return crisis[0], max(by_name.get(crisis[0], 0.0), self._config["crisis_from"])
        if not has_words(text):
            return "no_words", 1.0
        if len(text) > MAX_READ:
            return "too_long", 1.0
        if is_command(message):
            message.set(ENTITIES, [], add_to_output=True)
            return UNCLEAR, 1.0
        if self.only_details(message):
            return "inform", 1.0
        if message.get(LANGUAGE) == OTHER:
            return "other_language", 1.0
        named = {e["entity"]: str(e["value"]) for e in message.get(ENTITIES) or []}
        name, probability = self._about_named(message, scores, named)
        kind = named.get("kind")
        if kind and "service" not in named and self._is_request(name, message):
            return kind, probability
        if (
            kind in self._needs
            and name in self._needs
            and by_name.get(kind, 0.0) >= probability / 2
        ):
            # Named in words: surer than another need that is hardly likelier.
            return kind, by_name[kind]
        if name in BEFORE:
            name, probability = self._after_courtesy(message, scores, name, probability)
            if name not in BEFORE:
                return name, probability
        need, likely = next(((n, p) for n, p in scores if n in self._needs), ("", 0.0))
        open_question = (message.get("metadata") or {}).get("asks") in ("place", "age")
        beside = likely >= self._config["need_beside_details_from"] and not open_question
        if name == "inform" and beside:
            # "I am alone a lot, too, I live in Wiltz and am 69".
            return need, likely
        if probability < self._config["answer_from"]:
            name, probability = UNCLEAR, 1.0 - probability
        if "service" in named and name in (UNCLEAR, OUTSIDE):
            return "inform", probability
        # "And in Mondorf, my aunt lives there?": a place, and hardly a question of another kind.
        likely = by_name.get("inform", 0.0) >= self._config["inform_with_place_from"]
        if "place" in named and name == OUTSIDE and probability < 0.5 and likely:
            return "inform", probability
        return name, probability

    def _after_courtesy(
        self, message: Message, scores: Scores, name: str, probability: float
    ) -> Tuple[str, float]:
        """ "Good morning, I look for a crèche", "no, sorry, in Mersch": what follows is meant."""
        answer = name in ANSWERS
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
        if name == WHERE:
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
                unnamed = without(unnamed, OUTSIDE)
            detail, probability = unnamed[0]
            floor = self._config["detail_from" if service else "detail_of_kind_from"]
            # "And a crèche for my daughter?" is a request, though it sounds like a condition.
            meant = detail.startswith(_DETAIL) and (service or detail != _WHO)
            if meant and probability >= floor:
                return detail, probability
        return scores[0] if scores else (UNCLEAR, 0.0)

    def only_details(self, message: Message) -> bool:
        """Only a place, an age or a service name, with the small words around it."""
        given = {e["entity"] for e in message.get(ENTITIES) or []} & {"place", "age", "service"}
        return bool(given) and all(w in self._fillers for w in message.get(REST) or [])

    def says_one_thing(self, message: Message) -> bool:
        """Whether at most one word stands in it that says something: "housing"."""
        rest = message.get(REST)
        return bool(rest) and sum(word not in self._fillers for word in rest) <= 1

    def asks_where(self, message: Message, intent: str) -> bool:
        """ "Where is there something to eat in Hollerich?": a place is named, and no service."""
        given = {e["entity"] for e in message.get(ENTITIES) or []}
        where = intent == WHERE and "place" in given and given.isdisjoint(("service", "kind"))
        return where and self._address_words.isdisjoint(message.get(REST) or [])


def without(scores: Scores, name: str) -> Scores:
    """The ranking as if one intent did not exist."""
    rest = [(n, p) for n, p in scores if n != name]
    total = sum(p for _, p in rest) or 1.0
    return [(n, p / total) for n, p in rest]
