"""Finds communes and quarters in a message: exact, inflected or misspelt, in three languages."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Optional

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from bot.nlu.files import read_words
from bot.nlu.text import fold, pipeline, tokens
from knowledge import Place

#: Endings that make an adjective of a place: "Escher Jugendhaus", "Bouneweger".
_ENDINGS = ("er",)
_SHORTEST_INFLECTED = 4
#: Names of several words shorter than this are too near to other words to forgive two slips.
_LONG_NAME = 10
#: Words between a place and the one that takes it back.
_NEAR = 6


@dataclass(frozen=True)
class Found:
    """A place in a message: token span and the place's id."""

    start: int
    end: int
    place: str
    exact: bool


class PlaceFinder:
    """Matches a tokenised message against the gazetteer.

    `lexicon` (data/lexicon/places.yml) says which names are also ordinary words and what
    must stand before them. `common` are words never taken for a misspelt place, `seen` those
    taken for one only where a place is expected.
    """

    def __init__(
        self,
        places: Iterable[Place],
        lexicon: Path,
        *,
        common: frozenset[str] = frozenset(),
        seen: frozenset[str] = frozenset(),
    ) -> None:
        self._seen = seen
        rules: dict[str, Any] = read_words(lexicon)
        self._before: frozenset[str] = frozenset(rules["prepositions"])
        self._dwelling: frozenset[str] = frozenset(rules["dwelling"])
        self._negations: frozenset[str] = frozenset(rules["negations"])
        self._corrections: frozenset[str] = frozenset(rules["corrections"])
        self._joining: frozenset[str] = frozenset(rules["joining"])
        self._meant = [words.split() for words in rules["meant"]]
        self._only_after: dict[str, frozenset[str]] = {
            name: frozenset(words) for name, words in rules["only_after"].items()
        }
        self._never_after: dict[str, frozenset[str]] = {
            name: frozenset(words) for name, words in rules["never_after"].items()
        }
        self._never: frozenset[str] = frozenset(rules["never"])
        self._places = {p.id: p for p in places}
        self._by_name = dict(self._names())
        self._by_name.update(rules["also_written"])
        self._by_name.update(self._inflected())
        self._by_name.update(self._before_consonant(frozenset(rules["of_luxembourgish"])))
        self._matcher = PhraseMatcher(pipeline().vocab, attr="NORM")
        self._first_words: set[str] = set()
        for name, place in self._by_name.items():
            pattern = tokens(name)
            self._matcher.add(place, [pattern])
            self._first_words.add(pattern[0].norm_)
        self._not_misspelt = common | self._never | self._by_name.keys()
        # A slip is forgiven only in the main names: the rarer ones are too near to other words.
        main = {_plain(name) for p in self._places.values() for name in _own(p)}
        self._fuzzy = sorted(n for n in main if len(n) >= 5 and " " not in n)
        self._long: dict[str, list[str]] = {}
        for name in sorted(n for n in main if len(n) >= _LONG_NAME and " " in n):
            self._long.setdefault(name[0], []).append(name)
        self._short = sorted(n for n in main if len(n) == 4)

    def _names(self) -> Iterable[tuple[str, str]]:
        for place in self._places.values():
            names = {*_own(place), *place.other_names}
            for name in sorted(map(_plain, names)):
                if name not in self._never:
                    yield name, place.id

    def _before_consonant(self, introduce: frozenset[str]) -> Iterable[tuple[str, str]]:
        """Luxembourgish names lose their final n before most consonants: "zu Stroosse beim"."""
        for place in self._places.values():
            name = _plain(place.lb)
            short = name.removesuffix("n")
            if name.endswith("en") and short not in self._by_name and short not in self._never:
                self._only_after[short] = introduce
                yield short, place.id

    def _inflected(self) -> Iterable[tuple[str, str]]:
        """Adjectives of one-word names, unless they are a word or a place of their own."""
        for name, place in list(self._by_name.items()):
            if " " not in name and len(name) >= _SHORTEST_INFLECTED:
                for ending in _ENDINGS:
                    form = name + ending
                    if form not in self._never and form not in self._by_name:
                        yield form, place

    def find(self, doc: Doc) -> list[Found]:
        """All places named, in the order of the text; longer names win over shorter ones."""
        plain = _without_hyphens(doc)
        spans = [
            (plain[s], plain[e - 1] + 1, doc.vocab.strings[m])
            for m, s, e in self._exact(doc, plain)
        ]
        spans.sort(key=lambda span: (-(span[1] - span[0]), span[0]))
        found: list[Found] = []
        taken: set[int] = set()
        for start, end, place in spans:
            if taken.isdisjoint(range(start, end)) and self._allowed(doc, start, end):
                found.append(Found(start, end, place, True))
                taken.update(range(start, end))
        for start, end, place in self._misspelt_names(doc, plain):
            if taken.isdisjoint(range(start, end)):
                found.append(Found(start, end, place, False))
                taken.update(range(start, end))
        for index in range(len(doc)):
            if index not in taken and (place_id := self._misspelt(doc, index)):
                found.append(Found(index, index + 1, place_id, False))
        return sorted(found, key=lambda f: f.start)

    def _exact(self, doc: Doc, plain: list[int]) -> list[tuple[int, int, int]]:
        words = [doc[i].norm_ for i in plain]
        if self._first_words.isdisjoint(words):
            return []
        bare = Doc(doc.vocab, words=words)
        for token in bare:
            token.norm_ = token.text
        return [(m, s, e) for m, s, e in self._matcher(bare)]

    def best(self, doc: Doc, found: list[Found]) -> Optional[str]:
        """The one place meant: not a negated one, and a quarter rather than its commune."""
        corrected = self._corrected(doc, found)
        if corrected:
            return corrected.place
        wanted = [f for f in found if not self._negated(doc, f)] or found
        wanted = [f for f in wanted if not self._station_of(f, wanted)]
        wanted.sort(key=lambda f: (not f.exact, self._places[f.place].kind == "commune"))
        return wanted[0].place if wanted else None

    def _station_of(self, found: Found, others: list[Found]) -> bool:
        """ "the station of Dommeldange": the quarter around the main station is not meant."""
        return found.place == _STATION and any(
            found.end <= f.start <= found.end + 1 and f.place != _CITY for f in others
        )

    def _corrected(self, doc: Doc, found: list[Found]) -> Optional[Found]:
        """The last place that takes back the one before: "in Esch, no, in Mersch"."""
        last = None
        for before, after in zip(found, found[1:]):
            words = [t.norm_ for t in doc[before.end : after.start]]
            taken_back = len(words) <= _NEAR and any(
                word in self._corrections and (not i or words[i - 1] not in self._joining)
                for i, word in enumerate(words)
            )
            # "… in Clausen I mean"
            tail = [t.norm_ for t in doc[after.end : after.end + 2]]
            if before.place != after.place and (taken_back or tail in self._meant):
                last = after
        return last

    def _negated(self, doc: Doc, found: Found) -> bool:
        return any(t.norm_ in self._negations for t in doc[max(0, found.start - 3) : found.start])

    def _allowed(self, doc: Doc, start: int, end: int) -> bool:
        name = _joined(doc[start:end])
        before = doc[start - 1].norm_ if start else ""
        two = f"{doc[start - 2].norm_} {before}" if start > 1 else before
        banned = self._never_after.get(name, frozenset())
        if before in banned or two in banned:
            return False
        needed = self._only_after.get(name)
        if needed is None or before in self._dwelling:
            return True
        others = (t for i, t in enumerate(doc) if not start <= i < end)
        if before in needed or two in needed or not any(t.is_alpha or t.like_num for t in others):
            return True
        # A capital at the end of a clause: "Jugendhaus Keel, wéini ass dat op?"
        ends = end >= len(doc) or doc[end].is_punct
        return ends and start > 0 and doc[start].text[0].isupper()

    def _misspelt_names(self, doc: Doc, plain: list[int]) -> Iterable[tuple[int, int, str]]:
        """Names of several words, with up to two slips: "Ech sur Alzete"."""
        words = [doc[i].norm_ for i in plain]
        for size in (3, 2):
            for start in range(len(words) - size + 1):
                names = self._long.get(words[start][:1])
                if not names:
                    continue
                piece = " ".join(words[start : start + size])
                if len(piece) < _LONG_NAME or piece in self._by_name:
                    continue
                hit = process.extractOne(piece, names, scorer=OSA.distance, score_cutoff=2)
                if hit and piece.count(" ") == hit[0].count(" "):
                    yield plain[start], plain[start + size - 1] + 1, self._by_name[hit[0]]

    def _misspelt(self, doc: Doc, index: int) -> Optional[str]:
        token = doc[index]
        word = token.norm_
        before = doc[index - 1].norm_ if index else ""
        introduced = before in self._before
        least = 4 if introduced else 5
        if not token.is_alpha or len(word) < least or word in self._not_misspelt:
            return None
        alone = sum(t.is_alpha for t in doc) == 1
        if not introduced and word in self._seen:
            return None
        slips = 2 if len(word) >= 7 else 1
        if not introduced and not alone:
            if len(word) < 8:
                return None
            slips = 1
        names = self._fuzzy + self._short if introduced and len(word) > 4 else self._fuzzy
        hit = process.extractOne(word, names, scorer=OSA.distance, score_cutoff=slips)
        if hit and hit[1] == 2 and max(len(word), len(hit[0])) < 8:
            return None
        if (
            hit is None
            or not _alike(word[0], hit[0][0])
            or (
                before not in self._only_after.get(hit[0], (before,))
                and before not in self._dwelling
            )
        ):
            return None
        return self._by_name[hit[0]]


_STATION, _CITY = "gare", "luxembourg"


def _own(place: Place) -> set[str]:
    """The place's own names, without the aliases."""
    short = {place.short.fr, place.short.de, place.short.lb} if place.short else set()
    return {place.fr, place.de, place.lb, *short}


def _plain(name: str) -> str:
    return " ".join(fold(name).replace("-", " ").replace("/", " ").split())


#: First letters people mix up by ear.
_SOUNDS = ("ckg", "bp", "dt", "fvw", "csz", "ij", "eah")


def _alike(a: str, b: str) -> bool:
    return a == b or any(a in group and b in group for group in _SOUNDS)


def _without_hyphens(doc: Doc) -> list[int]:
    return [t.i for t in doc if t.text not in "-–/"]


def _joined(span: Span) -> str:
    return " ".join(t.norm_ for t in span if t.text not in "-–/")
