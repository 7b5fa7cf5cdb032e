"""The figures: accuracy, macro-F1, calibration, crisis, rejection, details and what is confused."""

from collections import Counter, defaultdict
from typing import Any, Callable, Iterable, Optional

from bot.evaluation.cases import Case, Parsed

#: What counts as "not understood, or not for us".
REJECTED = ("out_of_scope", "nlu_fallback")
_CRISIS = "crisis_"
_BINS = 10
_SHOWN_CONFUSIONS = 30


def evaluate(cases: list[Case], parsed: list[Parsed]) -> dict[str, Any]:
    """All figures of a test set, as plain values: shares lie between 0 and 1, None where empty."""
    pairs = [(c["intent"], str(p["intent"])) for c, p in zip(cases, parsed)]
    return {
        "cases": len(cases),
        **scores(pairs),
        "per_language": _sliced(cases, parsed, lambda c: c["lang"]),
        "per_noise": _sliced(cases, parsed, lambda c: c.get("noise") or "none"),
        "per_intent": _per_intent(pairs),
        "language": _share(c["lang"] == p["language"] for c, p in zip(cases, parsed)),
        "place": _share(
            c["place"] == (p["place"] or "") for c, p in zip(cases, parsed) if c.get("place")
        ),
        "age": _share(float(c["age"]) == p["age"] for c, p in zip(cases, parsed) if c.get("age")),
        "needs": _needs(cases, parsed),
        "crisis": _crisis(cases, parsed),
        "out_of_scope": _rejection(pairs),
        "calibration": calibration(
            [float(p["confidence"]) for p in parsed], [truth == found for truth, found in pairs]
        ),
        "confused": _confused(pairs),
    }


def scores(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Accuracy, and the mean F1 over the intents that occur in the test set."""
    f1 = [row["f1"] for row in _per_intent(pairs).values()]
    accuracy = sum(truth == found for truth, found in pairs) / len(pairs) if pairs else 0.0
    macro = sum(f1) / len(f1) if f1 else 0.0
    return {"accuracy": round(accuracy, 4), "macro_f1": round(macro, 4)}


def calibration(confidences: list[float], hits: list[bool]) -> dict[str, Any]:
    """Expected calibration error over ten equal bins, and the bins: how sure, how often right.

    See Guo et al. (2017), "On calibration of modern neural networks".
    """
    bins: list[list[int]] = [[] for _ in range(_BINS)]
    for index, confidence in enumerate(confidences):
        bins[min(int(confidence * _BINS), _BINS - 1)].append(index)
    rows = []
    for members in filter(None, bins):
        sure = sum(confidences[i] for i in members) / len(members)
        right = sum(hits[i] for i in members) / len(members)
        rows.append({"cases": len(members), "sure": round(sure, 4), "right": round(right, 4)})
    total = len(confidences) or 1
    error = sum(row["cases"] * abs(row["sure"] - row["right"]) for row in rows) / total
    return {"ece": round(error, 4), "bins": rows}


def _per_intent(pairs: list[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    hits = Counter(truth for truth, found in pairs if truth == found)
    wanted = Counter(truth for truth, _ in pairs)
    given = Counter(found for _, found in pairs)
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for truth, found in pairs:
        if truth != found:
            wrong[truth][found] += 1
    return {
        name: {
            "cases": wanted[name],
            "precision": round(hits[name] / given[name], 4) if given[name] else 0.0,
            "recall": round(hits[name] / wanted[name], 4),
            "f1": 2 * hits[name] / (wanted[name] + given[name]),
            "confused_with": dict(wrong[name].most_common(3)),
        }
        for name in sorted(wanted)
    }


def _sliced(
    cases: list[Case], parsed: list[Parsed], key: Callable[[Case], str]
) -> dict[str, dict[str, float]]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for case, found in zip(cases, parsed):
        groups[key(case)].append((case["intent"], str(found["intent"])))
    return {name: {"cases": len(p), **scores(p)} for name, p in sorted(groups.items())}


def _share(hits: Iterable[bool]) -> Optional[float]:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else None


def _needs(cases: list[Case], parsed: list[Parsed]) -> dict[str, Any]:
    """Messages with several intents: how often all of them are found, and the first one first."""
    several = [(c, p) for c, p in zip(cases, parsed) if c.get("also")]
    return {
        "cases": len(several),
        "all_found": _share(_wanted(c) <= _found(p) for c, p in several),
        "first_right": _share(c["intent"] == p["intent"] for c, p in several),
    }


def _wanted(case: Case) -> set[str]:
    return {case["intent"], *(name.strip() for name in case["also"].split(","))}


def _found(parsed: Parsed) -> set[str]:
    return {str(parsed["intent"]), *parsed["needs"], *parsed["crisis"]}


def _crisis(cases: list[Case], parsed: list[Parsed]) -> dict[str, Any]:
    """Any crisis counts as heard: the helplines are shown."""
    crisis = [(c, p) for c, p in zip(cases, parsed) if c["intent"].startswith(_CRISIS)]
    others = [
        p
        for c, p in zip(cases, parsed)
        if not c["intent"].startswith(_CRISIS) and _CRISIS not in c.get("also", "")
    ]
    indirect = [p for c, p in crisis if c.get("noise") == "indirect"]
    explicit = [p for c, p in crisis if c.get("noise") != "indirect"]
    return {
        "recall": _share(bool(p["crisis"]) for _, p in crisis),
        "recall_explicit": _share(bool(p["crisis"]) for p in explicit),
        "recall_indirect": _share(bool(p["crisis"]) for p in indirect),
        "false_alarms": _share(bool(p["crisis"]) for p in others),
    }


def _rejection(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    outside = [found in REJECTED for truth, found in pairs if truth == "out_of_scope"]
    inside = [found in REJECTED for truth, found in pairs if truth not in REJECTED]
    return {"rejected": _share(outside), "in_scope_rejected": _share(inside)}


def _confused(pairs: list[tuple[str, str]]) -> list[list[Any]]:
    wrong = Counter((truth, found) for truth, found in pairs if truth != found)
    return [[truth, found, count] for (truth, found), count in wrong.most_common(_SHOWN_CONFUSIONS)]
