"""The directory for other systems: HSDS 3.1 under /hsds/ (docs/hsds.md)."""

import json
import re
from datetime import date, datetime, time
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Awaitable, Callable, Literal, Optional, TypeVar
from uuid import UUID

import yaml
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Extra, Field, validator

from bot import problems
from bot.channels import caching
from bot.problems import Problem, language_of
from knowledge import (
    HSDS_PROFILE,
    HSDS_VERSION,
    LUXEMBOURG,
    Hsds,
    HsdsFilters,
    HsdsKind,
    Knowledge,
    Language,
    UnknownId,
    UnknownValue,
    directory,
)

_EXPECTED: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parents[1] / "wording" / "hsds.yml").read_text(encoding="utf-8")
)
_PER_PAGE = 50
_CACHE = "public, max-age=300"
_DAY_ONLY = re.compile(r"^\d{4}-\d{2}-\d{2}$")

Handler = Callable[[Request], Awaitable[Response]]
Question = TypeVar("Question", bound="Spoken")


class Spoken(BaseModel):
    """What every request may say."""

    lang: Optional[Literal["fr", "de", "lb"]] = Field(
        None, description="Language of the texts; without it, Accept-Language decides."
    )

    class Config:
        extra = Extra.forbid


class OrganizationQuestion(Spoken):
    """One organization."""

    full_service: bool = Field(False, description="Give its services whole.")


class Listing(Spoken):
    """A list: what is searched, and which page."""

    search: Optional[str] = Field(
        None, min_length=1, max_length=200, description="Words; all must be found, in any language."
    )
    page: int = Field(1, ge=1, description="Page number, from 1.")
    per_page: Optional[int] = Field(
        None, ge=1, le=500, description="Objects on a page (50; with `minimal` all)."
    )
    format: Literal["json", "ndjson"] = Field(
        "json", description="`ndjson`: one object per line, without pages."
    )


class ClassifiedListing(Listing):
    """A list of what is classified by taxonomy terms."""

    taxonomy_term_id: Optional[UUID] = Field(None, description="Only with this term.")
    taxonomy_id: Optional[UUID] = Field(None, description="Only with a term of this taxonomy.")
    full: bool = Field(False, description="Give the objects whole.")


class OrganizationListing(ClassifiedListing):
    """A list of organizations."""

    full_service: bool = Field(False, description="Give the organizations and services whole.")


class PlaceListing(ClassifiedListing):
    """A list of services at locations."""

    organization_id: Optional[UUID] = Field(None, description="Only of this organization.")
    modified_after: Optional[datetime] = Field(
        None, description="Only what changed then or later (ISO 8601; UTC without an offset)."
    )
    postcode: Optional[str] = Field(
        None, regex=r"^(L-)?\d{4}$", description="A postcode that the directory's addresses have."
    )
    proximity: Optional[float] = Field(
        None, ge=1, le=1_000_000, description="Metres around the place of `postcode`."
    )

    @validator("modified_after", pre=True)
    def _day_begins(cls, value: object) -> object:
        return f"{value}T00:00:00" if isinstance(value, str) and _DAY_ONLY.match(value) else value

    @validator("postcode")
    def _digits(cls, value: Optional[str]) -> Optional[str]:
        return value.removeprefix("L-") if value else value


class ServiceListing(PlaceListing):
    """A list of services."""

    minimal: bool = Field(False, description="Only id, name, status and last_modified.")


class TermListing(Listing):
    """A list of taxonomy terms."""

    taxonomy_id: Optional[UUID] = Field(None, description="Only of this taxonomy.")
    top_only: bool = Field(False, description="Only terms without a parent.")
    parent_id: Optional[UUID] = Field(None, description="Only terms with this parent.")


class Api(BaseModel):
    """Which HSDS this is."""

    version: str
    profile: str
    openapi_url: str


