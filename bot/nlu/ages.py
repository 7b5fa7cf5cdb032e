"""Finds ages in a message: digits and number words, years and months, in three languages."""

import re
from pathlib import Path
from typing import Any, Optional

from spacy.tokens import Doc

from bot.nlu.files import read_words
from bot.nlu.text import fold

OLDEST = 110


class AgeFinder:
    """Reads ages with the words of data/lexicon/ages.yml (units, numbers, what is no age)."""

    def __init__(self, lexicon: Path) -> None:
        words: dict[str, Any] = read_words(lexicon)
        self._numbers: dict[str, int] = {fold(k): int(v) for k, v in words["numbers"].items()}
        self._years = frozenset(map(fold, words["years"]))
        self._months = frozenset(map(fold, words["months"]))
        self._aged = tuple(map(fold, words["aged"]))
        self._halves = frozenset(map(fold, words["halves"]))
        self._joins = frozenset(map(fold, words["joins"]))
        self._durations = frozenset(map(fold, words["durations"]))
        self._is = frozenset(map(fold, words["is"]))
        self._am = frozenset(map(fold, words["am"]))
        self._family = frozenset(map(fold, words["family"]))
        self._counted = frozenset(map(fold, words["counted"]))
        self._articles = frozenset(map(fold, words["articles"]))
        self._goes_on = frozenset(map(fold, words["goes_on"]))

    def find(self, doc: Doc) -> list[tuple[int, int, float]]:
        """Spans and ages in years, in the order of the text."""
        found = []
        index = 0
        while index < len(doc):
            hit = self._at(doc, index)
            if hit:
                found.append((index, *hit))
                index = hit[0]
            else:
                index += 1
        return found

    def _at(self, doc: Doc, start: int) -> Optional[tuple[int, float]]:
        compound = self._compound(doc[start].norm_)
        if compound is not None:
            return start + 1, compound
        number, end = self._number(doc, start)
        if number is None or number > OLDEST:
            return None
        unit = self._unit(doc, end, number)
        if unit:
            return None if self._is_duration(doc, start, unit[0]) else unit
        if self._stands_for_age(doc, start, end):
            return end, number
        return None

    def _number(self, doc: Doc, start: int) -> tuple[Optional[float], int]:
        """A number of up to three words ("vingt et un") at `start`, and where it ends."""
        for length in (5, 4, 3, 2, 1):
            piece = doc[start : start + length]
            if len(piece) < length:
                continue
            words = [t.norm_ for t in piece if t.text not in "-–"]
            value = self._value(" ".join(words))
            if value is not None and piece[-1].text not in "-–":
                return value, start + length
        return None, start

    def _value(self, words: str) -> Optional[float]:
        if re.fullmatch(r"\d{1,3}([.,]\d)?", words):
            return float(words.replace(",", "."))
        return self._numbers.get(words)

    def _compound(self, word: str) -> Optional[float]:
        """One-word forms: "15-jährig" without hyphen, "15järeg", "fuenfzehnjaehrig"."""
        for aged in self._aged:
            head, mark, _ = word.partition(aged)
            if mark and head and (value := self._value(head)) is not None:
                return value if value <= OLDEST else None
        return None

    def _unit(self, doc: Doc, end: int, number: float) -> Optional[tuple[int, float]]:
        """The unit after a number, with halves before or after it."""
        index = end
        if index < len(doc) and doc[index].text in "-–":
            index += 1
        half, index = self._half(doc, index)
        if index >= len(doc):
            return None
        word = doc[index].norm_.rstrip(".")
        if word in self._months:
            return index + 1, (number + half) / 12
        if word not in self._years and not word.startswith(self._aged):
            return None
        later, after = self._half(doc, index + 1)
        return after, number + max(half, later)

    def _half(self, doc: Doc, index: int) -> tuple[float, int]:
        at = index
        if at < len(doc) and doc[at].norm_ in self._joins:
            at += 1
        while at < len(doc) and doc[at].norm_ in ("e", "en", "un", "une", "ein", "eng"):
            at += 1
        if at < len(doc) and doc[at].norm_ in self._halves:
            return 0.5, at + 1
        return 0.0, index

    def _is_duration(self, doc: Doc, start: int, end: int) -> bool:
        before = [t.norm_ for t in doc[max(0, start - 3) : start]]
        after = doc[end].norm_ if end < len(doc) else ""
        if after in ("laang", "lang"):
            return True
        if not before:
            return False
        return (
            before[-1] in self._durations
            or " ".join(before[-2:]) in self._durations
            or (" ".join(before) in self._durations)
        )

    def _stands_for_age(self, doc: Doc, start: int, end: int) -> bool:
        """A bare number is an age when it is the whole message, or ends a clause after "is"."""
        others = (t for i, t in enumerate(doc) if not start <= i < end)
        if doc[start].norm_ not in self._articles and not any(
            t.is_alpha or t.like_num for t in others
        ):
            return True
        if start == 0 or doc[start].norm_ in self._articles:
            return False
        before = doc[start - 1].norm_
        ends = end >= len(doc) or doc[end].is_punct or doc[end].norm_ in self._goes_on
        if before in self._is and ends:
            return True
        if before in self._am or before in self._family:
            return ends or doc[end].norm_ not in self._counted
        # Between commas: "my aunt, 77, would like …"
        return before == "," and end < len(doc) and doc[end].text == ","
