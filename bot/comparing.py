"""Trains a candidate with what was learnt, compares it with the served model, and switches.

Nothing is switched when a cry for help would be missed that is heard today, or when understanding
falls. Both are measured on data/dev, which nobody trains on; learnt sentences are measured by
cross-validation: each by a model that has not seen it.
"""

import json
import shutil
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Iterable, Optional

from bot import review_file
from bot.evaluation import Case, Parsed, evaluate
from bot.model import LEARNED, digest_of
from bot.review_file import Learnt

#: Macro-F1 may fall by so much, over all and in each language: a handful of sentences at a border.
MARGIN, MARGIN_OF_A_LANGUAGE = 0.005, 0.01
#: In the folder of models: the candidate, and the model of before, to go back to.
CANDIDATE, BEFORE = "candidate", "before"
RESULT = "comparison.json"
_MANIFEST = "manifest.json"

#: Trains in a folder, with its learned.yml, unless a model there fits; gives the model's file.
Trainer = Callable[[Path], Path]
#: What the model of a file makes of texts, as `python -m bot parse` writes it.
Reader = Callable[[Path, list[str]], list[Parsed]]


class NothingToCompare(Exception):
    """There are no learnt sentences; or none for this switch. The message says which."""


@dataclass(frozen=True)
class Comparison:
    """What a candidate gains and loses. Scores lie between 0 and 1; `reasons` speak against it.

    `dev`: scores before and after, over all and per language. `intents`: F1 before and after of
    the intents where it differs. `learnt`: shares of the learnt sentences understood before, and
    after by a model that has not seen them; None when there are too few.
    """

    at: str
    sentences: int
    digest: str
    dev: dict[str, dict[str, float]]
    crisis: dict[str, Any]
    intents: dict[str, dict[str, float]]
    learnt: Optional[dict[str, dict[str, float]]]
    reasons: list[str]
    switched: bool = False


