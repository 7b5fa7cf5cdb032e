"""Known words, and those a misspelt or shortened word may mean."""

from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache
from typing import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge._words import SHORTEST_STEM, fit, slips, sound, without_stems

_KEPT = 4096


class Vocabulary:
    """A set of folded words, prepared to be asked often."""

    def __init__(self, known: Iterable[str]) -> None:
        self._sorted = sorted(set(known))
        self._known = frozenset(self._sorted)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        # Who slips once or twice gets the first letter or the last two right, nearly always.
        self._by_first: dict[tuple[int, str], list[str]] = defaultdict(list)
        self._by_last: dict[tuple[int, str], list[str]] = defaultdict(list)
        for word in self._sorted:
            self._by_sound[sound(word)].append(word)
            self._by_first[len(word), word[:1]].append(word)
            self._by_last[len(word), word[-2:]].append(word)
        self.similar = lru_cache(maxsize=_KEPT)(self._similar)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def _similar(self, word: str) -> dict[str, float]:
        """The known words that fit, each with how well (see `fit`)."""
        near = {*self._by_sound.get(sound(word), ()), *self._beginning(word[:SHORTEST_STEM])}
        wrong = slips(word)
        if word not in self._known and wrong:
            for length in range(len(word) - wrong, len(word) + wrong + 1):
                first = self._by_first.get((length, word[:1]), ())
                last = self._by_last.get((length, word[-2:]), ())
                for group in (first, last):
                    found = process.extract(
                        word, group, scorer=OSA.distance, score_cutoff=wrong, limit=None
                    )
                    near.update(known for known, _, _ in found)
        fits = {known: fit(word, known) for known in near}
        return without_stems(word, {k: how_well for k, how_well in fits.items() if how_well})

    def _beginning(self, stem: str) -> list[str]:
        if len(stem) < SHORTEST_STEM:
            return []
        start = bisect_left(self._sorted, stem)
        end = bisect_left(self._sorted, stem + "\U0010ffff")
        return self._sorted[start:end]
