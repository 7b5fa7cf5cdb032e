"""Reads numbers as people write them: digits and words, of one word and of several."""

import re
from typing import Any, Optional

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spacy.tokens import Doc

from bot.nlu.text import fold, sound

#: Words and hyphens of the longest number: "quatre-vingt-dix-sept".
_LONGEST_NUMBER = 7
#: Shorter number words are too near to other words to forgive a slip.
_FUZZY_FROM = 5


class Numbers:
    """`words`: the content of data/lexicon/ages.yml."""

    def __init__(self, words: dict[str, Any]) -> None:
        self._numbers = {fold(k): float(v) for k, v in words["numbers"].items()}
        self._numbers.update(_composed(words["composed"]))
        self._numbers.update(_composed_apart(words["composed_apart"]))
        self._first_words = frozenset(number.split()[0] for number in self._numbers)
        self._half_endings = tuple(map(fold, words["half_endings"]))
        self._by_sound = {sound(n): v for n, v in self._numbers.items() if len(n) >= _FUZZY_FROM}

    def word(self, word: str) -> Optional[float]:
        """The number that a word is, as it is written."""
        return self._numbers.get(word)

    def at(self, doc: Doc, start: int) -> tuple[Optional[float], int]:
        """A number at `start`, and where it ends; also of several words ("quatre-vingt-dix")."""
        if start >= len(doc) or not self.may_begin(doc[start].norm_):
            return None, start
        for length in range(_LONGEST_NUMBER, 0, -1):
            piece = doc[start : start + length]
            if len(piece) < length:
                continue
            words = [t.norm_ for t in piece if t.text not in "-–"]
            value = self.value(" ".join(words))
            if value is not None and piece[-1].text not in "-–":
                return value, start + length
        return None, start

    def may_begin(self, word: str) -> bool:
        """Whether a number may begin with this word: a quick look."""
        return word[:1].isdigit() or word in self._first_words or word.endswith(self._half_endings)

    def value(self, words: str) -> Optional[float]:
        """The number that some words are."""
        if re.fullmatch(r"\d{1,3}([.,]\d)?", words):
            return float(words.replace(",", "."))
        for half in self._half_endings:
            whole = self._numbers.get(words.removesuffix(half))
            if whole is not None and words.endswith(half):
                return whole + 0.5
        return self._numbers.get(words)

    def misspelt(self, word: str) -> Optional[float]:
        """A number word as it sounds: "catorze", "siwenzeng"."""
        if len(word) < _FUZZY_FROM:
            return None
        hit = process.extractOne(
            sound(word), self._by_sound.keys(), scorer=OSA.distance, score_cutoff=1
        )
        return self._by_sound[hit[0]] if hit else None


def _composed(parts: Any) -> dict[str, float]:
    """Numbers of one word, unit before ten: "siebenundzwanzig", "siwwenanzwanzeg"."""
    return {
        fold(f"{unit}{joint}{ten}"): float(tens) + float(units)
        for unit, units in parts["units"].items()
        for joint in parts["joints"]
        for ten, tens in parts["tens"].items()
    }


def _composed_apart(parts: Any) -> dict[str, float]:
    """Numbers of several words, ten before unit: "septante deux", "huitante et un"."""
    return {
        fold(f"{ten} {joint} {unit}").replace("  ", " "): float(tens) + float(units)
        for ten, tens in parts["tens"].items()
        for joint in parts["joints"]
        for unit, units in parts["units"].items()
    }
