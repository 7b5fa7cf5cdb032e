"""Hears a cry for help: fixed patterns in every language at once, whatever was detected.

The patterns are data (data/lexicon/crisis/<language>.yml), each with sentences it must and
must not catch; `idioms` cancel a hit they overlap ("les factures me tuent"). A pattern that two or
more of the calm training sentences hit is marked `backed`: alone it is no proof.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, List, Tuple

from bot.nlu.files import read_words
from bot.nlu.patterns import Patterns
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
        cries: List[Tuple[str, bool, str]] = []
        idioms: List[str] = []
        for path in sorted(folder.glob("*.yml")):
            groups: Any = read_words(path)
            for name, entries in groups.items():
                if name == "idioms":
                    idioms += [_source(entry) for entry in entries]
                else:
                    cries += [(name, _is_backed(entry), _source(entry)) for entry in entries]
        self._named = [(name, backed) for name, backed, _ in cries]
        self._patterns = Patterns(source for *_, source in cries)
        self._idioms = Patterns(idioms)

    def find(self, text: str) -> List[str]:
        """The crisis intents heard in a text, in the order they are said."""
        return list(dict.fromkeys(name for name, _ in self.hits(text)))

    def hits(self, text: str) -> List[Tuple[str, bool]]:
        """What is heard in a text, in the order it is said: an intent, and whether its pattern is
        no proof alone.
        """
        words = plain(text)
        found = self._patterns.occurring(words)
        hits = [
            (m.span(), self._named[number])
            for number in found
            for m in self._patterns.compiled[number].finditer(words)
        ]
        if not hits:
            return []
        cancelled = [
            m.span()
            for number in self._idioms.occurring(words)
            for m in self._idioms.compiled[number].finditer(words)
        ]
        heard = [
            (start, named)
            for (start, end), named in hits
            if not any(a < end and start < b for a, b in cancelled)
        ]
        return list(dict.fromkeys(named for _, named in sorted(heard)))

    def has_idiom(self, text: str) -> bool:
        """Whether an everyday saying is used ("ech laache mech dout")."""
        return bool(self._idioms.occurring(plain(text)))


def _is_backed(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("backed") == "true"


def _source(entry: Any) -> str:
    return str(entry["pattern"] if isinstance(entry, dict) else entry)
