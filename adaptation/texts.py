"""Writes what the encoder is fitted on: JSON lines.

`python -m adaptation.texts FILE`: {"intents": [..], "versions": [{"text", "parts"}]} a line. Each
training sentence as the classifier sees it, with spelling variants; and messages that tell two or
three needs, joined from short sentences. `parts` are the clauses of a version: [start, end, intent]
each, so that the encoder learns to read a clause within its message.
"""

import json
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Optional

from rasa.shared.importers.importer import TrainingDataImporter

from bot.nlu.clauses import Clauses
from bot.nlu.embedding import prepared
from bot.nlu.files import LEXICON, ROOT, read_words
from bot.nlu.reader import Example, examples
from bot.nlu.text import MAX_EMBEDDED
from bot.nlu.variants import Variants
from knowledge import load

VARIANTS = 8
#: Joined messages for each sentence.
JOINED = 0.72
#: Sentences of a joined message are no longer than this (letters), most of them very short.
_SHORT = {2: 80, 3: 60}
_VERY_SHORT, _MOST = 45, 0.65
_THREE = 0.3
#: What is joined are needs and crises; other intents as often as this.
_OTHER = 0.12
#: A clause belongs to the sentence that so much of it comes from.
_MOSTLY = 0.85
_CLAUSES = LEXICON / "clauses.yml"

Version = dict[str, Any]


class Writer:
    """Writes versions of sentences and joined messages; the same seed gives the same."""

    def __init__(self) -> None:
        self._rng = random.Random(0)  # noqa: S311  not for secrets
        self._variants = Variants(LEXICON / "spelling.yml")
        self._clauses = Clauses(_CLAUSES)
        self._needs = load().needs
        words: Any = read_words(_CLAUSES)
        self._joins: dict[str, list[str]] = words["joins"]

    def sentence(self, example: Example) -> dict[str, Any]:
        """A sentence as it is, then its spelling variants."""
        text = prepared(example.text)
        texts = [text, *sorted({self._variant(example) for _ in range(VARIANTS)} - {text})]
        versions = [self._version(text, [example.intent] * len(text)) for text in texts]
        return {"intents": [example.intent], "versions": versions}

    def joined(self, sentences: list[Example]) -> dict[str, Any]:
        """Short sentences of different intents as one message."""
        text, origin = "", list[Optional[str]]()
        for example in sentences:
            if text:
                join = self._rng.choice(self._joins[example.language]).lower()
                text = text.rstrip(".,;!? ")
                origin = [*origin[: len(text)], *[None] * len(join)]
                text += join
            said = self._variant(example) if self._rng.random() < 0.5 else prepared(example.text)
            text += said
            origin += [example.intent] * len(said)
        version = self._version(text[:MAX_EMBEDDED], origin)
        return {"intents": [e.intent for e in sentences], "versions": [version]}

    def choose(self, by_language: dict[str, list[Example]]) -> list[Example]:
        """Two or three short sentences of one language, each of another intent."""
        language = self._rng.choice(sorted(by_language))
        count = 3 if self._rng.random() < _THREE else 2
        chosen: dict[str, Example] = {}
        while len(chosen) < count:
            example = self._rng.choice(by_language[language])
            longest = _VERY_SHORT if self._rng.random() < _MOST else _SHORT[count]
            told = example.intent in self._needs or example.intent.startswith("crisis_")
            if len(example.text) <= longest and (told or self._rng.random() < _OTHER):
                chosen.setdefault(example.intent, example)
        return list(chosen.values())

    def _variant(self, example: Example) -> str:
        return prepared(self._variants.write(example.text, example.language, self._rng))

    def _version(self, text: str, origin: list[Optional[str]]) -> Version:
        parts = []
        for start, end in self._clauses.spans(text):
            [(intent, letters)] = Counter(origin[start:end]).most_common(1)
            if intent is not None and letters >= _MOSTLY * (end - start):
                parts.append([start, end, intent])
        return {"text": text, "parts": parts}


def write_texts(path: Path) -> int:
    """Returns the number of lines."""
    importer = TrainingDataImporter.load_from_dict(
        config_path=str(ROOT / "config.yml"), training_data_paths=[str(ROOT / "data")]
    )
    found = [e for e in examples(importer.get_nlu_data()) if e.text]
    by_language: dict[str, list[Example]] = defaultdict(list)
    for example in found:
        by_language[example.language].append(example)
    writer = Writer()
    rows = [writer.sentence(example) for example in found]
    rows += [writer.joined(writer.choose(by_language)) for _ in range(int(JOINED * len(found)))]
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return len(rows)


if __name__ == "__main__":
    print(f"{write_texts(Path(sys.argv[1]))} texts", file=sys.stderr)
