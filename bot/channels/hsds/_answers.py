"""What the addresses answer: one object, a page of a list, and what caches need."""

import json
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Optional, TypeVar
from uuid import UUID

from fastapi import Request, Response

from bot.channels import caching
from bot.channels.hsds._questions import Listing, Spoken
from bot.problems import Problem, language_of
from knowledge import Hsds, HsdsFilters, HsdsKind, Language, UnknownId, UnknownValue

_PER_PAGE = 50
_CACHE = "public, max-age=300"

Question = TypeVar("Question", bound=Spoken)


def merged(query: Question, body: Optional[Question]) -> Question:
    if body is None:
        return query
    for name in sorted(query.__fields_set__ & body.__fields_set__):
        raise Problem(422, "hsds_repeated_parameter", name=name)
    return query.copy(update=body.dict(exclude_unset=True))


def language_for(request: Request, query: Spoken) -> Language:
    return query.lang or language_of(request)


def one(
    request: Request, hsds: Hsds, kind: HsdsKind, id: str, query: Spoken, **how: bool
) -> Response:
    language = language_for(request, query)
    try:
        found = hsds.in_(language).full(kind, id.lower(), **how)
    except UnknownId as error:
        raise Problem(404, "hsds_unknown_id") from error
    return answered(request, found, language, changed=found.get("last_modified"))


def listed(request: Request, hsds: Hsds, kind: HsdsKind, query: Listing) -> Response:
    asked = query.dict()
    if asked.get("minimal") and asked.get("full"):
        raise Problem(422, "hsds_minimal_or_full")
    names = _selected(hsds, kind, asked)
    language = language_for(request, query)
    objects = hsds.in_(language)

    def shown(name: str) -> dict[str, Any]:
        if asked.get("minimal"):
            return objects.stub(name)
        if asked.get("full_service"):
            return objects.full(kind, name, full_service=True)
        return objects.full(kind, name) if asked.get("full") else objects.item(kind, name)

    if query.format == "ndjson":
        return answered(request, [shown(name) for name in names], language, lines=True)
    per_page = query.per_page or (max(len(names), 1) if asked.get("minimal") else _PER_PAGE)
    last = max(1, -(-len(names) // per_page))
    if query.page > last:
        raise Problem(404, "hsds_no_such_page", last=last)
    start = (query.page - 1) * per_page
    contents = [shown(name) for name in names[start : start + per_page]]
    page = {
        "total_items": len(names),
        "total_pages": last if names else 0,
        "page_number": query.page,
        "size": len(contents),
        "first_page": query.page == 1,
        "last_page": query.page == last,
        "empty": not contents,
        "contents": contents,
    }
    return answered(request, page, language)


def _selected(hsds: Hsds, kind: HsdsKind, asked: dict[str, Any]) -> list[str]:
    if asked.get("proximity") is not None and asked.get("postcode") is None:
        raise Problem(422, "hsds_postcode_missing")
    known = {name: asked[name] for name in HsdsFilters.__dataclass_fields__ if name in asked}
    ids = {name: str(value) for name, value in known.items() if isinstance(value, UUID)}
    try:
        return hsds.select(kind, HsdsFilters(**{**known, **ids}))
    except UnknownValue as error:
        key = "hsds_unknown_postcode" if error.field == "postcode" else "hsds_unknown_value"
        raise Problem(422, key, name=error.field, value=error.value) from error


def answered(
    request: Request,
    content: Any,
    language: str,
    *,
    changed: Optional[str] = None,
    lines: bool = False,
    cache: str = _CACHE,
) -> Response:
    """The content as JSON, with what caches need; 304 when the reader has it already."""
    if lines:
        body = "".join(f"{_json(one)}\n" for one in content).encode()
    else:
        body = _json(content).encode()
    headers = {"Content-Language": language, "Cache-Control": cache}
    media_type = "application/x-ndjson" if lines else "application/json"
    if request.method == "POST":
        headers["Cache-Control"] = "no-store"
        return Response(body, media_type=media_type, headers=headers)
    tag = caching.tag_of(body)
    headers["ETag"] = f'"{tag}"'
    if changed:
        moment = datetime.fromisoformat(changed.replace("Z", "+00:00"))
        headers["Last-Modified"] = format_datetime(moment, usegmt=True)
    if caching.is_held(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
