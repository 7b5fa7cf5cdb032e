"""The search over one directory, its postings in memory or in a database."""

import logging
from functools import cached_property
from typing import Mapping, Optional

from knowledge._errors import SearchUnavailable
from knowledge._load import Files
from knowledge._model import Place
from knowledge._search import Search
from knowledge._search_entries import Entries
from knowledge._search_index import Index, Keep

_log = logging.getLogger(__name__)


class KeptSearch:
    """Memory stands in for a database that does not answer, with the same results."""

    def __init__(self, files: Files, places: Mapping[str, Place]) -> None:
        self._files = files
        self._places = places
        self._elsewhere: Optional[Search] = None

    def keep(self, keep: Keep) -> None:
        """From now on the postings are where `keep` puts them; in memory when it cannot."""
        try:
            self._elsewhere = self._built(keep)
        except SearchUnavailable as error:
            self._stand_in(error)

    def place(self, name: str) -> Optional[Place]:
        """See `Search.place`."""
        return (self._elsewhere or self._here).place(name)

    def find(
        self, text: str, place: Optional[Place], limit: Optional[int], *, every_word: bool
    ) -> list[tuple[str, float]]:
        """See `Search.find`."""
        if self._elsewhere:
            try:
                return self._elsewhere.find(text, place, limit, every_word=every_word)
            except SearchUnavailable as error:
                self._stand_in(error)
        return self._here.find(text, place, limit, every_word=every_word)

    def _stand_in(self, error: SearchUnavailable) -> None:
        """Until the next change of the directory, or the next start."""
        self._elsewhere = None
        _log.error("search_in_memory %s", error)

    @cached_property
    def _here(self) -> Search:
        return self._built(None)

    def _built(self, keep: Optional[Keep]) -> Search:
        entries = Entries(self._files)
        return Search(Index(entries, keep), self._places, entries.ignored)
