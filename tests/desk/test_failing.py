"""What a worker sees when something goes wrong: a page, with what was typed, never bare JSON."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from bot.store import Calls, Referrals
from tests.desk.conftest import csrf, sign_in
from tests.desk.test_page_structure import Structure

NOTES = 'Fra 34 Joer, <b>Scholden</b>, "Huissier" muer'
SHOWN = "Fra 34 Joer, &lt;b&gt;Scholden&lt;/b&gt;, &#34;Huissier&#34; muer"
PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def token(client: TestClient, calls: Calls, referrals: Referrals) -> str:
    sign_in(client)
    record = {"type": "counselling", "risk": "D"}
    referrals.add(calls.add(1, record), 1, "surendettement", "warm", "requested")
    return csrf(client.get("/desk/call").text)


@pytest.mark.parametrize(
    "path",
    ["/desk/call", "/desk/calls/1/change", "/desk/calls/1/refer", "/desk/referrals/1"],
)
def test_what_was_typed_outlasts_the_session(client: TestClient, token: str, path: str) -> None:
    client.cookies.delete("__Host-desk")
    form = {"csrf": token, "version": "1", "notes": NOTES, "risk": "C"}
    page = client.post(f"{path}?lang=lb", data=form, headers=PAGE)
    assert page.status_code == 401 and SHOWN in page.text
    assert "Dir sidd ofgemellt" in page.text and 'href="/desk/login"' in page.text
    assert token not in page.text and "no-store" in page.headers["cache-control"]
    assert Structure(page.text).wrong == []


def test_a_form_of_another_session_comes_back(client: TestClient, calls: Calls, token: str) -> None:
    sign_in(client)  # once more, in another tab
    form = {"csrf": token, "type": "counselling", "notes": NOTES, "risk": "C"}
    page = client.post("/desk/call?lang=fr", data=form, headers=PAGE)
    assert page.status_code == 403 and SHOWN in page.text
    assert "une autre session" in page.text and calls.get(2) is None


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("", {}, Exception()), 503), (KeyError(NOTES), 500)]
)
def test_nothing_is_lost_when_we_fail(
    client: TestClient,
    calls: Calls,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
) -> None:
    """Neither by the database that is away nor by a fault of ours; the log has none of it."""

    def failing(*_: Any, **__: Any) -> int:
        raise error

    monkeypatch.setattr(calls, "add", failing)
    form = {"csrf": token, "type": "counselling", "notes": NOTES, "risk": "C"}
    page = client.post("/desk/call", data=form, headers=PAGE)
    assert page.status_code == status and SHOWN in page.text
    assert type(error).__name__ in caplog.text and "Huissier" not in caplog.text


def test_who_may_not_reads_why(client: TestClient, token: str) -> None:
    page = client.get("/desk/reports?lang=de", headers=PAGE)
    assert page.status_code == 403 and "Ihr Konto darf das nicht" in page.text
    assert client.get("/desk/reports").headers["content-type"] == "application/problem+json"
    assert token


def test_a_password_is_never_shown(client: TestClient) -> None:
    form = {"name": "anna", "password": "three secret words", "code": ""}
    for _ in range(6):
        page = client.post("/desk/login?lang=fr", data=form, headers=PAGE)
    assert page.status_code == 429 and int(page.headers["retry-after"]) > 0
    assert "three secret words" not in page.text and 'role="alert"' in page.text


def test_the_name_need_not_be_typed_twice(client: TestClient) -> None:
    form = {"name": 'anna"<b>', "password": "three secret words", "code": ""}
    page = client.post("/desk/login", data=form, headers=PAGE)
    assert page.status_code == 403 and 'value="anna&#34;&lt;b&gt;"' in page.text
    assert "three secret words" not in page.text
