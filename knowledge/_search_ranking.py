"""Ranks the entries of a directory as arrays of numbers, one row for each entry."""

from array import array
from collections import defaultdict
from dataclasses import replace
from typing import Iterable, Mapping, Optional, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge._search_terms import (
    COMMUNE,
    DECIMALS,
    ELSEWHERE,
    FADES_KM,
    HERE,
    NATIONAL,
    Entry,
    Wanted,
    Where,
)

Numbers = NDArray[np.float32]
Rows = NDArray[np.int32]
#: The entries one word stands in, in order, and its weight in each.
Posting = tuple[Rows, Numbers]
Postings = Mapping[str, Posting]


def collect(entries: Iterable[Entry]) -> tuple["Ranking", dict[str, Posting]]:
    """Reads entries once: what ranks them, and the entries of each word."""
    rows: dict[str, array[int]] = defaultdict(lambda: array("i"))
    weights: dict[str, array[float]] = defaultdict(lambda: array("f"))
    bare = []
    for row, entry in enumerate(entries):
        bare.append(replace(entry, terms={}))
        for term, weight in entry.terms.items():
            rows[term].append(row)
            weights[term].append(weight)
    return Ranking(bare), {
        term: (np.asarray(found, np.int32), np.asarray(weights[term], np.float32))
        for term, found in rows.items()
    }


class Ranking:
    """What ranking needs of each entry besides its words. Nothing changes after it is built."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._keys = [entry.key for entry in entries]
        self._bonus: Numbers = np.asarray([entry.bonus for entry in entries], np.float32)
        self._national = np.asarray([entry.national for entry in entries], np.bool_)
        self._places = _rows(entry.places for entry in entries)
        self._communes = _rows(entry.communes for entry in entries)
        located = [row for row, entry in enumerate(entries) if entry.points]
        self._located: Rows = np.asarray(located, np.int32)
        counts = [len(entries[row].points) for row in located]
        self._first_points: Rows = np.cumsum([0, *counts[:-1]], dtype=np.int32)[: len(counts)]
        points = [point for row in located for point in entries[row].points]
        self._points: Numbers = np.asarray(points, np.float32).reshape(-1, 2)
        # The place of each entry in the order of the keys, which decides between equals.
        self._order = np.argsort(np.argsort(np.asarray(self._keys, dtype=np.str_)))

    def __len__(self) -> int:
        return len(self._keys)

    def rank(
        self, postings: Postings, wanted: Sequence[Wanted], where: Optional[Where], limit: int
    ) -> list[tuple[str, float]]:
        """See `Index.rank`. `postings`: those of every form that is wanted."""
        total = np.zeros(len(self._keys), np.float32)
        for word in wanted:
            total += word.weight * self._best_form(word, postings)
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

    def _best_form(self, word: Wanted, postings: Postings) -> Numbers:
        best = np.zeros(len(self._keys), np.float32)
        for form, how_well in word.forms.items():
            rows, weights = postings[form]
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


def _rows(names: Iterable[frozenset[str]]) -> dict[str, Rows]:
    """For each name the rows it stands in."""
    found: dict[str, array[int]] = defaultdict(lambda: array("i"))
    for row, of_row in enumerate(names):
        for name in of_row:
            found[name].append(row)
    return {name: np.asarray(rows, np.int32) for name, rows in found.items()}
