"""Cuts a message into the clauses that may each say something of their own."""

import re
from pathlib import Path
from typing import Any, Iterator, List, Tuple

from bot.nlu.files import read_words

_FEWEST_WORDS = 2
_MOST = 16
#: A part of more words, as it is spoken into a phone, holds several sentences.
_LONG, _FEWEST_OF_LONG = 14, 4
_LETTERS = re.compile(r"\w+")

Span = Tuple[int, int]


class Clauses:
    """Cuts at the breaks of data/lexicon/clauses.yml. Raises re.error when the file is broken."""

    def __init__(self, lexicon: Path) -> None:
        words: Any = read_words(lexicon)
        self._break = re.compile("|".join(f"(?:{b})" for b in words["breaks"]), re.IGNORECASE)
        self._begins = re.compile("|".join(f"(?:{b})" for b in words["begins"]), re.IGNORECASE)

    def spans(self, text: str) -> List[Span]:
        """Start and end of each clause, in their order; none when the message is a single one."""
        found: List[Span] = []
        for start, end in self._sentences(text):
            last = text[slice(*found[-1])] if found else ""
            if found and (_words(text[start:end]) < _FEWEST_WORDS or _words(last) < _FEWEST_WORDS):
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return found[:_MOST] if len(found) > 1 else []

    def _sentences(self, text: str) -> Iterator[Span]:
        """The parts, a long one cut again where a sentence begins that nobody marked."""
        for start, end in self._parts(text):
            if _words(text[start:end]) > _LONG:
                for cut in self._begins.finditer(text, start, end):
                    before, after = text[start : cut.start()], text[cut.end() : end]
                    if min(_words(before), _words(after)) >= _FEWEST_OF_LONG:
                        yield start, cut.start()
                        start = cut.end()
            yield start, end

    def _parts(self, text: str) -> Iterator[Span]:
        """What lies between the breaks, without the spaces around it."""
        start = 0
        for cut, following in [*(m.span() for m in self._break.finditer(text)), (len(text),) * 2]:
            part = text[start:cut]
            bare = part.strip()
            if bare:
                start += part.index(bare)
                yield start, start + len(bare)
            start = following


def _words(text: str) -> int:
    return len(_LETTERS.findall(text))