class Page(BaseModel):
    """One page of a list. Each object validates against the HSDS 3.1 schema of its kind."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]]


class Document(BaseModel):
    """One HSDS 3.1 object with what belongs to it."""

    id: UUID

    class Config:
        extra = Extra.allow


class _Route(APIRoute):
    """Says errors in the HSDS words, lets any page read, and answers HEAD without a body."""

    def get_route_handler(self) -> Any:
        handle: Handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                _once_each(request)
                response = await handle(request)
            except RequestValidationError as error:
                problem = _explained(error, request)
                response = problems.document(request, 422, problem.key, **problem.gaps)
            except Problem as problem:
                response = problems.document(request, problem.status, problem.key, **problem.gaps)
            response.headers["Vary"] = "Accept-Language"
            if request.method in ("GET", "HEAD"):
                response.headers["Access-Control-Allow-Origin"] = "*"
            if request.method == "HEAD":
                return Response(status_code=response.status_code, headers=dict(response.headers))
            return response

        return answer


router = APIRouter(prefix="/hsds", tags=["hsds"], route_class=_Route)


def _once_each(request: Request) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if names.count(name) > 1:
            raise Problem(422, "hsds_repeated_parameter", name=name)


def _explained(error: RequestValidationError, request: Request) -> Problem:
    """The first thing wrong, in words."""
    first = error.errors()[0]
    name = str(first["loc"][-1])
    if len(first["loc"]) < 2 or first["type"] == "json_invalid":
        return Problem(422, "bad_json")
    if first["type"] == "value_error.extra":
        return Problem(422, "hsds_unknown_parameter", name=name)
    words = _EXPECTED[language_of(request)]
    kind = "id" if name.endswith("_id") else name
    return Problem(422, "hsds_bad_parameter", name=name, expected=words.get(kind, words["boolean"]))


def served() -> Hsds:
    """The directory as it is today; tests put another in its place."""
    return _built(directory().current, datetime.now(LUXEMBOURG).date())


@lru_cache(maxsize=1)
def _built(knowledge: Knowledge, day: date) -> Hsds:
    """Anew where the files changed, and every day: notices come and go by their dates."""
    return Hsds(knowledge, at=datetime.combine(day, time(12)))


Served = Annotated[Hsds, Depends(served)]


def _get(path: str, name: str, response: Any) -> Callable[[Any], Any]:
    """Serves GET (documented) and HEAD (the same without a body)."""

    def register(endpoint: Any) -> Any:
        router.get(path, operation_id=name, response_model=response)(endpoint)
        router.head(path, include_in_schema=False)(endpoint)
        return endpoint

    return register


def _post(path: str, name: str) -> Callable[[Any], Any]:
    return router.post(path, operation_id=name, response_model=Page)


@_get("/", "getApi", Api)
def api(request: Request, query: Annotated[Spoken, Query()]) -> Response:
    """Says which version of HSDS this is, and where its profile and its OpenAPI document are."""
    base = str(request.base_url).rstrip("/")
    found = Api(
        version=HSDS_VERSION,
        profile=f"{base}/hsds/profile",
        openapi_url=f"{base}{request.app.openapi_url}",
    )
    # The addresses follow the Host header: no shared cache may keep them.
    return _answer(request, found.dict(), _language(request, query), cache="private, no-cache")


@_get("/profile", "getProfile", dict[str, Any])
def profile(request: Request) -> Response:
    """What these objects hold besides HSDS 3.1."""
    return _answer(request, HSDS_PROFILE, "en")


@_get("/services", "getServices", Page)
def services(request: Request, query: Annotated[ServiceListing, Query()], hsds: Served) -> Response:
    """Lists services; all filters together."""
    return _list(request, hsds, "service", query)


@_post("/services", "postServices")
def post_services(
    request: Request,
    query: Annotated[ServiceListing, Query()],
    hsds: Served,
    body: Optional[ServiceListing] = None,
) -> Response:
    """Lists services; the filters may stand in the body, out of addresses and logs."""
    return _list(request, hsds, "service", _merged(query, body))


@_get("/services/{id}", "getService", Document)
def service(request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served) -> Response:
    """One service with all that belongs to it."""
    return _one(request, hsds, "service", id, query)


@_get("/organizations", "getOrganizations", Page)
def organizations(
    request: Request, query: Annotated[OrganizationListing, Query()], hsds: Served
) -> Response:
    """Lists organizations; all filters together."""
    return _list(request, hsds, "organization", query)


@_post("/organizations", "postOrganizations")
def post_organizations(
    request: Request,
    query: Annotated[OrganizationListing, Query()],
    hsds: Served,
    body: Optional[OrganizationListing] = None,
) -> Response:
    """Lists organizations; the filters may stand in the body, out of addresses and logs."""
    return _list(request, hsds, "organization", _merged(query, body))


@_get("/organizations/{id}", "getOrganization", Document)
def organization(
    request: Request, id: str, query: Annotated[OrganizationQuestion, Query()], hsds: Served
) -> Response:
    """One organization with its locations and services."""
    return _one(request, hsds, "organization", id, query, full_service=query.full_service)


@_get("/service_at_locations", "getServiceAtLocations", Page)
def service_at_locations(
    request: Request, query: Annotated[PlaceListing, Query()], hsds: Served
) -> Response:
    """Lists services at locations; all filters together."""
    return _list(request, hsds, "service_at_location", query)


@_post("/service_at_locations", "postServiceAtLocations")
def post_service_at_locations(
    request: Request,
    query: Annotated[PlaceListing, Query()],
    hsds: Served,
    body: Optional[PlaceListing] = None,
) -> Response:
    """Lists services at locations; the filters may stand in the body, out of addresses and logs."""
    return _list(request, hsds, "service_at_location", _merged(query, body))


@_get("/service_at_locations/{id}", "getServiceAtLocation", Document)
def service_at_location(
    request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served
) -> Response:
    """One service at its location."""
    return _one(request, hsds, "service_at_location", id, query)


@_get("/taxonomies", "getTaxonomies", Page)
def taxonomies(request: Request, query: Annotated[Listing, Query()], hsds: Served) -> Response:
    """Lists the taxonomies: needs, and types of services."""
    return _list(request, hsds, "taxonomy", query)


@_post("/taxonomies", "postTaxonomies")
def post_taxonomies(
    request: Request,
    query: Annotated[Listing, Query()],
    hsds: Served,
    body: Optional[Listing] = None,
) -> Response:
    """Lists the taxonomies; the filters may stand in the body."""
    return _list(request, hsds, "taxonomy", _merged(query, body))


@_get("/taxonomies/{id}", "getTaxonomy", Document)
def taxonomy(
    request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served
) -> Response:
    """One taxonomy."""
    return _one(request, hsds, "taxonomy", id, query)


@_get("/taxonomy_terms", "getTaxonomyTerms", Page)
def taxonomy_terms(
    request: Request, query: Annotated[TermListing, Query()], hsds: Served
) -> Response:
    """Lists taxonomy terms; all filters together."""
    return _list(request, hsds, "taxonomy_term", query)


@_post("/taxonomy_terms", "postTaxonomyTerms")
def post_taxonomy_terms(
    request: Request,
    query: Annotated[TermListing, Query()],
    hsds: Served,
    body: Optional[TermListing] = None,
) -> Response:
    """Lists taxonomy terms; the filters may stand in the body."""
    return _list(request, hsds, "taxonomy_term", _merged(query, body))


@_get("/taxonomy_terms/{id}", "getTaxonomyTerm", Document)
def taxonomy_term(
    request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served
) -> Response:
    """One taxonomy term, with its taxonomy."""
    return _one(request, hsds, "taxonomy_term", id, query)


def _merged(query: Question, body: Optional[Question]) -> Question:
    if body is None:
        return query
    for name in sorted(query.__fields_set__ & body.__fields_set__):
        raise Problem(422, "hsds_repeated_parameter", name=name)
    return query.copy(update=body.dict(exclude_unset=True))


def _language(request: Request, query: Spoken) -> Language:
    return query.lang or language_of(request)


def _one(
    request: Request, hsds: Hsds, kind: HsdsKind, id: str, query: Spoken, **how: bool
) -> Response:
    language = _language(request, query)
    try:
        found = hsds.in_(language).full(kind, id.lower(), **how)
    except UnknownId as error:
        raise Problem(404, "hsds_unknown_id") from error
    return _answer(request, found, language, changed=found.get("last_modified"))


def _list(request: Request, hsds: Hsds, kind: HsdsKind, query: Listing) -> Response:
    asked = query.dict()
    if asked.get("minimal") and asked.get("full"):
        raise Problem(422, "hsds_minimal_or_full")
    names = _selected(hsds, kind, asked)
    language = _language(request, query)
    objects = hsds.in_(language)

    def shown(name: str) -> dict[str, Any]:
        if asked.get("minimal"):
            return objects.stub(name)
        if asked.get("full_service"):
            return objects.full(kind, name, full_service=True)
        return objects.full(kind, name) if asked.get("full") else objects.item(kind, name)

    if query.format == "ndjson":
        return _answer(request, [shown(name) for name in names], language, lines=True)
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
    return _answer(request, page, language)


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


def _answer(
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
