"""The search of the directory over HTTP, for the desk and for other programs."""

from dataclasses import asdict
from typing import Any, Optional

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from bot.problems import Problem, language_of
from knowledge import Language, UnknownId, directory

router = APIRouter(prefix="/api/search", tags=["directory"])
_LONGEST = 500


class Found(BaseModel):
    """What was found, best first."""

    language: Language
    hits: list[dict[str, Any]]


@router.get("")
def search(
    request: Request,
    q: str = Query(..., description="What is looked for, in any of the three languages."),
    lang: Optional[Language] = Query(None, description="Language of the texts."),
    place: Optional[str] = Query(None, description="Id or name of a commune or quarter."),
    limit: int = Query(10, ge=1, le=50),
) -> Found:
    """Services, partners and helplines by words; what is near `place` comes first."""
    if not q.strip() or len(q) > _LONGEST:
        raise Problem(422, "bad_search")
    knowledge = directory().current
    language = lang or language_of(request)
    try:
        near = knowledge.place_named(place) if place else None
    except UnknownId as error:
        raise Problem(422, "unknown_place") from error
    hits = knowledge.search(q, language=language, place=near, limit=limit)
    return Found(language=language, hits=[asdict(hit) for hit in hits])
