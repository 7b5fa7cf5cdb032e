"""Who may use which route. A new route fails here until it is listed with its right."""

from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from bot.app import create_app
from bot.settings import Settings
from tests.security.cheap import Running

#: Anybody may read these: they show nothing of a person.
PUBLIC = """
GET /  GET /widget.js  GET /demo  GET /privacy  GET /accessibility  GET /docs
GET /services  GET /services/{name}  GET /services/{name}.vcf
GET /helplines/{name}  GET /helplines/{name}.vcf  GET /sitemap.xml  GET /robots.txt
GET /api/contact  GET /api/search  GET /.well-known/security.txt
GET /healthz  GET /readyz  GET /metrics
GET /hsds/  GET /hsds/profile
GET /hsds/services  POST /hsds/services  GET /hsds/services/{id}
GET /hsds/organizations  POST /hsds/organizations  GET /hsds/organizations/{id}
GET /hsds/service_at_locations  POST /hsds/service_at_locations
GET /hsds/service_at_locations/{id}
GET /hsds/taxonomies  POST /hsds/taxonomies  GET /hsds/taxonomies/{id}
GET /hsds/taxonomy_terms  POST /hsds/taxonomy_terms  GET /hsds/taxonomy_terms/{id}
"""
#: Anybody may begin one; what comes back is theirs.
BEGINS = "POST /api/conversations  POST /talk"
#: The token of exactly this conversation.
TOKEN = """
POST /api/conversations/{name}/messages  GET /api/conversations/{name}/events
DELETE /api/conversations/{name}  POST /api/conversations/{name}/feedback
"""
#: The key that stands in the form (what each does with a wrong one: tests/channels/test_plain.py).
FORM_KEY = "POST /talk/language  POST /talk/rate  POST /talk/delete  POST /talk/leave"
#: Meta's signature, or our word; the state of a deletion: its random code.
META = """
GET /webhooks/messenger  POST /webhooks/messenger
POST /webhooks/messenger/deletion  GET /webhooks/messenger/deletion/{code}
"""
BODIES = {"messages": {"text": "Bonjour"}, "feedback": {"rating": "up"}}


def listed(text: str) -> set[str]:
    return {" ".join(pair) for pair in zip(*[iter(text.split())] * 2)}


def served() -> set[str]:
    """Every route but those of the desk, which has a matrix of its own (tests/desk)."""
    routes = create_app(Settings(), Path("unused")).routes
    found = {
        f"{method} {route.path}"
        for route in routes
        if isinstance(route, APIRoute) and not route.path.startswith("/desk")
        for method in route.methods - {"HEAD"}  # as GET
    }
    mounts = {route.path for route in routes if isinstance(route, Mount)}
    assert mounts == {"/static", "/static/widget"}, "files of ours only"
    return found


def test_every_route_has_its_right() -> None:
    groups = [listed(text) for text in (PUBLIC, BEGINS, TOKEN, FORM_KEY, META)]
    assert sum(map(len, groups)) == len(set().union(*groups)), "each stands in one group"
    assert set().union(*groups) == served()


@pytest.mark.parametrize("route", sorted(listed(TOKEN)))
def test_only_the_right_token_opens_a_conversation(site: Running, route: str) -> None:
    method, path = route.split(" ")
    name, mine = site.begin()
    _, theirs = site.begin()
    body = BODIES.get(path.rpartition("/")[2])

    def status(headers: dict[str, str], of: str = name) -> int:
        address = f"{site.address}{path.format(name=of)}"
        with httpx.stream(method, address, headers=headers, json=body, timeout=60) as answer:
            if answer.status_code >= 400:
                answer.read()
                assert answer.headers["content-type"] == "application/problem+json"
                assert name not in answer.text
            return answer.status_code

    token = mine["Authorization"].removeprefix("Bearer ")
    assert status({}) == 401
    assert status({"Authorization": "Bearer"}) == 401
    assert status({"Authorization": f"Basic {token}"}) == 401
    assert status({"Authorization": token}) == 401
    assert status({"Cookie": f"token={token}"}) == 401
    assert status({"Authorization": "Bearer wrong"}) == 403
    assert status({"Authorization": f"Bearer {token[:-1]}"}) == 403
    assert status(theirs) == 403, "another conversation's token"
    assert status(mine, of="nobody") == 404
    assert status(mine) in (200, 204)


@pytest.mark.parametrize("route", sorted(listed(FORM_KEY)))
def test_a_form_without_its_key_changes_nothing(site: Running, route: str) -> None:
    name, mine = site.begin()
    form = {"key": name, "to": "de", "rating": "up", "lang": "fr"}
    answer = httpx.post(f"{site.address}{route.split(' ')[1]}", data=form)
    assert answer.status_code < 500
    said = httpx.post(
        f"{site.address}/api/conversations/{name}/messages", headers=mine, json={"text": "Moien"}
    )
    assert said.status_code == 200, "it is still there"


def test_meta_only(site: Running) -> None:
    hook = f"{site.address}/webhooks/messenger"
    asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "x"}
    assert httpx.get(hook, params=asked).status_code == 403
    for headers in ({}, {"X-Hub-Signature-256": "sha256=" + 64 * "0"}):
        assert httpx.post(hook, headers=headers, json={"object": "page"}).status_code == 403
    form = {"signed_request": "AAAA.e30"}
    assert httpx.post(f"{hook}/deletion", data=form).status_code == 403
    assert httpx.get(f"{hook}/deletion/guessed").status_code == 404


@pytest.mark.parametrize("route", sorted(r for r in listed(PUBLIC) if r.startswith("GET")))
def test_what_is_public_needs_nothing(site: Running, route: str) -> None:
    address = f"{site.address}{route.split(' ')[1]}"
    assert httpx.get(address, timeout=60).status_code in (200, 404, 422)
