"""How a human is reached, for the bar of the widget: the association's number."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request

from bot.problems import language_of
from knowledge import LUXEMBOURG, dialled, directory

router = APIRouter(prefix="/api", tags=["directory"])


@router.get("/contact")
async def contact(request: Request) -> dict[str, Any]:
    """The association's name and numbers, with what goes with each in the language."""
    knowledge = directory().current
    language = language_of(request)
    card = knowledge.service_card(knowledge.association, language, at=datetime.now(LUXEMBOURG))
    phones = [{**phone, "dialled": dialled(phone["number"])} for phone in card["phones"]]
    return {"language": language, "name": card["name"], "phones": phones}
