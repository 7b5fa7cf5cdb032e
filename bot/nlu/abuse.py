"""Insults at the assistant; never those that a person tells us of.

The words are data (data/lexicon/abuse/<language>.yml), all languages at once.
"""

import re
from pathlib import Path
from typing import Any

from bot.nlu.crisis import plain
from bot.nlu.files import read_words

_PARTS = re.compile(r"[,.!?;:\n–]+")
#: Somebody's words are given as such.
_QUOTED = re.compile(r"[«»„“”\"]|(?:^|\s)['‘‚]\w")


class AbuseFinder:
    """Raises re.error or KeyError when a lexicon is broken."""

    def __init__(self, folder: Path) -> None:
        self._directed: list[re.Pattern[str]] = []
        self._told: list[re.Pattern[str]] = []
        self._calls: set[str] = set()
        self._around: set[str] = set()
        for path in sorted(folder.glob("*.yml")):
            words: Any = read_words(path)
            self._directed += [re.compile(entry["pattern"]) for entry in words["directed"]]
            self._told.append(re.compile(words["told"]))
            self._calls |= set(words["calls"])
            self._around |= set(words["around"])

    def found(self, text: str) -> bool:
        """Whether the message insults whom it is written to."""
        if _QUOTED.search(text):
            return False
        words = plain(text)
        if any(told.search(words) for told in self._told):
            return False
        if any(pattern.search(words) for pattern in self._directed):
            return True
        return any(self._calls_names(plain(part).split()) for part in _PARTS.split(text))

    def _calls_names(self, words: list[str]) -> bool:
        called = self._calls.intersection(words)
        return bool(called) and self._around.issuperset(w for w in words if w not in called)
