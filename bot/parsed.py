"""What was understood of a message, as the command line and the measures give it."""

from typing import Any


def parsed(text: str, found: dict[str, Any]) -> dict[str, Any]:
    """One line of `python -m bot parse`: what was understood of a message."""
    entities = found.get("entities") or []

    def first(kind: str) -> Any:
        return next((e["value"] for e in entities if e["entity"] == kind), None)

    return {
        "text": text,
        "language": found.get("language"),
        "intent": found["intent"]["name"],
        "confidence": round(float(found["intent"]["confidence"]), 4),
        "ranking": [
            {"intent": r["name"], "confidence": round(float(r["confidence"]), 4)}
            for r in found.get("intent_ranking") or []
        ],
        "needs": found.get("needs") or [],
        "crisis": found.get("crisis") or [],
        "place": first("place"),
        "age": first("age"),
    }
