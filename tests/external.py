"""Trains our classifier on any data set in Rasa's format, to compare it with published figures.

`python -m tests.external PATH [--embedding e5]`: PATH is a file or folder of Rasa NLU data, YAML,
JSON or the older Markdown (as the BCS data set has it). Prints accuracy and macro-F1 of a
stratified cross-validation, overall and per language (a part `fr`, `de` or `lb` of the path). No
third-party data is kept in the project: only its path is given.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from sklearn.model_selection import StratifiedKFold

from bot.evaluation import scores
from bot.nlu.intent import IntentClassifier
from bot.nlu.opinions import Opinions
from bot.nlu.text import clean

FOLDS = 5
_INTENT = re.compile(r"^##\s*intent:\s*(\S+)")
_EXAMPLE = re.compile(r"^[-*+]\s+(.+)$")
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
Row = tuple[str, str, str]


def read_rasa(path: Path) -> list[Row]:
    """Text, intent and language ("" when the path does not say it) of each example, once each."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    rows: dict[tuple[str, str], Row] = {}
    for file in files:
        for text, intent in _examples(file):
            language = _language(file)
            rows.setdefault((text.lower(), language), (text, intent, language))
    return list(rows.values())


def _examples(file: Path) -> list[tuple[str, str]]:
    if file.suffix == ".md":
        return _markdown(file.read_text(encoding="utf-8"))
    if file.suffix not in (".yml", ".yaml", ".json"):
        return []
    from rasa.shared.nlu.training_data.loading import load_data

    messages = load_data(str(file)).intent_examples
    return [(clean(m.get("text")), str(m.get("intent"))) for m in messages]


def _markdown(content: str) -> list[tuple[str, str]]:
    found, intent = [], ""
    for line in content.splitlines():
        if line.startswith("##"):
            named = _INTENT.match(line)
            intent = named.group(1) if named else ""
        example = _EXAMPLE.match(line.strip())
        if intent and example:
            found.append((clean(_ENTITY.sub(r"\1", example.group(1))), intent))
    return found


def _language(file: Path) -> str:
    parts = re.split(r"[^a-z]+", str(file).lower())
    return next((code for code in reversed(parts) if code in ("fr", "de", "lb")), "")


def cross_validate(rows: list[Row], embedding: str = "e5") -> dict[str, Any]:
    """Accuracy and macro-F1 of our classifier, all languages trained together."""
    config = {**IntentClassifier.get_default_config(), "embedding": embedding}
    texts, labels = [r[0] for r in rows], [r[1] for r in rows]
    found: dict[int, str] = {}
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in split.split(texts, labels):
        model = Opinions.fit([texts[i] for i in train], [labels[i] for i in train], config)
        rows_found = model.of_many([texts[i] for i in test])
        found.update((i, model.names[row.argmax()]) for i, row in zip(test, rows_found))
    by_language: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for i, row in enumerate(rows):
        by_language[row[2]].append((row[1], found[i]))
    everything = [pair for pairs in by_language.values() for pair in pairs]
    result: dict[str, Any] = {"examples": len(rows), "intents": len(set(labels))}
    result |= scores(everything)
    for language, pairs in sorted(by_language.items()):
        result[language or "unknown"] = {"examples": len(pairs), **scores(pairs)}
    return result


if __name__ == "__main__":
    name = sys.argv[sys.argv.index("--embedding") + 1] if "--embedding" in sys.argv else "e5"
    json.dump(cross_validate(read_rasa(Path(sys.argv[1])), name), sys.stdout, indent=1)
