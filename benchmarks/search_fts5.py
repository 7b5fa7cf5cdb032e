"""The search with SQLite's FTS5, to compare with: by words (corrected first), and by trigrams."""

import sqlite3
from abc import ABC, abstractmethod
from typing import Iterable

from knowledge._search_terms import Entry
from knowledge._vocabulary import Vocabulary
from knowledge._words import words

#: Weights of the columns: said in the name, in kind and needs, in the description.
_RANK = "bm25(entry, 10.0, 6.0, 2.0)"


class Fts5(ABC):
    """An index of three columns; `query` says how a text becomes a MATCH expression."""

    def __init__(self, entries: Iterable[Entry], ignored: frozenset[str], tokenizer: str) -> None:
        self._ignored = ignored
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "CREATE VIRTUAL TABLE entry USING fts5"
            f"(name, kind, description, key UNINDEXED, tokenize='{tokenizer}')"
        )
        self._db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", map(_columns, entries))
        self._db.execute("INSERT INTO entry(entry) VALUES ('optimize')")

    @abstractmethod
    def query(self, text: str) -> str:
        """The MATCH expression for a text; empty when there is nothing to look for."""

    def find(self, text: str, limit: int) -> list[str]:
        match = self.query(text)
        if not match:
            return []
        found = self._db.execute(
            f"SELECT key FROM entry WHERE entry MATCH ? ORDER BY {_RANK} LIMIT ?",  # noqa: S608
            (match, limit),
        )
        return [key for (key,) in found]

    @abstractmethod
    def forget(self) -> None:
        """Keeps no words of earlier queries."""

    def typed(self, text: str) -> list[str]:
        return [word for word in words(text) if word not in self._ignored]


class Fts5Words(Fts5):
    """Words, each with the known words it may mean."""

    def __init__(self, entries: Iterable[Entry], ignored: frozenset[str]) -> None:
        super().__init__(entries, ignored, "unicode61 remove_diacritics 2")
        self._db.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(entry, 'row')")
        self._known = Vocabulary(w for (w,) in self._db.execute("SELECT term FROM vocabulary"))

    def query(self, text: str) -> str:
        forms = {known for word in self.typed(text) for known in self._known.similar(word)}
        return " OR ".join(f'"{form}"' for form in sorted(forms))

    def forget(self) -> None:
        self._known.similar.cache_clear()


class Fts5Trigrams(Fts5):
    """Every three letters in a row: a wrong letter costs three of them."""

    def __init__(self, entries: Iterable[Entry], ignored: frozenset[str]) -> None:
        super().__init__(entries, ignored, "trigram")

    def query(self, text: str) -> str:
        threes = {w[i : i + 3] for w in self.typed(text) for i in range(len(w) - 2)}
        return " OR ".join(f'"{three}"' for three in sorted(threes))

    def forget(self) -> None:
        pass


def _columns(entry: Entry) -> tuple[str, str, str, str]:
    columns: tuple[list[str], list[str], list[str]] = ([], [], [])
    for term, weight in entry.terms.items():
        columns[0 if weight >= 1 else 1 if weight > 0.5 else 2].append(term)
    columns[1].extend(entry.places)
    columns[1].extend(entry.communes - entry.places)
    name, kind, description = map(" ".join, columns)
    return name, kind, description, entry.key
