"""How alike messages are, and which training sentences are nearest: by the vectors of the model.

The model's file holds the vectors of the sentences its embedding was taught with, and their
numbers, but not their words: these are read from the training data in the same order, and left out
if the two do not fit.
"""

import logging
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np

from bot.nlu.features import Features
from bot.nlu.importer import SentenceImporter
from bot.nlu.intent import IntentClassifier
from bot.nlu.neighbours import FILE
from bot.nlu.text import clean
from bot.settings import ROOT

_log = logging.getLogger(__name__)
_STEP = 4096


@dataclass(frozen=True)
class Near:
    """A training sentence. `likeness`: the cosine of its vector with that of the message."""

    text: str
    intent: str
    language: str
    likeness: float


class Likeness:
    """The vectors of one model. Takes some seconds and about 100 MB to load."""

    def __init__(self, model: Path, learned: Optional[Path] = None) -> None:
        """`learned`: the installation's own sentences the model was trained with."""
        with tempfile.TemporaryDirectory() as place:
            # Our own file, whose digest was checked when the server started.
            with tarfile.open(model) as archive:
                wanted = [m for m in archive.getmembers() if "IntentClassifier" in m.name]
                archive.extractall(place, members=wanted)  # noqa: S202  # nosec B202
            folder = next(Path(place).rglob(FILE)).parent
            self._features = Features.read(folder, IntentClassifier.get_default_config())
            with np.load(folder / FILE, allow_pickle=False) as arrays:
                self._rows = arrays["vectors"]
                intents, which = arrays["intents"].tolist(), arrays["sentences"].tolist()
        every = _sentences(learned)
        number = {name: at for at, name in enumerate(sorted({intent for _, intent, _ in every}))}
        self._sentences = [every[at] for at in which if at < len(every)]
        if [number[intent] for _, intent, _ in self._sentences] != intents:
            _log.warning("likeness_without_sentences rows=%d", len(intents))
            self._sentences = []

    def vectors(self, texts: list[str]) -> Any:
        """Unit vectors, one row a text."""
        rows = self._features.rows([clean(text) for text in texts])
        return (rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)).astype(np.float32)

    def nearest(self, message: str, most: int = 5) -> list[Near]:
        """The nearest training sentences, the nearest first; none when their words are unknown."""
        if not self._sentences:
            return []
        vector = self.vectors([message])[0]
        alike = np.concatenate(
            [_unit(self._rows[at : at + _STEP]) @ vector for at in range(0, len(self._rows), _STEP)]
        )
        best = np.argsort(-alike)[:most]
        return [
            Near(text, intent, language, round(float(alike[at]), 3))
            for at in best
            for text, intent, language in [self._sentences[at]]
        ]


def _unit(rows: Any) -> Any:
    wide = rows.astype(np.float32)
    return wide / (np.linalg.norm(wide, axis=1, keepdims=True) + 1e-9)


def _sentences(learned: Optional[Path]) -> list[tuple[str, str, str]]:
    """Text, intent and language of every training sentence, in the order of training."""
    files = [str(ROOT / "data"), *([str(learned)] if learned and learned.is_file() else [])]
    importer = SentenceImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), files)
    found = []
    for message in importer.get_nlu_data().intent_examples:
        about = (message.get("metadata") or {}).get("intent") or {}
        found.append(
            (str(message.get("text")), str(message.get("intent")), str(about.get("language")))
        )
    return found
