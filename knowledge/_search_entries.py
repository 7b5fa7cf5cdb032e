"""What of the directory can be found by which words."""

from collections import defaultdict
from typing import Iterable, Iterator, Union

from knowledge._facts import Words
from knowledge._languages import LANGUAGES
from knowledge._load import Files
from knowledge._model import Helpline, Service
from knowledge._places import own_point, points
from knowledge._search_terms import Entry, kilometres
from knowledge._words import all_words

#: How much a word counts where it stands: in the name, the kind and the needs, the description.
_NAME, _KIND, _NEED, _DESCRIPTION = 1.0, 0.9, 0.85, 0.5
#: A short name said whole is meant; a long one may only mention the word.
_WHOLE_NAME = 0.1
#: A need that names the entry among its first; each further need of an entry.
_FIRST, _FURTHER = 0.05, 0.93
#: Decides between equals: our own services first, people who answer a telephone last.
_OWN, _PARTNER, _LINE = 0.02, 0.01, 0.0

Terms = dict[str, float]


class Entries:
    """Makes an `Entry` of every service, partner and helpline of a folder that was read."""

    def __init__(self, files: Files) -> None:
        assert files.association and files.search
        self._files = files
        self._services = [*files.services.values(), *files.partners.values(), files.association]
        self.ignored = frozenset(w for text in files.search.ignored.all() for w in all_words(text))
        self._also = {name: self._words(said.all()) for name, said in files.search.also.items()}
        self._needs = {n: [*self._said(v.label), *self._called(n)] for n, v in files.needs.items()}
        self._kinds = {name: self._said(kind.label) for name, kind in files.types.items()}
        self._crises: dict[str, list[str]] = defaultdict(list)
        for crisis, lines in files.crisis.items():
            for line in lines:
                self._crises[line].append(crisis)

    def __iter__(self) -> Iterator[Entry]:
        yield from map(self._service, self._services)
        yield from map(self._helpline, self._files.helplines.values())

    def _service(self, service: Service) -> Entry:
        terms = self._own(service)
        _add(terms, self._kinds[service.type], _KIND)
        for rank, need in enumerate(service.needs):
            first = _FIRST if service.id in self._files.needs[need].first else 0.0
            _add(terms, self._needs[need], _NEED * _FURTHER**rank + first)
        serves = service.serves
        homes = [self._files.places[i] for i in serves.quarters or serves.communes]
        own = own_point(service)
        where = [own] if own else [p for home in homes for p in points(home, self._files.places)]
        return Entry(
            f"service/{service.id}",
            terms,
            bonus=_OWN if service.operator == "inter-actions" else _PARTNER,
            national=serves.national,
            places=frozenset(i for home in homes for i in (home.id, *home.parts)),
            communes=frozenset(serves.communes),
            points=tuple(map(kilometres, where)),
        )

    def _helpline(self, line: Helpline) -> Entry:
        terms = self._own(line)
        for crisis in self._crises[line.id]:
            _add(terms, self._called(crisis), _NEED)
        return Entry(f"helpline/{line.id}", terms, bonus=_LINE, national=True)

    def _own(self, entry: Union[Service, Helpline]) -> Terms:
        """The words of the entry's name, description and further names."""
        terms: Terms = {}
        for language in LANGUAGES:
            name = self._words([entry.name.in_(language)])
            _add(terms, name, _NAME + _WHOLE_NAME / max(1, len(name)))
            _add(terms, self._words([entry.description.in_(language)]), _DESCRIPTION)
        _add(terms, self._called(entry.id), _NAME)
        return terms

    def _called(self, name: str) -> list[str]:
        return self._also.get(name, [])

    def _said(self, text: Words) -> list[str]:
        return self._words(text.in_(language) for language in LANGUAGES)

    def _words(self, texts: Iterable[str]) -> list[str]:
        return [w for text in texts for w in all_words(text) if w not in self.ignored]


def _add(terms: Terms, words: Iterable[str], weight: float) -> None:
    for word in words:
        terms[word] = max(weight, terms.get(word, 0.0))
