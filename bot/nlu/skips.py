"""Whether a question is to be skipped: "forget the place", "I do not mind", "no matter"."""

import re
from typing import Any, Dict, List, Text

from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import outcome
from bot.nlu.files import LEXICON, read_words
from bot.nlu.text import fold
from knowledge import load

FILLERS = LEXICON / "fillers.yml"
Groups = Dict[str, List["re.Pattern[str]"]]
_PLACE, _AGE = "place", "age"


class Skips:
    """`cues`: the patterns of data/lexicon/cues.yml; `config`: that of the cues."""

    def __init__(self, cues: Any, config: Dict[Text, Any]) -> None:
        self._config = config
        self._drops = patterns(cues["drops"])
        self._any = re.compile(cues["any"])
        self._refuses = [re.compile(p) for p in cues["refuses"]]
        self._why = [re.compile(p) for p in cues["asks_why"]]
        self._needs = frozenset(load().needs)
        fillers: Any = read_words(FILLERS)
        groups = ("around_a_detail", "courtesy")
        self.small = frozenset(fold(w) for group in groups for w in fillers[group])

    def dropped(self, words: str) -> List[str]:
        """What is to be forgotten: place, age."""
        return found(self._drops, words)

    def read(self, message: Message, words: str, drops: List[str]) -> None:
        """ "Forget the place", or "I do not mind" as an answer: the question is skipped."""
        if "xplacex" in words and _PLACE in drops:
            # "Forget Esch": the place named is the one that is not meant any more.
            kept = [e for e in message.get(ENTITIES) or [] if e["entity"] != _PLACE]
            message.set(ENTITIES, kept, add_to_output=True)
        asks = outcome.asked(message)
        if drops:
            beside = words
            for kind in drops:
                for pattern in self._drops[kind]:
                    beside = pattern.sub(" ", beside)
            more = [w for w in beside.split() if w not in self.small]
            few = len(more) <= self._config["words_beside_a_drop"]
            if few and not message.get("needs"):
                outcome.decide(message, "skip_question")
        elif asks in (_PLACE, _AGE) and self._any.search(words):
            outcome.decide(message, "skip_question")
        elif asks in (_PLACE, _AGE) and any(p.search(words) for p in self._why):
            message.set("asks_why", True, add_to_output=True)
            message.set("needs", [], add_to_output=True)
            outcome.decide(message, "inform")
        elif asks in (_PLACE, _AGE) and self._is_refusal(message, words):
            message.set("refuses", True, add_to_output=True)
            outcome.decide(message, "skip_question")

    def _is_refusal(self, message: Message, words: str) -> bool:
        given = outcome.kinds(message) & {_PLACE, _AGE}
        if given or outcome.intent(message) in self._needs:
            return False
        return any(pattern.search(words) for pattern in self._refuses)


def patterns(groups: Dict[str, List[str]]) -> Groups:
    """Groups of regular expressions, compiled."""
    return {name: [re.compile(p) for p in group] for name, group in groups.items()}


def found(groups: Groups, words: str) -> List[str]:
    """The names of the groups of which one occurs."""
    return [name for name, group in groups.items() if any(p.search(words) for p in group)]
