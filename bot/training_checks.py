"""Checks of the training sentences that need the encoder or the language model.

A sentence that sits nearer to another intent than to its own, or is written in another language
than its folder says, teaches the wrong thing: it is corrected, moved or taken out.
"""

from pathlib import Path
from typing import Any, Iterable, List, Tuple

import numpy as np

from bot.nlu.embedding import Embedding
from bot.nlu.files import ROOT
from bot.nlu.naive_bayes import NaiveBayes
from bot.nlu.reader import Example, examples

NEIGHBOURS = 7
_FOLDS = 5
_SURE = 0.999
_FEWEST_WORDS = 3
_STEP = 1024


def check_training_data(folder: Path = ROOT / "data") -> List[str]:
    """Every problem, as "language/intent: sentence: what is wrong"; empty when all is well."""
    from rasa.shared.nlu.training_data.loading import load_data

    found = examples(load_data(str(folder / "nlu")))
    problems = [(e, f"nearer to {other}") for e, other in near_another_intent(found)]
    problems += [(e, f"reads like {other}") for e, other in in_another_language(found)]
    return [f"{e.language}/{e.intent}: «{e.text}»: {what}" for e, what in problems]


def near_another_intent(sentences: List[Example]) -> List[Tuple[Example, str]]:
    """Sentences most of whose nearest neighbours have one other intent, and that intent.

    Nearest by the cosine of the centred embedding, among sentences of all languages; a sentence is
    no neighbour of itself.
    """
    vectors = Embedding("adapted", ROOT / ".cache").many([e.text for e in sentences])
    found = nearest_labels(vectors, [e.intent for e in sentences], NEIGHBOURS)
    return [(e, other) for e, other in zip(sentences, found) if other and other != e.intent]


def nearest_labels(vectors: Any, labels: List[str], neighbours: int) -> List[str]:
    """For each row the label of more than half of its nearest neighbours; "" when there is none."""
    centred = vectors - vectors.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    names, numbers = np.unique(labels, return_inverse=True)
    found: List[str] = []
    for start in range(0, len(centred), _STEP):
        near = centred[start : start + _STEP] @ centred.T
        rows = np.arange(len(near))
        near[rows, start + rows] = -2.0
        nearest = numbers[np.argpartition(-near, neighbours, axis=1)[:, :neighbours]]
        counts = np.apply_along_axis(np.bincount, 1, nearest, minlength=len(names))
        best = counts.argmax(axis=1)
        majority = counts[rows, best] * 2 > neighbours
        found += [str(names[b]) if m else "" for b, m in zip(best, majority)]
    return found


def in_another_language(sentences: List[Example]) -> List[Tuple[Example, str]]:
    """Sentences of three words or more that a model trained on the others puts elsewhere, surely.

    Mixed sentences are none: some of their words are of the language of the folder.
    """
    return list(_in_another_language(sentences))


def _in_another_language(sentences: List[Example]) -> Iterable[Tuple[Example, str]]:
    for fold in range(_FOLDS):
        others = [e for i, e in enumerate(sentences) if i % _FOLDS != fold]
        texts = [e.text for e in others]
        model = NaiveBayes.fit(
            texts, [e.language for e in others], longest=4, smoothing=0.1, word_weight=4
        )
        for example in sentences[fold::_FOLDS]:
            words = example.text.split()
            if len(words) < _FEWEST_WORDS:
                continue
            language = _surely(model, example.text)
            own = any(_surely(model, word) == example.language for word in words)
            if language not in ("", example.language) and not own:
                yield example, language


def _surely(model: NaiveBayes, text: str) -> str:
    probabilities = model.probabilities(text)
    best = max(probabilities, key=lambda code: probabilities[code])
    return best if probabilities[best] >= _SURE else ""
