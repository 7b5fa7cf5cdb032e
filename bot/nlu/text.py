"""How a message is cut and folded: one language-neutral spaCy tokenizer, two views of a word.

The views: as written (accents kept) and folded (lower case, accents removed). One tokenizer
for all languages, because people mix them and a wrong guess must not change the words.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any, FrozenSet

import spacy
from spacy.language import Language as Pipeline
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from knowledge import fold as fold  # the second view

#: Longest text that is read word by word; the crisis patterns read the whole text.
MAX_READ = 2000
#: Longest text that is embedded: its cost grows with length (20,000 characters take 13 s).
MAX_EMBEDDED = 300
#: Stand where a place or an age was, in the view of a message that is classified.
PLACE_MARK, AGE_MARK = "__place__", "__age__"

_APOSTROPHES = "’‘`´ʼ′"
_ELIDED = r"(?:[dljmtsnczDLJMTSNCZ]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu)'"
#: A run of letters: what the tokenizer makes of most words, and much faster.
_WORD = re.compile(r"[^\W\d_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean(text: str) -> str:
    """The text without control and invisible characters, with plain apostrophes and spaces."""
    text = unicodedata.normalize("NFC", text)
    for mark in _APOSTROPHES:
        text = text.replace(mark, "'")
    return re.sub(r"\s+", " ", _CONTROL.sub(" ", text)).strip()


#: Spellings that sound the same across our languages, longest first; for `sound` only.
_SOUNDS = (
    ("sch", "S"), ("ch", "S"), ("eau", "o"), ("ph", "f"), ("ck", "k"), ("qu", "k"), ("tz", "z"),
    ("dt", "t"), ("th", "t"), ("gn", "n"), ("au", "o"), ("ou", "u"), ("oi", "wa"), ("ei", "ai"),
    ("ie", "i"), ("y", "i"), ("v", "f"), ("c", "k"), ("ai", "e"), ("er ", "e "), ("ez ", "e "),
)  # fmt: skip


def sound(text: str) -> str:
    """A rough view by ear, so that "abeit" is near "Arbeit" and "fonction" near "fonktion".

    Coarse on purpose: it stands beside the folded view, never instead of it.
    """
    heard = fold(text)
    for letters, like in _SOUNDS:
        heard = heard.replace(letters, like)
    heard = re.sub(r"([aeiou])h", r"\1", heard)
    return re.sub(r"(.)\1+", r"\1", heard)


@lru_cache(maxsize=100_000)
def words_in(text: str) -> FrozenSet[str]:
    """The folded words of a training sentence: several components ask for them."""
    return frozenset(_WORD.findall(fold(clean(text))))


def has_words(text: str) -> bool:
    """Whether there is any letter or digit to read."""
    return any(c.isalnum() for c in text)


@lru_cache(maxsize=1)
def pipeline() -> Pipeline:
    """The tokenizer: splits elided articles (d', l', j', z'), hyphens and slashes."""
    nlp = spacy.blank("xx")
    defaults: Any = nlp.Defaults
    between = [r"(?<=\w)[-–/](?=\w)", r"(?<=\w)'(?=\w)", r"(?<=\d)(?=[^\W\d])"]
    nlp.tokenizer = Tokenizer(
        nlp.vocab,
        prefix_search=compile_prefix_regex([*defaults.prefixes, _ELIDED]).search,
        suffix_search=compile_suffix_regex([*defaults.suffixes, r"\."]).search,
        infix_finditer=compile_infix_regex([*defaults.infixes, *between]).finditer,
    )
    return nlp


def tokens(text: str) -> Doc:
    """The words of a text; `norm_` of each is its folded form."""
    doc = pipeline().make_doc(text)
    for token in doc:
        token.norm_ = _norm(token.text)
    return doc


#: The same words come again and again.
_norm = lru_cache(maxsize=50_000)(fold)
