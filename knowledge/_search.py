"""Reads a query: which words are looked for, how each may be meant, and near which place."""

from dataclasses import replace
from typing import Iterator, Mapping, Optional, Sequence

from knowledge._languages import LANGUAGES
from knowledge._model import Place
from knowledge._places import commune_of, points
from knowledge._search_index import Index
from knowledge._search_terms import Wanted, Where, kilometres
from knowledge._vocabulary import Vocabulary
from knowledge._words import MAX_WORDS, all_words, words

#: "Every hit" of a search, for engines that count.
_ALL = 2**31 - 1
#: What being near a place counts beside the words; and its name where that is a word of an entry.
_NEAR, _PLACE_NAME = 0.5, 0.15
#: A misspelt place is taken for one from this fit.
_SURE_PLACE = 0.8
_LONGEST_PLACE = 4


class Search:
    """Finds entries by words. `ignored` are folded words that say nothing."""

    def __init__(self, index: Index, places: Mapping[str, Place], ignored: frozenset[str]) -> None:
        self._index = index
        self._places = places
        self._ignored = ignored
        self._by_name: dict[str, str] = {}
        for place in places.values():
            short = place.short
            names = (place.fr, place.de, place.lb, *place.other_names)
            for name in (*names, *((short.in_(code) for code in LANGUAGES) if short else ())):
                plain = " ".join(w for w in all_words(name) if w not in ignored)
                self._by_name.setdefault(plain, place.id)
        self._place_words = Vocabulary(name for name in self._by_name if " " not in name)

    def place(self, name: str) -> Optional[Place]:
        """A place by its id or by its name in any language, as people write it; None: unknown."""
        if name in self._places:
            return self._places[name]
        plain = " ".join(w for w in words(name) if w not in self._ignored)
        found = self._by_name.get(plain)
        return self._places[found] if found else None

    def find(
        self, text: str, place: Optional[Place], limit: Optional[int], *, every_word: bool = False
    ) -> list[tuple[str, float]]:
        """The keys of the best entries, each with its score: 1 when all that was asked fits.

        `limit` None: all. `every_word`: only those that have each of the words, or are in the
        place it names.
        """
        typed = [word for word in words(text) if word not in self._ignored][:MAX_WORDS]
        joined = [first + second for first, second in zip(typed, typed[1:])]  # "Jugend Haus"
        known = self._index.known([*typed, *joined])
        named, at = self._place_in(typed, known)
        wanted = list(self._wanted(typed, joined, known, at))
        near = place or named
        where = self._where(near, only=len(at) == len(typed)) if near and typed else None
        possible = sum(word.weight for word in wanted) + (where.weight if where else 0.0)
        if not possible:
            return []
        most = _ALL if limit is None else max(1, limit)
        ranked = self._index.rank(wanted, where, _ALL if every_word else most)
        if every_word:
            there = replace(where, only=True) if where else None
            for index, word in enumerate(wanted):
                having = self._index.rank([word], there if index in at else None, _ALL)
                kept = {key for key, _ in having}
                ranked = [hit for hit in ranked if hit[0] in kept]
        return [(key, round(found / possible, 3)) for key, found in ranked[:most]]

    def _wanted(
        self, typed: Sequence[str], joined: Sequence[str], known: Mapping[str, float], at: range
    ) -> Iterator[Wanted]:
        """Each word of the query; one that nobody knows counts against the score."""
        similar = self._index.similar(typed)
        meant = [dict(similar[word]) for word in typed]
        for index, word in enumerate(joined):
            if word in known:
                meant[index][word] = meant[index + 1][word] = (1.0, known[word])
        for index, forms in enumerate(meant):
            fits = {form: how_well for form, (how_well, _) in forms.items()}
            # As rare as the word that fits best.
            weight = max(forms.values())[1] if forms else 1.0
            yield Wanted(fits, min(weight, _PLACE_NAME) if index in at else weight)

    def _place_in(
        self, typed: Sequence[str], known: Mapping[str, float]
    ) -> tuple[Optional[Place], range]:
        """The place named in a query and which words name it: the longest name, quarters first."""
        found: list[tuple[int, bool, int, Place]] = []
        for length in range(1, _LONGEST_PLACE + 1):
            for start in range(len(typed) - length + 1):
                name = self._named(typed[start : start + length], known)
                if name:
                    place = self._places[name]
                    found.append((-length, place.kind == "commune", start, place))
        if not found:
            return None, range(0)
        length, _, start, place = min(found, key=lambda one: one[:3])
        return place, range(start, start - length)

    def _named(self, typed: Sequence[str], known: Mapping[str, float]) -> Optional[str]:
        name = " ".join(typed)
        if name in self._by_name or len(typed) > 1:
            return self._by_name.get(name)
        if name in known:
            return None
        fits = self._place_words.similar(name)
        best = max(fits, key=fits.__getitem__, default="")
        return self._by_name[best] if fits.get(best, 0.0) >= _SURE_PLACE else None

    def _where(self, place: Place, *, only: bool) -> Where:
        known = points(place, self._places)
        point = kilometres(known[0]) if known else None
        return Where(frozenset((place.id, *place.parts)), commune_of(place), point, _NEAR, only)
