"""Cuts a message into the clauses that may each say something of their own."""

import re
from pathlib import Path
from typing import Any, List

from bot.nlu.files import read_words

_FEWEST_WORDS = 2
_MOST = 8


class Clauses:
    """Cuts at the breaks of data/lexicon/clauses.yml. Raises re.error when the file is broken."""

    def __init__(self, lexicon: Path) -> None:
        words: Any = read_words(lexicon)
        self._break = re.compile("|".join(f"(?:{b})" for b in words["breaks"]), re.IGNORECASE)

    def cut(self, text: str) -> List[str]:
        """The clauses in their order; none when the message is a single one."""
        parts: List[str] = []
        for part in filter(None, map(str.strip, self._break.split(text))):
            if parts and (_words(part) < _FEWEST_WORDS or _words(parts[-1]) < _FEWEST_WORDS):
                parts[-1] = f"{parts[-1]}, {part}"
            else:
                parts.append(part)
        return parts[:_MOST] if len(parts) > 1 else []


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))
