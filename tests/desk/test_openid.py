"""Signing in at an OpenID provider: a real one over HTTP, that also misbehaves."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy.engine import Engine

from bot.desk import BadSettings, provider_of
from bot.desk.openid import Provider
from bot.settings import Settings
from bot.store import SignIns, Workers
from knowledge import LANGUAGES
from tests.desk.conftest import csrf, sign_in
from tests.desk.openid_provider import CLIENT, SECRET, OpenIdProvider

ROLES = "Social workers=worker, Editors=editor, Lead=manager"


@pytest.fixture
def elsewhere() -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider()
    provider.person["groups"] = ["Everybody", "Editors", "Social workers"]
    yield provider
    provider.stop()


def settings(issuer: str, **changed: Any) -> Settings:
    values: dict[str, Any] = {
        "public_url": "https://desk.example",
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "oidc_roles": ROLES,
    }
    return Settings(**{**values, **changed})


@pytest.fixture
def provider(elsewhere: OpenIdProvider) -> Optional[Provider]:
    return provider_of(settings(elsewhere.issuer))


def go(client: TestClient) -> str:
    """Where the desk sends the browser to."""
    answer = client.get("/desk/oidc")
    assert answer.status_code == 303
    return answer.headers["location"]


def enter(client: TestClient, elsewhere: OpenIdProvider) -> Any:
    return client.get(elsewhere.sign_in(go(client)))


def test_in_and_out(client: TestClient, elsewhere: OpenIdProvider, workers: Workers) -> None:
    assert 'href="/desk/oidc"' in client.get("/desk/login").text
    answer = enter(client, elsewhere)
    # A page, not a redirect: the strict cookie would not go along with one another site began.
    assert answer.status_code == 200 and 'http-equiv="refresh"' in answer.text
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    page = client.get("/desk")
    assert page.status_code == 200 and "olga" in page.text
    olga = workers.named("olga")
    assert olga and olga.role == "editor"  # the highest of her groups
    out = client.post("/desk/logout", data={"csrf": csrf(page.text)})
    assert out.headers["location"] == "/desk/login?out=1"
    assert client.get("/desk").status_code == 303
    assert 'href="/desk/oidc/out"' in client.get("/desk/login?out=1").text
    away = client.get("/desk/oidc/out").headers["location"]
    assert away.startswith(f"{elsewhere.issuer}/leave?")
    assert parse_qs(urlsplit(away).query)["client_id"] == [CLIENT]


def test_the_second_time_it_is_the_same_account(
    client: TestClient, elsewhere: OpenIdProvider, workers: Workers
) -> None:
    enter(client, elsewhere)
    before = len(workers.all())
    # Another name and group since: the subject tells who it is.
    elsewhere.person |= {"preferred_username": "olga.m", "groups": "Lead"}
    assert enter(client, elsewhere).status_code == 200
    olga = workers.named("olga")
    assert olga and olga.role == "manager" and len(workers.all()) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {"nonce": "another"}},
        {"without": ("nonce",)},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": "another client", "azp": CLIENT}},
        {"claims": {"aud": [CLIENT, "another"]}},  # for several, and for whom is not said
        {"claims": {"iss": "https://another.test"}},
        {"claims": {"exp": 1_700_000_000}},
        {"without": ("exp",)},
        {"without": ("sub",)},
        {"unsigned": True},
        {"unsigned": True, "offered": ("none", "RS256")},
        {"foreign_key": True},
        {"shared_secret": True, "offered": ("HS256", "RS256")},
        {"no_id_token": True},
    ],
    ids=str,
)
def test_an_answer_that_does_not_hold(
    client: TestClient, elsewhere: OpenIdProvider, workers: Workers, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(elsewhere.wrong, name, value)
    answer = enter(client, elsewhere)
    assert answer.status_code == 403 and 'role="alert"' in answer.text
    assert client.get("/desk").status_code == 303
    assert workers.named("olga") is None


def test_an_answer_counts_once(client: TestClient, elsewhere: OpenIdProvider) -> None:
    address = go(client)
    # Two codes for one sign-in: all holds of the second, but that its state was used.
    first, second = elsewhere.sign_in(address), elsewhere.sign_in(address)
    mark = client.cookies["__Host-desk_oidc"]
    assert client.get(first).status_code == 200
    client.cookies.clear()
    replayed = client.get(second, headers={"cookie": f"__Host-desk_oidc={mark}"})
    assert replayed.status_code == 403
    assert client.get("/desk").status_code == 303


def test_an_answer_counts_in_the_browser_that_asked(
    client: TestClient, elsewhere: OpenIdProvider
) -> None:
    """Else a link could sign somebody in under another's account."""
    back = elsewhere.sign_in(go(client))
    client.cookies.clear()
    assert client.get(back).status_code == 403
    go(client)  # another sign-in of the victim's own
    assert client.get(back).status_code == 403


