"""How well triage reads notes whose meaning is known."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
#: A Tuesday: what "tomorrow" and "on the 15th" are counted from.
WHEN = "2026-11-24T10:00:00"
LEVELS = ("routine", "soon", "today", "immediate")


def read(path: Path) -> list[dict[str, Any]]:
    """The notes of a file; `also` are needs that may be found or not, `services` those right.

    A note may say less than everything: what it does not say is not counted.
    """
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def measure(pairs: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    """Figures over (note, what triage said of it), as shares of 1 but the counts; None: no note."""
    hit = extra = missed = 0
    counts = {k: [0, 0] for k in ("first", "service", "crisis", "urgency", "place", "ages")}
    alarms = by_two = calm = notes = 0

    def count(name: str, right: bool) -> None:
        counts[name][0] += right
        counts[name][1] += 1

    for note, found in pairs:
        notes += 1
        if "needs" in note:
            wanted, allowed = set(note["needs"]), set(note["also"])
            said = set(found["needs"])
            hit += len(wanted & said)
            missed += len(wanted - said)
            extra += len(said - wanted - allowed)
        if note.get("needs"):
            count("first", found["needs"][:1] == note["needs"][:1])
            shown = {s["id"] for s in found["services"][:3]}
            if "services" in note:
                count("service", bool(shown & set(note["services"])))
        for crisis in note["crisis"]:
            count("crisis", crisis in found["crisis"])
        if not note["crisis"]:
            calm += 1
            alarms += bool(found["crisis"])
        if "urgency" in note:
            count("urgency", found["urgency"] == note["urgency"])
            by_two += LEVELS.index(note["urgency"]) - LEVELS.index(found["urgency"]) >= 2
        if "place" in note:
            count("place", found["place"] == note["place"])
        if "ages" in note:
            count("ages", _near(found["ages"], note["ages"]))
    shares = {name: round(right / of, 3) if of else None for name, (right, of) in counts.items()}
    return {
        "notes": notes,
        "needs_f1": round(2 * hit / (2 * hit + missed + extra), 3) if hit + missed else None,
        "first_need": shares["first"],
        "service_in_three": shares["service"],
        "crisis_recall": shares["crisis"],
        "urgency": shares["urgency"],
        "underrated_by_two": by_two,
        "false_alarms": alarms,
        "of_calm": calm,
        "place": shares["place"],
        "ages": shares["ages"],
    }


def _near(found: list[float], wanted: list[float]) -> bool:
    """The same ages, months more or less."""
    return len(found) == len(wanted) and all(
        abs(a - b) < 0.6 for a, b in zip(sorted(found), sorted(wanted))
    )
