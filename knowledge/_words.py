"""How the search sees words: folded, by ear, and how well a misspelt one fits a known one."""

import re
import unicodedata
from functools import lru_cache
from os.path import commonprefix
from typing import TypeVar

from rapidfuzz.distance import OSA

#: Longest text that is read, in letters and in words: a query, not an essay.
MAX_LETTERS, MAX_WORDS = 400, 24
_WORD = re.compile(r"[^\W_]+")
_SPECIAL = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
#: Spellings that sound the same in our languages; applied in this order.
_SOUNDS = tuple(
    (re.compile(pattern), like)
    for pattern, like in (
        ("tsch|sch|sh|ch", "S"), ("ph", "f"), ("th|dt", "t"), ("tz|ts", "z"), ("c(?=[eiy])", "s"),
        ("qu|ck|c", "k"), ("[vw]", "f"), ("h", ""), ("eau|au", "o"), ("ou", "u"), ("[ae][iy]", "A"),
        ("ae|oe", "e"), ("ie|y|j", "i"), ("d$", "t"), (r"(.)\1+", r"\1"),
        ("(?<=..)(es|en|e|n|s)$", ""),
    )
)  # fmt: skip
_SHORTEST_SOUND = 3
#: Words of at least so many letters may have one wrong letter, or two.
_ONE_WRONG, _TWO_WRONG = 4, 7
SHORTEST_STEM = 5
#: How well a word fits: by ear, with so many wrong letters, as a beginning, by its stem.
_HEARD, _WRONG, _BEGINNING, _STEM = 0.95, (1.0, 0.9, 0.8), 0.8, 0.7
#: Words of one stem share so much of the longer one: "Schuldenberater", "Schuldenberatung".
_SHARED = 0.75


def fold(text: str) -> str:
    """Lower case without accents: "Gaasperech-Süd" becomes "gaasperech-sud"."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFD", lowered.translate(_SPECIAL))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


#: The same words come again and again.
_folded = lru_cache(maxsize=65536)(fold)


def words(text: str) -> list[str]:
    """The folded words of what somebody typed; apostrophes and hyphens separate."""
    return all_words(text[:MAX_LETTERS])


def all_words(text: str) -> list[str]:
    """The same of a text of our own, however long."""
    composed = unicodedata.normalize("NFKC", text)
    return [word for found in _WORD.findall(composed) for word in _folded(found).split()]


def sound(word: str) -> str:
    """A folded word roughly as it is heard: "schleifmillen" and "schlaifmillen" are the same."""
    for pattern, like in _SOUNDS:
        word = pattern.sub(like, word)
    return word


def slips(word: str) -> int:
    """How many wrong letters are forgiven in a word of this length."""
    return 0 if len(word) < _ONE_WRONG else 1 if len(word) < _TWO_WRONG else 2


def fit(word: str, known: str) -> float:
    """How well a typed word fits a known one: 1 the same, 0 another word. Both folded.

    By ear, with one or two wrong letters, or as the stem or the beginning of a compound.
    """
    if word == known:
        return 1.0
    heard = sound(word)
    if len(heard) >= _SHORTEST_SOUND and heard == sound(known):
        return _HEARD
    wrong = OSA.distance(word, known, score_cutoff=2)
    if wrong <= min(slips(word), slips(known)):
        return _WRONG[wrong]
    shared = len(commonprefix((word, known)))
    if shared < SHORTEST_STEM:
        return 0.0
    if shared == len(word):
        return _BEGINNING
    return _STEM if shared == len(known) or shared >= _SHARED * max(len(word), len(known)) else 0.0


F = TypeVar("F")


def without_stems(word: str, forms: dict[str, F]) -> dict[str, F]:
    """The forms without mere stems where the word itself is known: those would only add noise."""
    if word not in forms:
        return forms
    return {known: about for known, about in forms.items() if fit(word, known) > _STEM}
