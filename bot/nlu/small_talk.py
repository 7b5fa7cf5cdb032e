"""Whether what was taken for small talk is some."""

from typing import Any, Collection, Dict, Text

from rasa.shared.nlu.training_data.message import Message

from bot.nlu import outcome
from bot.nlu.language import LANGUAGE

#: What a word that is none, or a "hm?", is easily taken for.
_SMALL = ("greet", "goodbye", "thank", "affirm", "bot_challenge", "restart", "help_menu", "inform")
#: Said in few words.
_SHORT = ("greet", "goodbye", "thank", "affirm")


class SmallTalk:
    """`config`: that of the cues; `words`: the words of our sentences."""

    def __init__(self, config: Dict[Text, Any], words: Collection[str]) -> None:
        self._config = config
        self._words = frozenset(words)

    def is_none(self, message: Message, words: str) -> bool:
        """Taken for small talk, though hardly: it is no word, or does not answer what was asked."""
        said = words.split()
        alone = len(said) == 1 and self._words.isdisjoint(said)
        least = self._config["strange_word_from" if alone else "small_talk_from"]
        unsure = _sure_of_courtesy(message) < least
        given = outcome.kinds(message) - {LANGUAGE}
        if not unsure or given or outcome.intent(message) not in _SMALL:
            return False
        strange = self._words.isdisjoint(said) or (
            # "And until then? We must be out by the end of the month" is no goodbye.
            len(said) >= self._config["words_of_more"] and outcome.intent(message) in _SHORT
        )
        return strange or (
            outcome.asked(message) in ("place", "age") and outcome.intent(message) != "restart"
        )


def _sure_of_courtesy(message: Message) -> float:
    """How sure the intent is; of "thanks, bye" only which courtesy it is may be unclear."""
    if outcome.intent(message) not in _SHORT:
        return outcome.sure(message)
    return sum(probability for name, probability in outcome.likely(message) if name in _SHORT)
