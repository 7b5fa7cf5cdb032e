"""How a human is reached, for the bar of the widget: the association's number."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter

from bot.problems import Problem
from knowledge import LANGUAGES, LUXEMBOURG, directory

router = APIRouter(prefix="/api", tags=["directory"])


@router.get("/contact")
async def contact() -> dict[str, Any]:
    """The association's name and number, with what goes with it in each language."""
    knowledge = directory().current
    at = datetime.now(LUXEMBOURG)
    cards = {c: knowledge.service_card(knowledge.association, c, at=at) for c in LANGUAGES}
    first = cards[LANGUAGES[0]]
    if not first["phones"]:
        raise Problem(404, "not_found")
    return {
        "name": first["name"],
        "number": first["phones"][0]["number"],
        "labels": {code: card["phones"][0]["label"] for code, card in cards.items()},
    }
