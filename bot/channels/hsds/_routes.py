"""The addresses under /hsds/: what each answers, refuses, and says to caches."""

from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Awaitable, Callable, Optional

import yaml
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from bot import problems
from bot.channels.hsds._answers import answered, language_for, listed, merged, one
from bot.channels.hsds._questions import (
    Api,
    Document,
    Listing,
    OrganizationListing,
    OrganizationQuestion,
    Page,
    PlaceListing,
    ServiceListing,
    Spoken,
    TermListing,
)
from bot.problems import Problem, language_of
from knowledge import HSDS_PROFILE, HSDS_VERSION, LUXEMBOURG, Hsds, Knowledge, directory

_EXPECTED: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parents[2] / "wording" / "hsds.yml").read_text(encoding="utf-8")
)

Handler = Callable[[Request], Awaitable[Response]]


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
    return answered(request, found.dict(), language_for(request, query), cache="private, no-cache")


@_get("/profile", "getProfile", dict[str, Any])
def profile(request: Request) -> Response:
    """What these objects hold besides HSDS 3.1."""
    return answered(request, HSDS_PROFILE, "en")


@_get("/services", "getServices", Page)
def services(request: Request, query: Annotated[ServiceListing, Query()], hsds: Served) -> Response:
    """Lists services; all filters together."""
    return listed(request, hsds, "service", query)


@_post("/services", "postServices")
def post_services(
    request: Request,
    query: Annotated[ServiceListing, Query()],
    hsds: Served,
    body: Optional[ServiceListing] = None,
) -> Response:
    """Lists services; the filters may stand in the body, out of addresses and logs."""
    return listed(request, hsds, "service", merged(query, body))


@_get("/services/{id}", "getService", Document)
def service(request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served) -> Response:
    """One service with all that belongs to it."""
    return one(request, hsds, "service", id, query)


@_get("/organizations", "getOrganizations", Page)
def organizations(
    request: Request, query: Annotated[OrganizationListing, Query()], hsds: Served
) -> Response:
    """Lists organizations; all filters together."""
    return listed(request, hsds, "organization", query)


@_post("/organizations", "postOrganizations")
def post_organizations(
    request: Request,
    query: Annotated[OrganizationListing, Query()],
    hsds: Served,
    body: Optional[OrganizationListing] = None,
) -> Response:
    """Lists organizations; the filters may stand in the body, out of addresses and logs."""
    return listed(request, hsds, "organization", merged(query, body))


@_get("/organizations/{id}", "getOrganization", Document)
def organization(
    request: Request, id: str, query: Annotated[OrganizationQuestion, Query()], hsds: Served
) -> Response:
    """One organization with its locations and services."""
    return one(request, hsds, "organization", id, query, full_service=query.full_service)


@_get("/service_at_locations", "getServiceAtLocations", Page)
def service_at_locations(
    request: Request, query: Annotated[PlaceListing, Query()], hsds: Served
) -> Response:
    """Lists services at locations; all filters together."""
    return listed(request, hsds, "service_at_location", query)


@_post("/service_at_locations", "postServiceAtLocations")
def post_service_at_locations(
    request: Request,
    query: Annotated[PlaceListing, Query()],
    hsds: Served,
    body: Optional[PlaceListing] = None,
) -> Response:
    """Lists services at locations; the filters may stand in the body, out of addresses and logs."""
    return listed(request, hsds, "service_at_location", merged(query, body))


@_get("/service_at_locations/{id}", "getServiceAtLocation", Document)
def service_at_location(
    request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served
) -> Response:
    """One service at its location."""
    return one(request, hsds, "service_at_location", id, query)


@_get("/taxonomies", "getTaxonomies", Page)
def taxonomies(request: Request, query: Annotated[Listing, Query()], hsds: Served) -> Response:
    """Lists the taxonomies: needs, and types of services."""
    return listed(request, hsds, "taxonomy", query)


@_post("/taxonomies", "postTaxonomies")
def post_taxonomies(
    request: Request,
    query: Annotated[Listing, Query()],
    hsds: Served,
    body: Optional[Listing] = None,
) -> Response:
    """Lists the taxonomies; the filters may stand in the body."""
    return listed(request, hsds, "taxonomy", merged(query, body))


@_get("/taxonomies/{id}", "getTaxonomy", Document)
def taxonomy(
    request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served
) -> Response:
    """One taxonomy."""
    return one(request, hsds, "taxonomy", id, query)


@_get("/taxonomy_terms", "getTaxonomyTerms", Page)
def taxonomy_terms(
    request: Request, query: Annotated[TermListing, Query()], hsds: Served
) -> Response:
    """Lists taxonomy terms; all filters together."""
    return listed(request, hsds, "taxonomy_term", query)


@_post("/taxonomy_terms", "postTaxonomyTerms")
def post_taxonomy_terms(
    request: Request,
    query: Annotated[TermListing, Query()],
    hsds: Served,
    body: Optional[TermListing] = None,
) -> Response:
    """Lists taxonomy terms; the filters may stand in the body."""
    return listed(request, hsds, "taxonomy_term", merged(query, body))


@_get("/taxonomy_terms/{id}", "getTaxonomyTerm", Document)
def taxonomy_term(
    request: Request, id: str, query: Annotated[Spoken, Query()], hsds: Served
) -> Response:
    """One taxonomy term, with its taxonomy."""
    return one(request, hsds, "taxonomy_term", id, query)
