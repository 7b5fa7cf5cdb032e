"""The words of a directory and the entries they stand in, kept in memory or elsewhere."""

from typing import Callable, Iterable, Mapping, Optional, Sequence

from knowledge._search_ranking import Posting, Postings, collect
from knowledge._search_terms import Entry, Forms, Wanted, Where, rarity
from knowledge._vocabulary import Vocabulary

#: Gives the postings of known words.
Read = Callable[[Sequence[str]], Postings]
#: Takes the postings of all words to keep them; gives back what reads them.
Keep = Callable[[dict[str, Posting]], Read]


class Index:
    """Keeps entries and ranks them. Nothing changes after it is built; any thread may ask.

    `keep` takes the postings, by far the largest part. Raises what `keep` and its reading raise.
    """

    def __init__(self, entries: Iterable[Entry], keep: Optional[Keep] = None) -> None:
        self._ranking, postings = collect(entries)
        self._counts = {word: len(rows) for word, (rows, _) in postings.items()}
        self._vocabulary = Vocabulary(self._counts)
        self._read: Read = (keep or _in_memory)(postings)

    def known(self, words: Sequence[str]) -> Mapping[str, float]:
        """Those of some folded words that entries have, each with how rare it is (0 to 1)."""
        return {word: self._rarity(word) for word in words if word in self._vocabulary}

    def similar(self, words: Sequence[str]) -> Mapping[str, Forms]:
        """For each of some folded words, the known words that fit it."""
        return {
            word: {
                known: (how_well, self._rarity(known))
                for known, how_well in self._vocabulary.similar(word).items()
            }
            for word in words
        }

    def rank(
        self, wanted: Sequence[Wanted], where: Optional[Where], limit: int
    ) -> list[tuple[str, float]]:
        """The keys of the best entries with what was found of them, best first.

        Per wanted word the best of its forms counts: fit times weight of the term, times weight
        of the word. To their sum come nearness times `where.weight`, and the entry's bonus.
        Equals, to `DECIMALS`, stand in the order of their keys. An entry with none of the words
        is not found, unless `where.only` and it is there.
        """
        forms = list(dict.fromkeys(form for word in wanted for form in word.forms))
        return self._ranking.rank(self._read(forms), wanted, where, limit)

    def forget(self) -> None:
        """Keeps no words of earlier queries, for measuring."""
        self._vocabulary.similar.cache_clear()

    def _rarity(self, known: str) -> float:
        return rarity(self._counts[known], len(self._ranking))


def _in_memory(postings: dict[str, Posting]) -> Read:
    return lambda _: postings
