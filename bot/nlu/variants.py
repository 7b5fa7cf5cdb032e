"""Writes further training sentences from one: the same words as other people would spell them.

Spelling in Luxembourgish varies a great deal, and everybody slips on a phone. The rules per
language are data (data/lexicon/spelling.yml); slips of the fingers and missing accents are made
here. Nothing of this touches what a visitor writes: it only shows the classifier more spellings.
"""

import random
import re
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, List, Pattern, Tuple

from bot.nlu.text import fold

#: Rows of a QWERTZ keyboard: a finger lands on a neighbour.
_KEYS = ("qwertzuiop", "asdfghjkl", "yxcvbnm")
_NEIGHBOURS: Dict[str, str] = {
    key: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in _KEYS for i, key in enumerate(row)
}
#: Hidden places and ages must stay what they are.
_MARK = re.compile(r"(__\w+?__)")
_SHORTEST = 4


class Variants:
    """Spelling variants of a sentence; the same `seed` gives the same variants."""

    def __init__(self, lexicon: Path) -> None:
        from bot.nlu.files import read_words

        rules: Any = read_words(lexicon)
        self._rules: Dict[str, List[Tuple[Pattern[str], str]]] = {
            language: [(re.compile(r["from"]), r["to"]) for r in entries]
            for language, entries in rules.items()
        }

    def spelling(self, text: str, language: str, rng: random.Random, *, rules: int = 3) -> str:
        """Up to `rules` of the language's rules, each applied to some of the places it fits."""
        fitting = [r for r in self._rules.get(language, ()) if r[0].search(text)]
        rng.shuffle(fitting)
        for pattern, into in fitting[:rules]:
            text = _outside_marks(text, partial(_sometimes, pattern, into, rng))
        return text

    def write(self, text: str, language: str, rng: random.Random) -> str:
        """One variant, lower-cased, of the kinds and in about the shares met in messages."""
        text = text.lower()
        if rng.random() < 0.75:
            text = self.spelling(text, language, rng, rules=rng.choice((1, 2, 3, 4)))
        if rng.random() < 0.35:
            text = _outside_marks(text, fold)
        if rng.random() < 0.4:
            text = slips(text, rng, count=rng.choice((1, 1, 2)))
        if rng.random() < 0.4:
            text = _outside_marks(text, lambda part: re.sub(r"[.,;:!?]+", "", part))
        return " ".join(text.split())


def slips(text: str, rng: random.Random, *, count: int) -> str:
    """`count` slips of the fingers: a letter left out, doubled, swapped or of the next key."""
    for _ in range(count):
        words = text.split(" ")
        long = [i for i, w in enumerate(words) if len(w) >= _SHORTEST and not w.startswith("__")]
        if not long:
            return text
        at = rng.choice(long)
        words[at] = _slip(words[at], rng)
        text = " ".join(words)
    return text


def _slip(word: str, rng: random.Random) -> str:
    # The first letter is rarely wrong.
    i = rng.randrange(1, len(word))
    kind = rng.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1 :]
    if kind == 1:
        return word[:i] + word[i] + word[i:]
    if kind == 2 and i + 1 < len(word):
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    near = _NEIGHBOURS.get(word[i])
    return word[:i] + rng.choice(near) + word[i + 1 :] if near else word[:i] + word[i + 1 :]


def _sometimes(pattern: Pattern[str], into: str, rng: random.Random, text: str) -> str:
    return pattern.sub(lambda m: m.expand(into) if rng.random() < 0.7 else m.group(), text)


def _outside_marks(text: str, change: Callable[[str], str]) -> str:
    parts = _MARK.split(text)
    return "".join(p if i % 2 else change(p) for i, p in enumerate(parts))
