"""The search engine in memory: for each word the entries it stands in, as arrays of numbers."""

from array import array
from collections import defaultdict
from typing import Iterable, Mapping, Optional, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge._search_engine import (
    COMMUNE,
    DECIMALS,
    ELSEWHERE,
    FADES_KM,
    HERE,
    NATIONAL,
    Entry,
    Forms,
    Wanted,
    Where,
    rarity,
)
from knowledge._vocabulary import Vocabulary

Numbers = NDArray[np.float32]
Rows = NDArray[np.int32]


class MemoryEngine:
    """Adds up what each entry has of a query. Nothing changes after it is built."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._keys: list[str] = []
        rows: dict[str, array[int]] = defaultdict(lambda: array("i"))
        weights: dict[str, array[float]] = defaultdict(lambda: array("f"))
        places: dict[str, array[int]] = defaultdict(lambda: array("i"))
        communes: dict[str, array[int]] = defaultdict(lambda: array("i"))
        bonus, national = array("f"), array("b")
        points, first_points, located = array("f"), array("i"), array("i")
        for row, entry in enumerate(entries):
            self._keys.append(entry.key)
            for term, weight in entry.terms.items():
                rows[term].append(row)
                weights[term].append(weight)
            for place in entry.places:
                places[place].append(row)
            for commune in entry.communes:
                communes[commune].append(row)
            if entry.points:
                located.append(row)
                first_points.append(len(points) // 2)
            for point in entry.points:
                points.extend(point)
            bonus.append(entry.bonus)
            national.append(entry.national)
        self._postings: dict[str, tuple[Rows, Numbers]] = {
            term: (np.asarray(found, np.int32), np.asarray(weights[term], np.float32))
            for term, found in rows.items()
        }
        self._places = {k: np.asarray(v, np.int32) for k, v in places.items()}
        self._communes = {k: np.asarray(v, np.int32) for k, v in communes.items()}
        self._bonus: Numbers = np.asarray(bonus, np.float32)
        self._national = np.asarray(national, np.bool_)
        self._points: Numbers = np.asarray(points, np.float32).reshape(-1, 2)
        self._first_points: Rows = np.asarray(first_points, np.int32)
        self._located: Rows = np.asarray(located, np.int32)
        # The place of each entry in the order of the keys, which decides between equals.
        self._order = np.argsort(np.argsort(np.asarray(self._keys, dtype=np.str_)))
        self._vocabulary = Vocabulary(rows)

    def known(self, words: Sequence[str]) -> Mapping[str, float]:
        return {word: self._rarity(word) for word in words if word in self._vocabulary}

    def similar(self, words: Sequence[str]) -> Mapping[str, Forms]:
        return {
            word: {
                known: (how_well, self._rarity(known))
                for known, how_well in self._vocabulary.similar(word).items()
            }
            for word in words
        }

    def _rarity(self, known: str) -> float:
        return rarity(len(self._postings[known][0]), len(self._keys))

    def rank(
        self, wanted: Sequence[Wanted], where: Optional[Where], limit: int
    ) -> list[tuple[str, float]]:
        total = np.zeros(len(self._keys), np.float32)
        for word in wanted:
            total += word.weight * self._best_form(word)
        found = total > 0
        if where:
            near = self._nearness(where)
            if where.only:
                found |= near >= COMMUNE
            total += np.float32(where.weight) * near
        total += self._bonus
        total = np.round(total, DECIMALS)
        rows = np.flatnonzero(found)
        if len(rows) > limit:
            least = np.partition(total[rows], -limit)[-limit]
            rows = rows[total[rows] >= least]
        best = rows[np.lexsort((self._order[rows], -total[rows]))][:limit]
        return [(self._keys[row], float(total[row])) for row in best]

    def _best_form(self, word: Wanted) -> Numbers:
        best = np.zeros(len(self._keys), np.float32)
        for form, how_well in word.forms.items():
            rows, weights = self._postings[form]
            best[rows] = np.maximum(best[rows], weights * np.float32(how_well))
        return best

    def _nearness(self, where: Where) -> Numbers:
        near = np.where(self._national, np.float32(NATIONAL), np.float32(0))
        if where.point and len(self._points):
            away = np.hypot(*(self._points - np.asarray(where.point, np.float32)).T)
            nearest = np.minimum.reduceat(away, self._first_points)
            fading = np.float32(ELSEWHERE) * np.exp(-nearest / np.float32(FADES_KM))
            near[self._located] = np.maximum(near[self._located], fading)
        if where.commune in self._communes:
            near[self._communes[where.commune]] = COMMUNE
        for place in where.places & self._places.keys():
            near[self._places[place]] = HERE
        return near
