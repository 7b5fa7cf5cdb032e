"""Finds services ("Obenthalt") and kinds of service ("youth house") named in a message."""

from pathlib import Path
from typing import Any, Literal

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from bot.nlu.files import read_words
from bot.nlu.text import fold, pipeline, tokens

Kind = Literal["service", "kind"]


class NameFinder:
    """Accent-free matches of the names in data/lexicon/names.yml, and cased ones as written."""

    def __init__(self, lexicon: Path) -> None:
        names: dict[str, Any] = read_words(lexicon)
        self._matcher = PhraseMatcher(pipeline().vocab, attr="NORM")
        self._cased = PhraseMatcher(pipeline().vocab, attr="ORTH")
        self._meaning: dict[str, tuple[Kind, str]] = {}
        self._first_words: set[str] = set()
        groups: tuple[tuple[Kind, str], ...] = (("service", "services"), ("kind", "kinds"))
        for kind, group in groups:
            for target, forms in names[group].items():
                key = f"{kind}:{target}"
                self._meaning[key] = (kind, target)
                patterns = [tokens(fold(form)) for form in forms]
                self._matcher.add(key, patterns)
                self._first_words |= {pattern[0].norm_ for pattern in patterns}
        for target, forms in names["cased"].items():
            patterns = [tokens(form) for form in forms]
            self._cased.add(f"service:{target}", patterns)
            self._first_words |= {pattern[0].norm_ for pattern in patterns}

    def find(self, doc: Doc) -> list[tuple[int, int, Kind, str]]:
        """Token spans with what they name; the longest of overlapping ones."""
        said = [(t.i, t.norm_) for t in doc if not t.is_punct]
        if self._first_words.isdisjoint(norm for _, norm in said):
            return []  # most messages name nothing: matching them is work for nothing
        bare = [i for i, _ in said]
        words = Doc(doc.vocab, words=[norm for _, norm in said])
        for token in words:
            token.norm_ = token.text
        found = [(m, start, end) for m, start, end in self._matcher(words)]
        # Everyday words when they are written small: "Coup de Pouce", "un coup de pouce".
        found += self._cased(Doc(doc.vocab, words=[doc[i].text for i in bare]))
        spans = filter_spans(Span(words, start, end, label=m) for m, start, end in found)
        return [(bare[s.start], bare[s.end - 1] + 1, *self._meaning[s.label_]) for s in spans]