def test_a_sign_in_takes_ten_minutes_at_most(engine: Engine) -> None:
    held = SignIns(engine)
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    for minutes, found in ((9, {"nonce": "n"}), (11, None)):
        held.begin(f"state {minutes}", "browser", {"nonce": "n"})
        assert held.take(f"state {minutes}", "browser", now + timedelta(minutes=minutes)) == found


def test_a_code_of_another_sign_in_is_refused(
    client: TestClient, elsewhere: OpenIdProvider
) -> None:
    """PKCE: a stolen code is worth nothing without the secret of the browser's sign-in."""
    stolen = elsewhere.sign_in(go(client)).partition("code=")[2].partition("&")[0]
    state = parse_qs(urlsplit(go(client)).query)["state"][0]
    assert client.get(f"/desk/oidc/back?code={stolen}&state={state}").status_code == 403


def test_who_has_no_group_does_not_enter(
    client: TestClient, elsewhere: OpenIdProvider, workers: Workers
) -> None:
    elsewhere.person["groups"] = ["Everybody", {"not": "a name"}]
    answer = enter(client, elsewhere)
    assert answer.status_code == 403 and "responsable" in answer.text.lower()
    assert workers.named("olga") is None


def test_who_has_left_the_group_is_out_everywhere(
    client: TestClient, elsewhere: OpenIdProvider, workers: Workers
) -> None:
    enter(client, elsewhere)
    olga = workers.named("olga")
    assert olga
    phone = workers.open(olga.id)
    elsewhere.person["groups"] = []
    assert enter(client, elsewhere).status_code == 403
    assert workers.of_session(phone) is None


def test_nobody_takes_over_an_account_by_its_name(
    client: TestClient, elsewhere: OpenIdProvider, workers: Workers
) -> None:
    elsewhere.person |= {"preferred_username": "ANNA", "groups": ["Lead"]}
    assert enter(client, elsewhere).status_code == 403
    anna = workers.named("anna")
    assert anna and anna.role == "worker" and anna.subject is None
    assert client.get("/desk").status_code == 303


def test_a_disabled_account_stays_out(
    client: TestClient, elsewhere: OpenIdProvider, workers: Workers
) -> None:
    enter(client, elsewhere)
    olga = workers.named("olga")
    assert olga
    workers.set_enabled(olga.id, False)
    assert client.get("/desk").status_code == 303
    assert enter(client, elsewhere).status_code == 403


def test_there_is_no_password_beside_the_provider(
    client: TestClient, elsewhere: OpenIdProvider
) -> None:
    enter(client, elsewhere)
    client.cookies.clear()
    for tried in ("-", "", "correct horse battery"):
        assert sign_in(client, "olga", tried) == 403


def test_a_provider_that_is_down_locks_nobody_out(
    client: TestClient, elsewhere: OpenIdProvider
) -> None:
    elsewhere.wrong.down = True
    answer = client.get("/desk/oidc")
    assert answer.status_code == 503 and 'role="alert"' in answer.text
    assert sign_in(client) == 303
    client.cookies.clear()
    elsewhere.wrong.down = False  # and it is asked again
    back = elsewhere.sign_in(go(client))
    elsewhere.stop()
    assert client.get(back).status_code == 503


def test_a_provider_that_calls_itself_otherwise(
    client: TestClient, elsewhere: OpenIdProvider
) -> None:
    elsewhere.wrong.issuer = "https://another.test"
    assert client.get("/desk/oidc").status_code == 503


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_are_given_in_each_language(client: TestClient, language: str) -> None:
    page = client.get(f"/desk/oidc/back?lang={language}&state=unknown&code=1")
    assert page.status_code == 403 and f'<html lang="{language}">' in page.text


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"oidc_client_secret": None}, "WEEWEISER_OIDC_CLIENT_SECRET"),
        ({"oidc_client_secret": SecretStr("changeme")}, "WEEWEISER_OIDC_CLIENT_SECRET"),
        ({"oidc_issuer": None}, "WEEWEISER_OIDC_ISSUER"),
        ({"oidc_issuer": "http://login.inter.lu"}, "WEEWEISER_OIDC_ISSUER"),
        ({"oidc_issuer": "https://login.example.com"}, "WEEWEISER_OIDC_ISSUER"),
        ({"oidc_client_id": "<client id>"}, "WEEWEISER_OIDC_CLIENT_ID"),
        ({"oidc_roles": "Editors=king"}, "WEEWEISER_OIDC_ROLES"),
        ({"oidc_roles": "Editors"}, "WEEWEISER_OIDC_ROLES"),
        ({"public_url": None}, "WEEWEISER_PUBLIC_URL"),
    ],
    ids=str,
)
def test_all_of_it_or_none(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        provider_of(settings("https://login.inter.lu", **changed))
    assert provider_of(Settings()) is None
    assert provider_of(settings("https://login.inter.lu"))
