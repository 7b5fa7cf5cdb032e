"""Needs told in plain words ("and a cheap flat please"), beside what the model hears in a message.

The model hears what a message is about most; a second need said in passing is lost in it. The
patterns are data (data/lexicon/needs.yml), searched in every language at once.
"""

import re
from pathlib import Path
from typing import Any, Dict

from bot.nlu.crisis import plain
from bot.nlu.files import read_words
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
        self._patterns = {name: [re.compile(p) for p in group] for name, group in words.items()}

    def find(self, text: str, intent: str = "") -> Dict[str, float]:
        """Each need told, and where: the share of the text before it, 0 to 1.

        `intent`: what the whole message is about.
        """
        words = plain(text[:MAX_READ])
        found: Dict[str, float] = {}
        for name, patterns in self._patterns.items():
            starts = [m.start() for p in patterns for m in [p.search(words)] if m]
            if starts and name not in _AT_WORK.get(intent, ()):
                found[name] = min(starts) / len(words)
        return found
