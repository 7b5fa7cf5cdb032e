"""Finds the name of a place that the gazetteer does not have: "j'habite à Foobar".

Careful on purpose: the word stands in hardly any sentence of ours, and where only a place stands.
What stands there is the data of data/lexicon/unknown_places.yml.
"""

import re
from pathlib import Path
from typing import Any, Collection, Optional

from babel import Locale
from rapidfuzz import fuzz, process
from spacy.tokens import Doc, Token

from bot.nlu.files import read_words
from bot.nlu.text import fold
from knowledge import LANGUAGES

_SHORTEST = 4
_LONGEST = 30
#: How many words may stand between "wunnen" and "zu Foobar".
_NEAR = 4
#: So like a word of everyday it is that word, misspelt ("weesnet").
_LIKE_A_WORD = 86
_STUTTER = re.compile(r"(.)\1\1")


class UnknownPlaceFinder:
    """`known`: words that are no unknown place, folded; `small`: words that may surround one."""

    def __init__(self, lexicon: Path, known: Collection[str], small: Collection[str]) -> None:
        words: dict[str, Any] = read_words(lexicon)
        self._known = frozenset(known) | frozenset(words["never"]) | _countries()
        self._known |= frozenset(words["abroad"])
        self._dwelling = frozenset(words["dwelling"])
        self._introduced = frozenset(words["introduced"])
        self._introduced_in = {k: frozenset(v) for k, v in words["introduced_in"].items()}
        self._capital_after = {k: frozenset(v) for k, v in words["capital_after"].items()}
        self._ordinary_endings = tuple(words["ordinary_endings"])
        self._named = frozenset(words["named"])
        self._joining = frozenset(words["joining"])
        self._around = frozenset(words["around"]) | frozenset(small) | self._introduced
        self._begins = frozenset(words["begins"])
        self._within = frozenset(words["within"])
        self._words = int(words["words"])
        self._everyday = sorted(w for w in self._around if len(w) >= _SHORTEST)

    def find(
        self, doc: Doc, language: str, *, asked: bool = False, kind_ends: int = -1
    ) -> Optional[tuple[str, bool]]:
        """The name as it is written, and whether the message says nothing else; or None.

        `asked`: the message answers "which commune?". `kind_ends`: the character where a kind of
        service ends that is named in it ("ein Jugendhaus in Foobar").
        """
        said = [t for t in doc if t.is_alpha]
        rest = [t for t in said if t.norm_ not in self._around]
        bare = rest[0] if rest and len(rest) <= self._words else None
        for token in said:
            stands = self._stands_there(doc, token, language, token is bare, asked)
            stands = stands or self._follows(doc, token, kind_ends)
            if stands and self._strange(token):
                return self._name(doc, token.i), token is bare
        return None

    def _stands_there(self, doc: Doc, token: Token, language: str, bare: bool, asked: bool) -> bool:
        """Whether a place may stand where the token stands."""
        if bare and asked:
            return True
        if not token.i:
            return False
        before = doc[token.i - 1]
        capital = token.text[0].isupper() and not doc.text.isupper()
        if capital and before.text in self._capital_after.get(language, ()):
            # "in Behandlung": German and Luxembourgish write every noun with a capital.
            return not token.norm_.endswith(self._ordinary_endings)
        if capital and before.norm_ in self._named:
            return True
        joined = before.norm_ in self._joining and token.i > 1
        if capital and joined and doc[token.i - 2].norm_ in self._named:
            return True
        if before.norm_ not in self._introduced | self._introduced_in.get(language, frozenset()):
            return False
        if bare:
            # "Non, à Foobar": nothing else is said, so nothing else can be meant.
            return capital or doc[0].norm_ in self._begins
        near = doc[max(0, token.i - 1 - _NEAR) : token.i - 1]
        return any(t.norm_ in self._dwelling for t in near)

    def _follows(self, doc: Doc, token: Token, kind_ends: int) -> bool:
        """Whether it is all that is said of where a kind of service is."""
        if token.i < 2 or doc[token.i - 1].norm_ not in self._introduced:
            return False
        kind = doc[token.i - 2]
        return kind.idx + len(kind) == kind_ends and token.text[0].isupper()

    def _strange(self, token: Token) -> bool:
        """A word like a name, that we have hardly ever seen."""
        word = token.norm_
        return (
            _SHORTEST <= len(token.text) <= _LONGEST
            and word.isalpha()
            and word not in self._known
            and word not in self._around
            and not _STUTTER.search(word)
            and any(vowel in word for vowel in "aeiouy")
            and not process.extractOne(
                word, self._everyday, scorer=fuzz.ratio, score_cutoff=_LIKE_A_WORD
            )
        )

    def _name(self, doc: Doc, start: int) -> str:
        """The name, with what belongs to it: "Foo-sur-Bar", "Foo an der Bar"."""
        end = last = start + 1
        while last < len(doc) and last - start < 2 * self._words:
            token = doc[last]
            joins = token.text == "-" or token.norm_ in self._within
            if not joins and not (self._strange(token) and token.text[0].isupper()):
                break
            last += 1
            end = end if joins else last
        return doc[start:end].text


def _countries() -> frozenset[str]:
    """The words of the names of all countries, in our languages, as they are compared."""
    names = [name for code in LANGUAGES for name in Locale(code).territories.values()]
    return frozenset(word for name in names for word in fold(name).replace("-", " ").split())
