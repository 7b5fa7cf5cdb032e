"""Who may do what: every address of the desk, as strangers, workers, editors and managers.

The addresses are those the app serves. A new one fails here until it stands in the table.
"""

import re
from typing import Any, Optional

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine

from bot.channels import pages
from bot.desk import Entries, create_router, provider_of
from bot.desk.accounts import Accounts
from bot.desk.openid import Provider
from bot.overlay import OverlayFollower
from bot.store import DirectoryEdits, Workers
from knowledge import directory
from tests.desk.conftest import KEY, PASSWORD, csrf, sign_in
from tests.desk.test_openid import settings

#: Least role, by method and address; "": everybody.
LEAST = {
    "GET /desk": "worker",
    "GET /desk/login": "",
    "POST /desk/login": "",
    "POST /desk/logout": "",
    "GET /desk/oidc": "",
    "GET /desk/oidc/back": "",
    "GET /desk/oidc/out": "",
    "GET /desk/call": "worker",
    "POST /desk/call": "worker",
    "POST /desk/api/triage": "worker",
    "GET /desk/audit": "manager",
    "GET /desk/learning": "editor",
    "POST /desk/learning/remove": "editor",
    "POST /desk/learning/{number}": "editor",
    "GET /desk/api/inbox": "worker",
    "GET /desk/calls": "worker",
    "GET /desk/calls/{number}": "worker",
    "GET /desk/calls/{number}/change": "worker",
    "GET /desk/calls/{number}/refer": "worker",
    "GET /desk/directory": "worker",
    "GET /desk/directory/new/{kind}": "editor",
    "GET /desk/directory/{kind}/{name}": "worker",
    "GET /desk/directory/{kind}/{name}/edit": "editor",
    "GET /desk/directory/{kind}/{name}/history": "worker",
    "GET /desk/inbox": "worker",
    "GET /desk/inbox/list": "worker",
    "GET /desk/inbox/messages": "worker",
    "GET /desk/inbox/talk/{name}": "worker",
    "GET /desk/inbox/talk/{name}/lines": "worker",
    "GET /desk/person": "manager",
    "GET /desk/referrals": "worker",
    "GET /desk/referrals/{number}": "worker",
    "GET /desk/referrals/{number}/sheet": "worker",
    "GET /desk/referrals/{number}/sheet.pdf": "worker",
    "GET /desk/reports": "manager",
    "GET /desk/reports/{kind}": "manager",
    "POST /desk/calls/{number}": "worker",
    "POST /desk/calls/{number}/change": "worker",
    "POST /desk/calls/{number}/refer": "worker",
    "POST /desk/directory/confirm": "editor",
    "POST /desk/directory/new/{kind}": "editor",
    "POST /desk/directory/{kind}/{name}/confirm": "editor",
    "POST /desk/directory/{kind}/{name}/edit": "editor",
    "POST /desk/directory/{kind}/{name}/retire": "editor",
    "POST /desk/directory/{kind}/{name}/settle": "editor",
    "POST /desk/directory/{kind}/{name}/undo": "editor",
    "POST /desk/inbox/messages/{number}/done": "worker",
    "POST /desk/inbox/presence": "worker",
    "POST /desk/inbox/talk/{name}/back": "worker",
    "POST /desk/inbox/talk/{name}/claim": "worker",
    "POST /desk/inbox/talk/{name}/transfer": "worker",
    "POST /desk/inbox/talk/{name}/write": "worker",
    "POST /desk/person": "manager",
    "POST /desk/person/erase": "manager",
    "POST /desk/person/export": "manager",
    "POST /desk/referrals/{number}": "worker",
}
#: What stands for the gaps of an address, "1" elsewhere.
EXAMPLES = {
    "directory": {"kind": "services", "name": "surendettement"},
    "reports": {"kind": "csv"},
}
ROLES = ("stranger", "worker", "editor", "manager")
#: Forms that carry the token elsewhere than in a field.
HEADER = "x-desk-form"


@pytest.fixture
def provider() -> Optional[Provider]:
    # Nobody listens there: that it is asked at all is enough.
    return provider_of(settings("http://127.0.0.1:9"))


@pytest.fixture
def client(client: TestClient, engine: Engine) -> TestClient:
    """With a directory that can be edited, too."""
    app: Any = client.app
    edits = DirectoryEdits(engine)
    app.state.entries = Entries(edits, OverlayFollower(edits, directory()), directory())
    app.state.preview = pages.preview
    return client


def served() -> list[str]:
    router = create_router(secure=True, key=KEY, provider=provider_of(settings("http://[::1]:9")))
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    return sorted(f"{method} {route.path}" for route in routes for method in route.methods)


def test_every_address_has_a_least_role() -> None:
    assert served() == sorted(LEAST)


def ask(client: TestClient, route: str, token: str) -> int:
    """The status, with 303 to the sign-in taken for 401."""
    method, _, path = route.partition(" ")
    known = EXAMPLES.get(path.removeprefix("/desk/").split("/")[0], {})
    address = re.sub(r"{(\w+)(:\w+)?}", lambda m: known.get(m[1], "1"), path)
    form = {"csrf": token} if method == "POST" else None
    answer = client.request(method, address, data=form, headers={HEADER: token})
    away = answer.headers.get("location", "").startswith("/desk/login")
    return 401 if away and path != "/desk/logout" else answer.status_code


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(client: TestClient, workers: Workers, role: str) -> None:
    token = "0" * 64
    if role != "stranger":
        if role != "worker":
            Accounts(workers).add("person", role, PASSWORD)  # type: ignore[arg-type]
        sign_in(client, "anna" if role == "worker" else "person")
        token = csrf(client.get("/desk").text)
    # Signing out ends it all, and what signs in is for strangers.
    closing = ("POST /desk/logout", "POST /desk/login", "GET /desk/oidc/out")
    for route in (r for r in LEAST if LEAST[r] and r not in closing):
        status = ask(client, route, token)
        allowed = ROLES.index(role) >= ROLES.index(LEAST[route])
        assert (status not in (401, 403)) == allowed, (route, status)


@pytest.mark.parametrize("route", [r for r in LEAST if r.startswith("POST") and LEAST[r]])
def test_no_form_of_another_site_is_taken(client: TestClient, workers: Workers, route: str) -> None:
    Accounts(workers).add("person", "manager", PASSWORD)
    sign_in(client, "person")
    assert ask(client, route, "0" * 64) == 403
