"""Hears danger: in fixed patterns, and in what the model makes of a message and its clauses."""

from typing import Any, Dict, List, Text, Tuple

from bot.nlu.crisis import CrisisPatterns
from bot.nlu.files import LEXICON
from bot.nlu.intent import Scores
from bot.nlu.text import MAX_EMBEDDED, has_words

PATTERNS = LEXICON / "crisis"
#: Several crises in one message: what cannot wait at all comes first.
_URGENT = ("crisis_medical", "crisis_suicide", "crisis_child", "crisis_violence")


class Danger:
    """`config`: that of the decision. Rankings are lists of intents with their probabilities."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config
        self._patterns = CrisisPatterns(PATTERNS)

    def heard(
        self, text: str, scores: Scores, clauses: List[Scores], *, bare: bool
    ) -> Tuple[List[str], bool]:
        """The crisis intents of a message, most urgent first, and whether a pattern says one.

        `bare`: nothing but a place or an age, which are no cry for help whatever the model makes
        of so little.
        """
        hits = self._patterns.hits(text)
        said = list(dict.fromkeys(name for name, _ in hits))
        if not bare and self._denied(text, hits, scores, clauses):
            said = []
        floor = self._config["crisis_from"]
        readable = has_words(text) and not bare
        if not said and self._patterns.has_idiom(text):
            floor = self._config["crisis_from_in_idiom"]
            readable = readable and len(text.split()) > self._config["saying_words"]
        if not readable:
            scores, clauses = [], []
        return self._all(said, scores, clauses, floor), bool(said)

    def _denied(
        self, text: str, hits: List[Tuple[str, bool]], scores: Scores, clauses: List[Scores]
    ) -> bool:
        """Whether danger is said only in words that ordinary messages use, too, and the model has
        read all of the message and hears nearly none in it nor in any of its clauses.
        """
        weak = all(backed for _, backed in hits) and len({name for name, _ in hits}) == 1
        # "Feier!": of so few words the model knows little.
        few = len(text.split()) < self._config["crisis_denied_words"]
        if not weak or not scores or few or len(text) > MAX_EMBEDDED:
            return False
        prefix = self._config["crisis_prefix"]
        heard = [sum(p for n, p in one if n.startswith(prefix)) for one in (scores, *clauses)]
        return max(heard) < float(self._config["crisis_denied_below"])

    def _all(
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
