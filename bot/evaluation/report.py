"""The report of an evaluation: tables, confusions, worst errors and plots, beside the last one.

`report.json` keeps the figures, so that the next report into the same folder can say what changed.
"""

import json
from pathlib import Path
from typing import Any, Iterable, Optional

from bot.evaluation.cases import Case, Parsed

_FIGURES = "report.json"
_SHOWN_ERRORS = 200
_WORST_INTENTS = 12


def write_report(
    folder: Path, result: dict[str, Any], cases: list[Case], parsed: list[Parsed]
) -> None:
    """Writes report.md, report.json, confusion.png and calibration.png into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    last = _last(folder / _FIGURES)
    (folder / "report.md").write_text(
        "\n".join(_lines(result, last, cases, parsed)) + "\n", "utf-8"
    )
    (folder / _FIGURES).write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    _plot_confusion(folder / "confusion.png", cases, parsed)
    _plot_calibration(folder / "calibration.png", result["calibration"])


def _last(path: Path) -> Optional[dict[str, Any]]:
    """The figures of the last report; None when there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _lines(
    result: dict[str, Any], last: Optional[dict[str, Any]], cases: list[Case], parsed: list[Parsed]
) -> Iterable[str]:
    yield "# Evaluation"
    yield ""
    yield (
        "In brackets: the change since the last report in this folder."
        if last
        else ("The first report in this folder: nothing to compare with.")
    )
    yield ""
    yield "| slice | cases | accuracy | macro-F1 |"
    yield "|---|---|---|---|"
    yield _row("all", result, last)
    for group in ("per_language", "per_noise"):
        for name, row in result[group].items():
            yield _row(name, row, ((last or {}).get(group) or {}).get(name))
    yield ""
    yield "| measure | value |"
    yield "|---|---|"
    for name, path in _MEASURES:
        yield f"| {name} | {_value(result, path)}{_change(result, last, path)} |"
    yield from ("", "## Weakest intents", "", "| intent | cases | F1 | confused with |")
    yield "|---|---|---|---|"
    ordered = sorted(result["per_intent"].items(), key=lambda item: item[1]["f1"])
    for name, row in ordered[:_WORST_INTENTS]:
        wrong = ", ".join(f"{other} ({n})" for other, n in row["confused_with"].items())
        yield f"| {name} | {row['cases']} | {_percent(row['f1'])} | {wrong} |"
    yield from ("", "![What is confused with what](confusion.png)", "")
    yield from ("## Calibration", "", "| cases | said to be sure | right |", "|---|---|---|")
    for row in result["calibration"]["bins"]:
        yield f"| {row['cases']} | {_percent(row['sure'])} | {_percent(row['right'])} |"
    yield from ("", "![How sure, and how often right](calibration.png)", "")
    yield from ("## Worst errors", "", "The surest mistakes first.", "")
    yield from ("| text | expected | found | sure |", "|---|---|---|---|")
    wrong_cases = [(c, p) for c, p in zip(cases, parsed) if c["intent"] != p["intent"]]
    wrong_cases.sort(key=lambda pair: -float(pair[1]["confidence"]))
    for case, found in wrong_cases[:_SHOWN_ERRORS]:
        text = case["text"].replace("|", "/")
        sure = _percent(float(found["confidence"]))
        yield f"| {text} | {case['intent']} | {found['intent']} | {sure} |"


_MEASURES = (
    ("language of the message", ("language",)),
    ("places", ("place",)),
    ("ages", ("age",)),
    ("several needs: all found", ("needs", "all_found")),
    ("several needs: first one right", ("needs", "first_right")),
    ("crisis heard, explicit", ("crisis", "recall_explicit")),
    ("crisis heard, indirect", ("crisis", "recall_indirect")),
    ("false crisis alarms", ("crisis", "false_alarms")),
    ("out of scope: rejected or asked back", ("out_of_scope", "rejected")),
    ("in scope: rejected or asked back", ("out_of_scope", "in_scope_rejected")),
    ("expected calibration error", ("calibration", "ece")),
)


def _row(name: str, row: dict[str, Any], last: Optional[dict[str, Any]]) -> str:
    figures = [
        f"{_value(row, (key,))}{_change(row, last, (key,))}" for key in ("accuracy", "macro_f1")
    ]
    return f"| {name} | {row['cases']} | {' | '.join(figures)} |"


def _find(result: Optional[dict[str, Any]], path: tuple[str, ...]) -> Optional[float]:
    found: Any = result
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return float(found) if isinstance(found, (int, float)) else None


def _value(result: dict[str, Any], path: tuple[str, ...]) -> str:
    value = _find(result, path)
    return "–" if value is None else _percent(value)


def _change(result: dict[str, Any], last: Optional[dict[str, Any]], path: tuple[str, ...]) -> str:
    before, now = _find(last, path), _find(result, path)
    return "" if before is None or now is None else f" ({100 * (now - before):+.1f})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _plot_confusion(path: Path, cases: list[Case], parsed: list[Parsed]) -> None:
    pyplot = _pyplot()
    names = sorted({c["intent"] for c in cases} | {str(p["intent"]) for p in parsed})
    index = {name: number for number, name in enumerate(names)}
    table = [[0] * len(names) for _ in names]
    for case, found in zip(cases, parsed):
        table[index[case["intent"]]][index[str(found["intent"])]] += 1
    figure, axes = pyplot.subplots(figsize=(14, 14))
    axes.imshow(table, cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("found")
    axes.set_ylabel("expected")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _plot_calibration(path: Path, calibration: dict[str, Any]) -> None:
    pyplot = _pyplot()
    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey")
    rows = calibration["bins"]
    axes.plot([r["sure"] for r in rows], [r["right"] for r in rows], marker="o")
    for row in rows:
        axes.annotate(str(row["cases"]), (row["sure"], row["right"]), fontsize=7)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    axes.set_title(f"expected calibration error {calibration['ece']:.3f}")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _pyplot() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot
