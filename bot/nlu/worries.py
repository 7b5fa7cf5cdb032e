"""After the decision: what somebody tells that no service of ours is there for.

A parent who drinks, an addiction, a pregnancy nobody wanted, a separation, a psychologist: fixed
words (data/lexicon/worries.yml) say which, knowledge/worries.yml who helps. Sets `worry`, and the
intent that stands for it. What the model finds to be none of ours (a wage, a lawyer, care at home)
is named by looser words, which decide nothing. A cry for help in fixed words goes before; what the
model only guessed of a short message does not ("my father drinks" is no poisoning).
"""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.crisis import CrisisPatterns, plain
from bot.nlu.files import LEXICON, file_fingerprint, read_words
from bot.nlu.patterns import Patterns
from bot.nlu.text import MAX_READ
from knowledge import load

_WORRIES = LEXICON / "worries.yml"
_CRISIS = "crisis_"
#: What drinking sounds like to the model, and is not.
_POISONING = "crisis_medical"
#: Nothing of ours was understood, or only a small word beside something else.
_OUTSIDE = frozenset(
    {"out_of_scope", "nlu_fallback", "deny", "affirm", "complaint", "help_menu", "greet"}
)
_NONE_OF_OURS = "out_of_scope"


class Worries:
    """Which worry a text tells. Raises re.error or KeyError when the file is broken."""

    def __init__(self, lexicon: Path = _WORRIES) -> None:
        content: Any = read_words(lexicon)
        self.means: Dict[str, str] = {name: group["means"] for name, group in content.items()}
        #: Beside a need, the need is what is asked.
        self.aside = frozenset(name for name, group in content.items() if group.get("aside"))
        #: Needs that the model takes a worry for.
        self.sounds_like: Dict[str, List[str]] = {
            name: group.get("sounds_like", []) for name, group in content.items()
        }
        entries = [(name, e) for name, group in content.items() for e in group["patterns"]]
        self._names = [name for name, _ in entries]
        self._outside = [bool(entry.get("outside")) for _, entry in entries]
        self._patterns = Patterns(entry["pattern"] for _, entry in entries)

    def find(self, text: str, *, outside: bool = False) -> Optional[str]:
        """The first of the file that is told. `outside`: nothing of ours was understood."""
        found = self._patterns.occurring(plain(text[:MAX_READ]))
        # What its own words tell goes before what loose words hint at.
        found.sort(key=lambda number: self._outside[number])
        told = (self._names[n] for n in found if outside or not self._outside[n])
        return next(told, None)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class WorryReader(GraphComponent):
    """Hears worries, and gives the message the intent that stands for them."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        # A message of no more words says the worry and nothing else.
        return {"few_words": 8}

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._few = int(config["few_words"])
        self._worries = Worries()
        self._patterns = CrisisPatterns(LEXICON / "crisis")
        self._needs = frozenset(load().needs)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "WorryReader":
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        return file_fingerprint(_WORRIES, LEXICON / "crisis")

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if not text or text.startswith("/"):
                continue
            worry, few = self._worries.find(text), len(text.split()) <= self._few
            if worry:
                self._read(message, worry, few=few)
            else:
                self._read_outside(message, text, few=few)
        return messages

    def _read_outside(self, message: Message, text: str, *, few: bool) -> None:
        """Where nothing of ours was understood, or in few words what the worry sounds like."""
        if message.get("crisis"):
            return
        name = str(message.get(INTENT)[INTENT_NAME_KEY])
        worry = self._worries.find(text, outside=True)
        if not worry or not (name in _OUTSIDE or (few and name == self._worries.means[worry])):
            return
        message.set("worry", worry, add_to_output=True)
        message.set("needs", [], add_to_output=True)
        self._decide(message, _NONE_OF_OURS)

    def _read(self, message: Message, worry: str, *, few: bool) -> None:
        means = self._worries.means[worry]
        said = self._patterns.find(message.get(TEXT))
        heard = [
            name
            for name in message.get("crisis") or []
            if name in said or not (few or name == _POISONING)
        ]
        if heard:
            message.set("crisis", heard, add_to_output=True)
            if message.get(INTENT)[INTENT_NAME_KEY] not in heard:
                self._decide(message, heard[0])
            return
        name = str(message.get(INTENT)[INTENT_NAME_KEY])
        like = self._worries.sounds_like[worry]
        needs = [need for need in message.get("needs") or [] if need not in like]
        message.set("crisis", [], add_to_output=True)
        message.set("crisis_guessed", False, add_to_output=True)
        asked = name in needs or name.startswith(_CRISIS)
        if worry in self._worries.aside and needs and asked:
            if name.startswith(_CRISIS):
                self._decide(message, needs[0])
            return
        message.set("worry", worry, add_to_output=True)
        if means.startswith(_CRISIS):
            message.set("crisis", [means], add_to_output=True)
        # In few words other needs are only what the worry sounds like.
        beside = [] if few or message.get("crisis") else [n for n in needs if n != means]
        own = [means] if means in self._needs else []
        message.set("needs", [*own, *beside], add_to_output=True)
        self._decide(message, means)

    def _decide(self, message: Message, name: str) -> None:
        """Another intent than before; the ranking keeps what the model thought."""
        sure = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
        ranking = message.get(INTENT_RANKING_KEY) or []
        message.set(INTENT, sure, add_to_output=True)
        rest = [item for item in ranking if item[INTENT_NAME_KEY] != name]
        message.set(INTENT_RANKING_KEY, [sure, *rest], add_to_output=True)
