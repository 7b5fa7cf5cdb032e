"""What the letters of a text and its meaning say about its intent, together.

The letters (`bot.nlu.letters`) come first: of a text they are sure of, in all of its clauses,
nothing else is asked. Else both are multiplied, each to a power that says how much it counts (a
logarithmic opinion pool, Genest and Zidek 1986, "Combining probability distributions"). Where the
embedding's classifier is unsure itself, the nearest training sentences vote with it first. Without
an embedding the letters stay alone.
"""

import math
from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple

import numpy as np

from bot.nlu.calibration import softmax
from bot.nlu.classifier import Classifier
from bot.nlu.clauses import Span
from bot.nlu.features import Features
from bot.nlu.files import read_json, write_json
from bot.nlu.letters import Letters
from bot.nlu.neighbours import FILE as NEIGHBOURS_FILE
from bot.nlu.neighbours import Neighbours
from knowledge import load

_NAMES = "names.json"
#: Nothing is impossible: one opinion cannot forbid an intent.
_LEAST = 1e-9


class Opinions:
    """Probabilities of intents: of whole texts, and of their clauses."""

    def __init__(
        self,
        names: List[str],
        letters: Letters,
        config: Dict[Text, Any],
        features: Features,
        classifier: Optional[Classifier] = None,
        neighbours: Optional[Neighbours] = None,
    ) -> None:
        self.names = names
        self._letters = letters
        self._config = config
        self._features = features
        self._classifier = classifier
        self._neighbours = neighbours
        prefix = config["careful_prefix"]
        self._careful = np.array([name.startswith(prefix) for name in names])
        self._details = np.array([name.startswith(config["detail_prefix"]) for name in names])
        # What is done about one clause of several: its need, its danger (`bot.nlu.decision`).
        needs = load().needs
        self._acted_on = self._careful | np.array([name in needs for name in names])

    @classmethod
    def fit(
        cls,
        texts: List[str],
        labels: List[str],
        config: Dict[Text, Any],
        cache: Optional[Path] = None,
    ) -> "Opinions":
        """Learns from masked texts. `cache`: where vectors of earlier trainings are."""
        letters, found = Letters.fit(texts, labels, config)
        names = sorted(set(labels))
        taught = _taught(found, labels, names, config)
        few, theirs = [texts[at] for at in taught], [labels[at] for at in taught]
        features = Features.fit(few, config, cache)
        if not features.available:
            return cls(names, letters, config, features)
        rows = features.rows(few, many=True)
        classifier = Classifier.fit(rows, theirs, config)
        neighbours = Neighbours.fit(rows, theirs, names, taught)
        return cls(names, letters, config, features, classifier, neighbours)

    def calibrate(self, texts: List[str], labels: List[str]) -> Any:
        """Makes both honest, by texts never trained on. Returns what they say of these."""
        wanted = [self.names.index(label) for label in labels]
        letters = self._letters.calibrate(texts, wanted)
        if self._classifier is None:
            return letters
        rows = self._features.rows(texts, many=True)
        self._classifier.calibrate(rows, labels)
        return self._where_sure(letters, self._together(letters, rows))

    def of(self, text: str) -> Any:
        """One row: what a text says that has no clauses."""
        letters = self._letters.probabilities([text])
        if self._classifier is None or self._sure(letters)[0]:
            return letters
        return self._together(letters, self._features.rows([text]))

    def of_detail(self, text: str) -> Any:
        """One row: the same where only a question about a detail would count."""
        letters = self._letters.probabilities([text])
        if letters[0, self._details].sum() < self._config["letters_detail"]:
            return letters
        return self.of(text)

    def of_many(self, texts: List[str]) -> Any:
        """The same of many texts; their vectors are taken from the cache."""
        letters = self._letters.probabilities(texts)
        if self._classifier is None:
            return letters
        rows = self._features.rows(texts, many=True)
        return self._where_sure(letters, self._together(letters, rows))

    def of_parts(self, text: str, spans: List[Span]) -> Tuple[Any, Any]:
        """One row: what the whole says; and one for each of its clauses, within the whole."""
        letters = self._letters.probabilities([text])
        if self._classifier is None or self._sure(letters)[0]:
            apart = self._letters.probabilities([text[a:b] for a, b in spans])
            if self._classifier is None or self._nothing_else(letters, apart):
                return letters, apart
        whole, parts = self._features.parts(text, spans)
        return self._together(letters, whole), self._classifier.probabilities(parts)

    def alone(self, texts: List[str]) -> Any:
        """What clauses say that are read out of their message: their letters are enough."""
        return self._letters.probabilities(texts)

    def _sure(self, letters: Any) -> Any:
        """Where the letters are enough. A cry for help they may have missed is looked at again."""
        danger = letters[:, self._careful].sum(axis=1)
        sure = letters.max(axis=1) >= self._config["letters_sure"]
        return sure & (danger < self._config["letters_danger"])

    def _where_sure(self, letters: Any, together: Any) -> Any:
        return np.where(self._sure(letters)[:, None], letters, together)

    def _nothing_else(self, letters: Any, apart: Any) -> bool:
        """Whether no clause may hold a need or danger the whole message does not tell of."""
        other = apart[:, self._acted_on & (np.arange(len(self.names)) != letters[0].argmax())]
        return bool((other < self._config["letters_clause"]).all())

    def _together(self, letters: Any, rows: Any) -> Any:
        assert self._classifier and self._neighbours
        found = self._classifier.probabilities(rows)
        unsure = found.max(axis=1) < self._config["neighbours_below"]
        if unsure.any():
            share = self._config["neighbours_share"]
            votes = self._neighbours.probabilities(rows[unsure])
            found[unsure] = (1 - share) * found[unsure] + share * votes
        share = self._config["letters_share"]
        pooled = share * np.log(letters + _LEAST) + (1 - share) * np.log(found + _LEAST)
        return softmax(pooled)

    def write(self, folder: Path) -> None:
        write_json(folder / _NAMES, self.names)
        for part in (self._letters, self._features, self._classifier, self._neighbours):
            if part is not None:
                part.write(folder)

    @classmethod
    def read(cls, folder: Path, config: Dict[Text, Any]) -> "Opinions":
        names, letters = read_json(folder / _NAMES), Letters.read(folder)
        features = Features.read(folder, config)
        if not (folder / NEIGHBOURS_FILE).exists():
            return cls(names, letters, config, features)
        classifier, neighbours = Classifier.read(folder), Neighbours.read(folder)
        return cls(names, letters, config, features, classifier, neighbours)


def _taught(found: Any, labels: List[str], names: List[str], config: Dict[Text, Any]) -> List[int]:
    """Which texts the embedding learns from, by number: of each intent those the letters find
    hardest, of danger all. The others would change no answer, and take as long to embed.
    """
    number = {name: at for at, name in enumerate(names)}
    own = found[np.arange(len(labels)), [number[label] for label in labels]]
    of: Dict[str, List[int]] = {}
    for at in np.argsort(own, kind="stable").tolist():
        of.setdefault(labels[at], []).append(at)
    chosen: List[int] = []
    for name, hardest in of.items():
        share = 1.0 if name.startswith(config["careful_prefix"]) else config["taught_share"]
        chosen += hardest[: max(config["taught_least"], math.ceil(share * len(hardest)))]
    return sorted(chosen)
