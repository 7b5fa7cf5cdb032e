"""Finds ages in a message: digits and number words, years and months, in three languages."""

from pathlib import Path
from typing import Any, Optional

from spacy.tokens import Doc

from bot.nlu.files import read_words
from bot.nlu.numbers import Numbers
from bot.nlu.text import fold

OLDEST = 110
#: A message that begins with a bare number tells an age from here; smaller ones count something.
_FIRST_FROM = 13


class AgeFinder:
    """Reads ages with the words of data/lexicon/ages.yml (units, numbers, what is no age)."""

    def __init__(self, lexicon: Path) -> None:
        words: dict[str, Any] = read_words(lexicon)
        self._numbers = Numbers(words)
        self._years = frozenset(map(fold, words["years"]))
        self._months = frozenset(map(fold, words["months"]))
        self._aged = tuple(map(fold, words["aged"]))
        self._halves = frozenset(map(fold, words["halves"]))
        self._joins = frozenset(map(fold, words["joins"]))
        self._durations = frozenset(map(fold, words["durations"]))
        self._is = frozenset(map(fold, words["is"]))
        self._am = frozenset(map(fold, words["am"]))
        self._family = frozenset(map(fold, words["family"]))
        self._little = frozenset(map(fold, words["little"]))
        self._has = frozenset(map(fold, words["has"]))
        self._counted = frozenset(map(fold, words["counted"]))
        self._articles = frozenset(map(fold, words["articles"]))
        self._goes_on = frozenset(map(fold, words["goes_on"]))
        self._between = frozenset(map(fold, words["between"]))
        self._listed = frozenset(map(fold, words["listed"]))
        self._spans_of = frozenset(map(fold, words["spans_of"]))
        self._of = frozenset(map(fold, words["of"]))
        self._becomes = frozenset(map(fold, words["becomes"]))
        self._old = frozenset(map(fold, words["old"]))
        self._pregnant = frozenset(map(fold, words["pregnant"]))
        self._we = frozenset(map(fold, words["we"]))
        self._birthday = frozenset(map(fold, words["birthday"]))
        self._ordinal_before = frozenset(map(fold, words["ordinal_before"]))
        self._round = {fold(k): float(v) for k, v in words["round"].items()}
        self._round_not_after = frozenset(map(fold, words["round_not_after"]))
        self._middle = tuple(map(fold, words["middle"]))
        self._labels = frozenset(map(fold, words["labels"]))
        self._streets = frozenset(map(fold, words["streets"]))
        self._prices = frozenset(map(fold, words["prices"]))
        self._spent = frozenset(map(fold, words["spent"]))

    def find(self, doc: Doc) -> list[tuple[int, int, float]]:
        """Spans and ages in years, in the order of the text."""
        found = []
        norms = [token.norm_ for token in doc]
        index = 0
        while index < len(doc):
            hit = self._at(doc, index) if self._may_be(norms, index) else None
            if hit:
                found.append((index, *hit))
                index = hit[0]
            else:
                index += 1
        return found

    def _may_be(self, norms: list[str], at: int) -> bool:
        """Whether an age may begin here: a quick look that spares most words the slow one."""
        word = norms[at]
        return (
            self._numbers.may_begin(word)
            or word in self._round
            or "j" in word
            or word.endswith("ten")
            or word.startswith(self._middle)
            or (at + 1 < len(norms) and norms[at + 1] in self._years)
        )

    def _at(self, doc: Doc, start: int) -> Optional[tuple[int, float]]:
        compound = self._compound(doc[start].norm_)
        if compound is None:
            compound = self._ordinal(doc, start)
        if compound is None:
            compound = self._about(doc, start)
        if compound is not None:
            return start + 1, compound
        number, end = self._numbers.at(doc, start)
        if number is None:
            # Before a unit only: "catorze ans", "siwenzeng Joer".
            end = start + 1
            if end < len(doc) and doc[end].norm_ in self._years:
                number = self._numbers.misspelt(doc[start].norm_)
        if number is None or number > OLDEST:
            return None
        unit = self._unit(doc, end, number)
        if unit:
            months_only = unit[1] < number
            return None if self._is_duration(doc, start, unit[0], months_only) else unit
        if end < len(doc) and doc[end].norm_ in self._birthday:
            return end, number
        if start and end < len(doc) and doc[end].norm_ in self._becomes:
            return end, number
        if self._shares_unit(doc, start, end):
            return end, number
        half, after = self._half(doc, end)
        if not half and self._stands_for_age(doc, start, end):
            return end, number
        number += half
        # "5 an en hallef": prices and hours have a unit, an age needs none.
        if number % 1 and (start == 0 or self._before(doc, start) in self._is | self._am):
            return (after, number) if self._goes_on_after(doc, after) else None
        return None

    def _about(self, doc: Doc, at: int) -> Optional[float]:
        """ "dans la quarantaine", "Mitte fünfzig", "Mëttvéierzeger"."""
        word = doc[at].norm_
        before = doc[at - 1].norm_ if at else ""
        if word in self._round:
            return None if before in self._round_not_after else self._round[word]
        tens = self._numbers.word(word) or 1.0
        if before in self._middle and tens % 10 == 0:
            return tens + 5
        for middle in self._middle:
            tens = self._numbers.word(word.removeprefix(middle).removesuffix("er")) or 1.0
            if word.startswith(middle) and tens % 10 == 0:
                return tens + 5
        return None

    def _compound(self, word: str) -> Optional[float]:
        """One-word forms: "15-jährig" without hyphen, "15järeg", "fuenfzehnjaehrig"."""
        if "j" not in word:
            return None
        for aged in self._aged:
            head, mark, _ = word.partition(aged)
            if mark and head and (value := self._numbers.value(head)) is not None:
                return value if value <= OLDEST else None
        return None

    def _ordinal(self, doc: Doc, at: int) -> Optional[float]:
        """ "zum Siebzigsten": an ordinal after a word that makes it a birthday."""
        word = doc[at].norm_
        for ending in ("sten", "ten"):
            if word.endswith(ending) and at and doc[at - 1].norm_ in self._ordinal_before:
                return self._numbers.word(word.removesuffix(ending))
        return None

    def _shares_unit(self, doc: Doc, start: int, end: int) -> bool:
        """ "3 et 5 ans", "3, 5 an 7 Joer": the unit stands after the last of several numbers."""
        at = end
        while at < len(doc) and doc[at].norm_ in self._listed:
            number, after = self._numbers.at(doc, at + 1)
            if number is None or number > OLDEST:
                return False
            unit = self._unit(doc, after, number)
            if unit:
                return not self._is_duration(doc, start, unit[0], unit[1] < number)
            at = after
        return False

    def _unit(self, doc: Doc, end: int, number: float) -> Optional[tuple[int, float]]:
        """The unit after a number, with halves before or after it."""
        index = end
        if index < len(doc) and doc[index].text in "-–":
            index += 1
        half, index = self._half(doc, index)
        if index >= len(doc):
            return None
        if index == end and doc[index].lower_ == "a" and not doc[index - 1].whitespace_:
            return index + 1, number  # "22a"
        word = doc[index].norm_.rstrip(".")
        if word in self._months:
            return index + 1, (number + half) / 12
        if word not in self._years and not word.startswith(self._aged):
            return None
        later, after = self._half(doc, index + 1)
        months, after = self._more_months(doc, after)
        return after, number + max(half, later) + months / 12

    def _more_months(self, doc: Doc, index: int) -> tuple[float, int]:
        """ "ein Jahr und neun Monate"."""
        if index < len(doc) and doc[index].norm_ in self._joins | {","}:
            number, end = self._numbers.at(doc, index + 1)
            if number is not None and end < len(doc) and doc[end].norm_ in self._months:
                return number, end + 1
        return 0.0, index

    def _half(self, doc: Doc, index: int) -> tuple[float, int]:
        at = index
        if at < len(doc) and doc[at].norm_ in self._joins:
            at += 1
        while at < len(doc) and doc[at].norm_ in (
            "e",
            "en",
            "ee",
            "een",
            "un",
            "une",
            "ein",
            "eng",
        ):
            at += 1
        if at < len(doc) and doc[at].norm_ in self._halves:
            return 0.5, at + 1
        return 0.0, index

    def _is_duration(self, doc: Doc, start: int, end: int, months_only: bool) -> bool:
        before = [t.norm_ for t in doc[max(0, start - 3) : start]]
        after = doc[end].norm_.rstrip("'") if end < len(doc) else ""
        if after in self._old:
            return False
        # "20 Joer Erfarung", "3 mois de loyer", "les 50 ans du club"
        if after in self._of and end + 1 < len(doc):
            after = doc[end + 1].norm_
        if after in self._spans_of or self._pregnant.intersection(before):
            return True
        if any(" ".join(before[-n:]) in self._durations for n in (1, 2, 3) if len(before) >= n):
            return True
        if start == 0 and after in self._spent:
            return True  # "Vingt ans dans la même boîte", "3 mois sans salaire"
        if not months_only:
            return False
        # Months are mostly a time that passed: an age needs a person before it.
        said = self._is | self._am | self._family
        others = (t for i, t in enumerate(doc) if not start <= i < end)
        at_the_end = before[-1:] == [","] and after in {"", ",", "."}
        if at_the_end and not self._little.isdisjoint(t.norm_ for t in doc[:start]):
            return False  # "… for my baby in Mersch, 8 months": told of a person
        if not self._has.isdisjoint(before[-1:]) and after in {"", ",", "."}:
            return False
        if not before:
            return after not in {"", ",", *self._goes_on} and said.isdisjoint([after])
        return said.isdisjoint(before) and any(t.is_alpha for t in others)

    def _stands_for_age(self, doc: Doc, start: int, end: int) -> bool:
        """A bare number is an age when it is the whole message, or ends a clause after "is"."""
        others = (t for i, t in enumerate(doc) if not start <= i < end)
        if doc[start].norm_ not in self._articles and not any(
            t.is_alpha or t.like_num for t in others
        ):
            return True
        if doc[start].norm_ in self._articles:
            return False
        if start == 0:
            return self._begins_with_age(doc, end)
        if self._label_before(doc, start):
            return True
        if (
            start > 1
            and doc[start - 1].text == "("
            and doc[start - 2].text[-1:] not in "0123456789"
        ):
            return end < len(doc) and doc[end].text == ")"
        if not self._prices.isdisjoint(t.norm_ for t in doc[max(0, start - 4) : start]):
            return False
        at = start - 1
        while at > 0 and doc[at].norm_ in self._between:
            at -= 1
        if at < start - 1 and end < len(doc) and doc[end].text == ".":
            return end + 1 == len(doc)  # "heute ist der 28. und": a date
        before = "" if doc[at].lower_ == "à" else doc[at].norm_
        if at and doc[at - 1].norm_ in self._we:
            return False
        ends = self._goes_on_after(doc, end)
        if (before in self._is or doc[start - 1].norm_ in self._is) and ends:
            return True
        if before in self._am or before in self._family:
            return ends or doc[end].norm_ not in self._counted
        # Between commas: "my aunt, 77, would like …"
        if before != "," or end >= len(doc):
            return False
        return doc[end].text == "," or doc[end].norm_ in self._listed

    def _begins_with_age(self, doc: Doc, end: int) -> bool:
        """ "17, keine Wohnung", "61 und nach vierzig Jahren gekündigt"."""
        number, _ = self._numbers.at(doc, 0)
        if number is None or number < _FIRST_FROM or end + 1 >= len(doc):
            return False
        if doc[end].text != "," and doc[end].norm_ not in self._joins:
            return False
        follows = doc[end + 1]
        return not (follows.like_num or follows.norm_ in self._streets | self._counted)

    def _label_before(self, doc: Doc, start: int) -> bool:
        """ "Alter: 37", "âge 36", "Säin Alter? 39."."""
        at = start - 1
        while at > 0 and doc[at].is_punct:
            at -= 1
        return doc[at].norm_ in self._labels

    def _before(self, doc: Doc, start: int) -> str:
        at = start - 1
        while at > 0 and doc[at].norm_ in self._between:
            at -= 1
        return doc[at].norm_ if at >= 0 else ""

    def _goes_on_after(self, doc: Doc, end: int) -> bool:
        """Whether a clause ends here, or goes on without anything counted."""
        return end >= len(doc) or doc[end].is_punct or doc[end].norm_ in self._goes_on
