"""Hears a cry for help: fixed patterns in every language at once, whatever was detected.

The patterns are data (data/lexicon/crisis/<language>.yml), each with sentences it must and
must not catch; `idioms` cancel a hit they overlap ("les factures me tuent").
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, List, Tuple

from bot.nlu.files import read_words
from bot.nlu.text import clean, fold

_REPEATED = re.compile(r"(.)\1{2,}")


@lru_cache(maxsize=8)  # several readers ask for the same message
def plain(text: str) -> str:
    """The form patterns are written for: folded, only letters, digits and single spaces."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(clean(text)))
    return _REPEATED.sub(r"\1\1", words).strip()


class CrisisPatterns:
    """All patterns of a folder; raises re.error or KeyError when a file is broken."""

    def __init__(self, folder: Path) -> None:
        self._patterns: List[Tuple[str, re.Pattern[str]]] = []
        self._idioms: List[re.Pattern[str]] = []
        for path in sorted(folder.glob("*.yml")):
            groups: Any = read_words(path)
            for name, entries in groups.items():
                compiled = [re.compile(_source(e)) for e in entries]
                if name == "idioms":
                    self._idioms += compiled
                else:
                    self._patterns += [(name, pattern) for pattern in compiled]

    def find(self, text: str) -> List[str]:
        """The crisis intents heard in a text, in the order they are said."""
        words = plain(text)
        # Looked for once first: nearly no pattern occurs, and that is found out faster.
        found = [(name, p) for name, p in self._patterns if p.search(words)]
        hits = [(m.span(), name) for name, p in found for m in p.finditer(words)]
        if not hits:
            return []
        cancelled = [m.span() for p in self._idioms for m in p.finditer(words)]
        heard = [
            (start, name)
            for (start, end), name in hits
            if not any(a < end and start < b for a, b in cancelled)
        ]
        return list(dict.fromkeys(name for _, name in sorted(heard)))

    def has_idiom(self, text: str) -> bool:
        """Whether an everyday saying is used ("ech laache mech dout")."""
        words = plain(text)
        return any(idiom.search(words) for idiom in self._idioms)


def _source(entry: Any) -> str:
    return str(entry["pattern"] if isinstance(entry, dict) else entry)
