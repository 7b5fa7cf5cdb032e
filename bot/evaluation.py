"""Measures understanding on a test set, and writes a report a person can read."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Callable, Iterable, Optional

Case = dict[str, str]
Parsed = dict[str, Any]
_REQUIRED = ("text", "lang", "intent")
_SHOWN_ERRORS = 200


class BadTestSet(Exception):
    """The file is not a test set; the message names the column or line."""


def read_cases(path: Path) -> list[Case]:
    """The rows of a TSV with text, lang, intent and optional also, place, age, noise."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows:
        raise BadTestSet(f"{path} holds no rows")
    for column in _REQUIRED:
        if column not in rows[0]:
            raise BadTestSet(f"{path} has no column '{column}'")
    for number, row in enumerate(rows, 2):
        if any(not row[column] for column in _REQUIRED):
            raise BadTestSet(f"{path}:{number}: text, lang and intent must be filled")
    return [{key: value or "" for key, value in row.items() if key} for row in rows]


def evaluate(
    cases: list[Case], parsed: list[Parsed], report: Optional[Path] = None
) -> dict[str, Any]:
    """Accuracy and macro-F1 overall, per language and per noise, and what is confused with what."""
    pairs = [(c["intent"], p["intent"]) for c, p in zip(cases, parsed)]
    result: dict[str, Any] = {
        "cases": len(cases),
        **scores(pairs),
        "per_language": _sliced(cases, parsed, lambda c: c["lang"]),
        "per_noise": _sliced(cases, parsed, lambda c: c.get("noise") or "none"),
        "language": _share(c["lang"] == p["language"] for c, p in zip(cases, parsed)),
        "place": _share(
            c["place"] == (p["place"] or "") for c, p in zip(cases, parsed) if c.get("place")
        ),
        "age": _share(float(c["age"]) == p["age"] for c, p in zip(cases, parsed) if c.get("age")),
        "crisis": _crisis(cases, parsed),
        "out_of_scope": _rejection(pairs),
        "confused": _confused(pairs),
    }
    if report:
        _write_report(report, result, cases, parsed)
    return result


def scores(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Accuracy, and the mean F1 over the intents that occur in the test set."""
    hits = Counter(truth for truth, found in pairs if truth == found)
    wanted = Counter(truth for truth, _ in pairs)
    given = Counter(found for _, found in pairs)
    f1 = [2 * hits[name] / (wanted[name] + given[name]) for name in wanted]
    accuracy = sum(hits.values()) / len(pairs) if pairs else 0.0
    macro = sum(f1) / len(f1) if f1 else 0.0
    return {"accuracy": round(accuracy, 4), "macro_f1": round(macro, 4)}


def _sliced(
    cases: list[Case], parsed: list[Parsed], key: Callable[[Case], str]
) -> dict[str, dict[str, float]]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for case, found in zip(cases, parsed):
        groups[key(case)].append((case["intent"], found["intent"]))
    return {name: {"cases": len(p), **scores(p)} for name, p in sorted(groups.items())}


def _share(hits: Iterable[bool]) -> Optional[float]:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else None


def _crisis(cases: list[Case], parsed: list[Parsed]) -> dict[str, Any]:
    """Any crisis counts as heard: the helplines are shown."""
    crisis = [p for c, p in zip(cases, parsed) if c["intent"].startswith("crisis_")]
    others = [p for c, p in zip(cases, parsed) if not c["intent"].startswith("crisis_")]
    return {
        "recall": _share(bool(p["crisis"]) for p in crisis),
        "false_alarms": _share(bool(p["crisis"]) for p in others),
    }


def _rejection(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    rejected = ("out_of_scope", "nlu_fallback")
    outside = [found in rejected for truth, found in pairs if truth == "out_of_scope"]
    inside = [found in rejected for truth, found in pairs if truth not in rejected]
    return {"rejected": _share(outside), "in_scope_rejected": _share(inside)}


def _confused(pairs: list[tuple[str, str]]) -> list[list[Any]]:
    wrong = Counter((truth, found) for truth, found in pairs if truth != found)
    return [[truth, found, count] for (truth, found), count in wrong.most_common(30)]


def _write_report(
    folder: Path, result: dict[str, Any], cases: list[Case], parsed: list[Parsed]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Evaluation", "", "| slice | cases | accuracy | macro-F1 |", "|---|---|---|---|"]
    lines.append(f"| all | {result['cases']} | {result['accuracy']} | {result['macro_f1']} |")
    for group in ("per_language", "per_noise"):
        for name, row in result[group].items():
            lines.append(f"| {name} | {row['cases']} | {row['accuracy']} | {row['macro_f1']} |")
    lines += ["", f"Language {result['language']}, place {result['place']}, age {result['age']}."]
    lines += [f"Crisis: {result['crisis']}. Out of scope: {result['out_of_scope']}.", ""]
    lines += ["## Errors", "", "| text | expected | found | confidence |", "|---|---|---|---|"]
    wrong = [(c, p) for c, p in zip(cases, parsed) if c["intent"] != p["intent"]]
    wrong.sort(key=lambda pair: -float(pair[1]["confidence"]))
    for case, found in wrong[:_SHOWN_ERRORS]:
        text = case["text"].replace("|", "/")
        lines.append(f"| {text} | {case['intent']} | {found['intent']} | {found['confidence']} |")
    (folder / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _plot_confusion(folder / "confusion.png", cases, parsed)


def _plot_confusion(path: Path, cases: list[Case], parsed: list[Parsed]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = sorted({c["intent"] for c in cases} | {p["intent"] for p in parsed})
    index = {name: number for number, name in enumerate(names)}
    table = [[0] * len(names) for _ in names]
    for case, found in zip(cases, parsed):
        table[index[case["intent"]]][index[found["intent"]]] += 1
    figure, axes = pyplot.subplots(figsize=(14, 14))
    axes.imshow(table, cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("found")
    axes.set_ylabel("expected")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
