"""Cuts a message into the clauses that may each say something of their own."""

import re
from pathlib import Path
from typing import Any, Iterator, List, Tuple

from bot.nlu.files import read_words

_FEWEST_WORDS = 2
_MOST = 16
_LETTERS = re.compile(r"\w+")

Span = Tuple[int, int]


class Clauses:
    """Cuts at the breaks of data/lexicon/clauses.yml. Raises re.error when the file is broken."""

    def __init__(self, lexicon: Path) -> None:
        words: Any = read_words(lexicon)
        self._break = re.compile("|".join(f"(?:{b})" for b in words["breaks"]), re.IGNORECASE)

    def spans(self, text: str) -> List[Span]:
        """Start and end of each clause, in their order; none when the message is a single one."""
        found: List[Span] = []
        for start, end in self._parts(text):
            last = text[slice(*found[-1])] if found else ""
            if found and (_words(text[start:end]) < _FEWEST_WORDS or _words(last) < _FEWEST_WORDS):
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return found[:_MOST] if len(found) > 1 else []

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