class Comparing:
    """Compares within a folder of models. `review`: the folder of the review file."""

    def __init__(
        self, models: Path, review: Path, cases: list[Case], train: Trainer, read: Reader
    ) -> None:
        self._models = models
        self._review = review
        self._cases = cases
        self._train = train
        self._read = read

    def compare(self, current: Path, *, folds: int = 3) -> Comparison:
        """Trains the candidate and measures both. Raises NothingToCompare."""
        sentences = review_file.read(self._review / review_file.FILE)
        if not sentences:
            raise NothingToCompare("There are no learnt sentences yet.")
        texts = [case["text"] for case in self._cases]
        before = self._read(current, texts)
        # Not emptied: a candidate of the same sentences and data need not be trained again.
        folder = self._models / CANDIDATE
        candidate = self._trained(folder, sentences)
        after = self._read(candidate, texts)
        dev, crisis, intents = _measured(self._cases, before, after)
        result = Comparison(
            at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            sentences=len(sentences),
            digest=digest_of(folder / LEARNED),
            dev=dev,
            crisis=crisis,
            intents=intents,
            learnt=None,
            reasons=_reasons(dev, crisis),
        )
        # Kept before the long part, which may be interrupted.
        self._keep(result)
        result = replace(result, learnt=self._crossed(current, sentences, folds))
        self._keep(result)
        return result

    def switch(self) -> Comparison:
        """Puts the candidate in the place of the served model, which is kept to go back to.

        Servers take it when they start. Raises NothingToCompare when the last comparison speaks
        against it, or is about other sentences.
        """
        result = last(self._review)
        folder = self._models / CANDIDATE
        if result is None or digest_of(folder / LEARNED) != result.digest:
            raise NothingToCompare("No candidate to switch to. Run: python -m bot learn compare")
        if result.reasons:
            raise NothingToCompare("Not switched: " + "; ".join(result.reasons))
        kept = self._fresh(BEFORE)
        _move(self._models, kept)
        _move(folder, self._models)
        shutil.rmtree(folder)
        result = replace(result, switched=True)
        self._keep(result)
        return result

    def back(self) -> None:
        """Puts the model of before the switch in its place again. Raises NothingToCompare."""
        kept = self._models / BEFORE
        if not (kept / _MANIFEST).is_file():
            raise NothingToCompare("There is no earlier model to go back to.")
        folder = self._fresh(CANDIDATE)
        _move(self._models, folder)
        _move(kept, self._models)
        shutil.rmtree(kept)
        shutil.rmtree(folder)

    def _crossed(
        self, current: Path, sentences: list[Learnt], folds: int
    ) -> Optional[dict[str, dict[str, float]]]:
        """How many of the new sentences are understood, each by a model without it."""
        served = {one.text for one in review_file.read(self._models / LEARNED)}
        new = [one for one in sentences if one.text not in served]
        if folds < 2 or len(new) < folds:
            return None
        found: list[tuple[Learnt, str]] = []
        for fold in range(folds):
            held_out = new[fold::folds]
            rest = [one for one in sentences if one not in held_out]
            model = self._trained(self._fresh("fold"), rest)
            found += zip(held_out, _intents(self._read(model, [one.text for one in held_out])))
        shutil.rmtree(self._models / "fold")
        before = list(zip(new, _intents(self._read(current, [one.text for one in new]))))
        return {"before": _shares(before), "after": _shares(found)}

    def _trained(self, folder: Path, sentences: list[Learnt]) -> Path:
        if sentences:
            review_file.write(folder / LEARNED, sentences)
        return self._train(folder)

    def _fresh(self, name: str) -> Path:
        folder = self._models / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _keep(self, result: Comparison) -> None:
        self._review.mkdir(parents=True, exist_ok=True)
        part = self._review / f"{RESULT}.part"
        part.write_text(json.dumps(asdict(result), ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(self._review / RESULT)


def last(review: Path) -> Optional[Comparison]:
    """The last comparison; None before the first."""
    try:
        return Comparison(**json.loads((review / RESULT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _measured(
    cases: list[Case], before: list[Parsed], after: list[Parsed]
) -> tuple[dict[str, dict[str, float]], dict[str, Any], dict[str, dict[str, float]]]:
    old, new = evaluate(cases, before), evaluate(cases, after)
    dev = {"all": {"before": old["macro_f1"], "after": new["macro_f1"]}}
    for language, row in old["per_language"].items():
        now = new["per_language"][language]["macro_f1"]
        dev[language] = {"before": row["macro_f1"], "after": now}
    cries = [
        (bool(was["crisis"]), bool(is_["crisis"]))
        for case, was, is_ in zip(cases, before, after)
        if case["intent"].startswith("crisis_")
    ]
    crisis = {
        "cases": len(cries),
        "before": old["crisis"]["recall"],
        "after": new["crisis"]["recall"],
        "missed_since": sum(was and not is_ for was, is_ in cries),
    }
    intents = {
        name: {"before": round(row["f1"], 4), "after": round(new["per_intent"][name]["f1"], 4)}
        for name, row in old["per_intent"].items()
        if round(row["f1"], 4) != round(new["per_intent"][name]["f1"], 4)
    }
    return dev, crisis, intents


def _reasons(dev: dict[str, dict[str, float]], crisis: dict[str, Any]) -> list[str]:
    found = []
    if crisis["missed_since"]:
        found.append(f"{crisis['missed_since']} cries for help are missed that were heard before")
    for name, row in dev.items():
        margin = MARGIN if name == "all" else MARGIN_OF_A_LANGUAGE
        if row["before"] - row["after"] > margin:
            found.append(f"macro-F1 ({name}) falls from {row['before']} to {row['after']}")
    return found


def _intents(parsed: list[Parsed]) -> list[str]:
    return [str(p["intent"]) for p in parsed]


def _shares(found: Iterable[tuple[Learnt, str]]) -> dict[str, float]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for one, intent in found:
        for key in ("all", one.language, one.intent):
            hits[key].append(one.intent == intent)
    return {key: round(sum(rows) / len(rows), 4) for key, rows in sorted(hits.items())}


def _move(source: Path, target: Path) -> None:
    """Moves a model with what belongs to it; its manifest last, because that makes it the model."""
    (target / _MANIFEST).unlink(missing_ok=True)
    for old in (*target.glob("weeweiser-*.tar.gz"), target / LEARNED):
        old.unlink(missing_ok=True)
    moved = [*source.glob("weeweiser-*.tar.gz"), source / LEARNED, source / _MANIFEST]
    for path in moved:
        if path.is_file():
            path.replace(target / path.name)
