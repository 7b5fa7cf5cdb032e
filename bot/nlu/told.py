"""Needs told in plain words ("and a cheap flat please"), beside what the model hears in a message.

The model hears what a message is about most; a second need said in passing is lost in it. The
patterns are data (data/lexicon/needs.yml), searched in every language at once. Words that only hint
at a need (data/lexicon/need_hints.yml) count where the model finds it possible, too.
"""

from pathlib import Path
from typing import Any, Dict, List, Text

from bot.nlu.crisis import plain
from bot.nlu.files import read_words
from bot.nlu.intent import Scores
from bot.nlu.patterns import Patterns
from bot.nlu.text import MAX_READ

#: Somebody who works there names the house without looking for a place in it.
_AT_WORK = {
    "professional_training": frozenset({"childcare", "youth_house", "homework_help"}),
    "work_with_us": frozenset({"childcare", "youth_house", "homework_help", "job_insertion"}),
}


class ToldNeeds:
    """Raises re.error when the file is broken."""

    def __init__(self, lexicon: Path) -> None:
        words: Any = read_words(lexicon)
        self._names = [name for name, group in words.items() for _ in group]
        self._patterns = Patterns(source for group in words.values() for source in group)

    def find(self, text: str, intent: str = "") -> Dict[str, float]:
        """Each need told, and where: the share of the text before it, 0 to 1.

        `intent`: what the whole message is about.
        """
        words = plain(text[:MAX_READ])
        found: Dict[str, float] = {}
        for number in self._patterns.occurring(words):
            name, match = self._names[number], self._patterns.compiled[number].search(words)
            if match and name not in _AT_WORK.get(intent, ()):
                share = match.start() / len(words)
                found[name] = min(share, found.get(name, share))
        return found


class HintedNeeds:
    """Raises re.error when the file is broken. `config`: that of the decision."""

    def __init__(self, lexicon: Path, config: Dict[Text, Any]) -> None:
        self._hints = ToldNeeds(lexicon)
        self._config = config

    def find(
        self, text: str, intent: str, clauses: List[Scores], alone: List[Scores]
    ) -> Dict[str, float]:
        """Each need hinted at that a clause makes likely enough, and where that clause is."""
        if not clauses or len(text.split()) < self._config["hint_words"]:
            return {}
        likely: Dict[str, Dict[float, float]] = {}
        for number, within in enumerate(clauses):
            possible = dict(within)
            for name, probability in [*within, *(alone[number] if alone else [])]:
                # A clause torn from its message may say anything.
                backed = possible[name] >= self._config["alone_backed_from"]
                if backed and probability >= self._config["hint_backed_from"]:
                    likely.setdefault(name, {})[probability] = number / len(clauses)
        hints = self._hints.find(text, intent) if likely else {}
        return {name: likely[name][max(likely[name])] for name in hints if name in likely}
