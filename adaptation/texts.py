"""Writes every training sentence as the classifier sees it, with spelling variants: JSON lines.

`python -m adaptation.texts FILE`: {"intent", "language", "text", "variants": [..]} per line.
"""

import json
import random
import sys
from pathlib import Path

from rasa.shared.importers.importer import TrainingDataImporter

from bot.nlu.embedding import prepared
from bot.nlu.files import LEXICON, ROOT
from bot.nlu.reader import examples
from bot.nlu.variants import Variants

VARIANTS = 8


def write_texts(path: Path) -> int:
    """Returns the number of sentences."""
    importer = TrainingDataImporter.load_from_dict(training_data_paths=[str(ROOT / "data")])
    found = examples(importer.get_nlu_data())
    variants = Variants(LEXICON / "spelling.yml")
    rng = random.Random(0)  # noqa: S311  not for secrets; the same sentences give the same variants
    with path.open("w", encoding="utf-8") as file:
        for example in found:
            others = [variants.write(example.text, example.language, rng) for _ in range(VARIANTS)]
            row = {
                "intent": example.intent,
                "language": example.language,
                "text": prepared(example.text),
                "variants": sorted({prepared(other) for other in others}),
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return len(found)


if __name__ == "__main__":
    print(f"{write_texts(Path(sys.argv[1]))} sentences", file=sys.stderr)
