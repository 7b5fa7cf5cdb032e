"""Calls after they were saved: lists, reading, changing by two at once, closing, consent."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.desk.access import Access, Form
from bot.desk.accounts import Accounts
from bot.desk.calls import CHOICES, read
from bot.desk.following import PER_PAGE
from bot.desk.records import kept_until
from bot.desk.rendering import Rendering
from bot.desk.times import day, today
from bot.store import Calls, Referrals, Workers
from knowledge import LANGUAGES, directory
from tests.desk.conftest import PASSWORD, csrf, sign_in
from tests.desk.test_calling import CALL

SOON = (today() + timedelta(days=2)).isoformat()


@pytest.fixture
def token(client: TestClient, workers: Workers) -> str:
    Accounts(workers).add("Berta", "worker", PASSWORD)
    sign_in(client)
    return csrf(client.get("/desk/call").text)


@pytest.fixture
def other(client: TestClient, token: str) -> Iterator[TestClient]:
    """A second worker at the same desk."""
    second = TestClient(client.app, base_url="https://desk.example", follow_redirects=False)
    sign_in(second, "berta")
    yield second


def saved(client: TestClient, token: str, **changes: Any) -> int:
    answer = client.post("/desk/call", data={**CALL, "csrf": token, **changes})
    assert answer.status_code == 303
    return int(answer.headers["location"].rpartition("=")[2])


def act(client: TestClient, token: str, call: int, do: str, **more: Any) -> Any:
    page = client.get(f"/desk/calls/{call}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    data = {"csrf": token, "do": do, "version": version[1] if version else "0", **more}
    return client.post(f"/desk/calls/{call}", data=data)


def test_everything_asks_who_is_there(client: TestClient, token: str) -> None:
    call = saved(client, token)
    client.cookies.clear()
    for path in ("/desk/calls", f"/desk/calls/{call}", f"/desk/calls/{call}/change"):
        assert client.get(path).headers["location"] == "/desk/login"
    for path in (f"/desk/calls/{call}", f"/desk/calls/{call}/change"):
        answer = client.post(path, data={"csrf": token, "do": "reopen"})
        assert answer.headers["location"] == "/desk/login"


def test_no_other_site_changes_a_call(client: TestClient, token: str, calls: Calls) -> None:
    call = saved(client, token)
    before = calls.get(call)
    for path in (f"/desk/calls/{call}", f"/desk/calls/{call}/change"):
        answer = client.post(path, data={**CALL, "csrf": "0" * 64, "do": "reopen", "version": 0})
        assert answer.status_code == 403
    assert calls.get(call) == before


def test_the_list_shows_no_person_and_what_is_due_first(
    client: TestClient, token: str, workers: Workers
) -> None:
    contact = {"consent": "yes", "name": "Marie Muster", "phone": "621 000 000"}
    later = saved(client, token, follow_up=SOON, **contact)
    due = saved(client, token, follow_up=today().isoformat())
    page = client.get("/desk/calls?lang=de").text
    assert page.index(f"Anruf {due}<") < page.index(f"Anruf {later}<")
    assert f"fällig am {day(today())}" in page
    for word in ("Marie", "621", "Huissier"):
        assert word not in page
    assert f"Anruf {later}<" not in client.get("/desk/calls?show=due").text
    assert [d.did for d in workers.deeds()][-1] == "calls_listed"


def test_filters_pages_and_the_number(client: TestClient, token: str, other: TestClient) -> None:
    numbers = [saved(client, token, follow_up=SOON) for _ in range(PER_PAGE + 1)]
    theirs = saved(other, csrf(other.get("/desk/call").text), follow_up=SOON)
    first = client.get("/desk/calls?whose=mine").text
    assert f'/desk/calls/{theirs}"' not in first and f'/desk/calls/{numbers[-1]}"' in first
    assert f'/desk/calls/{numbers[0]}"' not in first
    assert "whose=mine&amp;page=2" in first or "whose=mine&page=2" in first
    assert f'/desk/calls/{numbers[0]}"' in client.get("/desk/calls?whose=mine&page=2").text
    assert f'/desk/calls/{theirs}"' in client.get("/desk/calls").text
    found = client.get(f"/desk/calls?number={theirs}")
    assert found.headers["location"] == f"/desk/calls/{theirs}"
    for wrong in ("9999", "x", "-1", "9" * 30, "<b>"):
        answer = client.get("/desk/calls", params={"number": wrong, "lang": "fr"})
        assert answer.status_code == 200 and "pas d&#39;appel avec ce numéro" in answer.text
        assert "<b>" not in answer.text
    for odd in ("page=0", "page=-3", "page=x", "page=999999999", "show=x"):
        assert client.get(f"/desk/calls?{odd}").status_code == 200


def test_reading_is_recorded(client: TestClient, token: str, workers: Workers) -> None:
    call = saved(client, token)
    for path in (f"/desk/calls/{call}", f"/desk/calls/{call}/change"):
        page = client.get(path)
        assert page.status_code == 200 and "Huissier le 20, Esch" in page.text
        deed = workers.deeds()[-1]
        assert (deed.did, deed.about) == ("call_read", str(call))
    gone = client.get("/desk/calls/999", follow_redirects=False)
    assert gone.headers["location"] == "/desk/calls?number=999"


def test_a_change_is_kept_with_its_history(
    client: TestClient, token: str, calls: Calls, workers: Workers
) -> None:
    call = saved(client, token)
    form = {**CALL, "csrf": token, "version": 0, "risk": "B", "notes": "new words"}
    refused = client.post(f"/desk/calls/{call}/change", data=form)
    assert refused.status_code == 422 and "new words" in refused.text
    unchanged = calls.get(call)
    assert unchanged and unchanged.record["risk"] == "C"
    done = client.post(f"/desk/calls/{call}/change", data={**form, "action": "information"})
    assert done.headers["location"] == f"/desk/calls/{call}"
    found = calls.get(call)
    assert found and (found.record["risk"], found.record["notes"]) == ("B", "new words")
    change = calls.changes(call)[0]
    assert change.fields == {"risk": ["C", "B"], "action": [None, "information"], "notes": None}
    page = client.get(f"/desk/calls/{call}?lang=de").text
    assert "Risiko: C – hoch → B – dringend, Gefahr ist nah" in page and "anna" in page
    assert workers.deeds()[-2].did == "call_changed"


def test_two_workers_lose_nothing(
    client: TestClient, token: str, other: TestClient, calls: Calls
) -> None:
    call = saved(client, token)
    mine = {**CALL, "csrf": token, "version": 0, "notes": "what Anna heard"}
    theirs = {**mine, "csrf": csrf(other.get("/desk/call").text), "notes": "what Berta heard"}
    theirs["risk"] = "D"
    assert client.post(f"/desk/calls/{call}/change", data=mine).status_code == 303
    told = other.post(f"/desk/calls/{call}/change?lang=de", data=theirs)
    assert told.status_code == 409
    assert "anna hat diesen Anruf inzwischen geändert" in told.text
    alert = told.text.split('role="alert"')[1].split("</dl>")[0]
    assert "what Anna heard" in alert and "C – hoch" in alert
    assert "what Berta heard" in told.text.split("</dl>")[1]
    kept = calls.get(call)
    assert kept and kept.record["notes"] == "what Anna heard"
    version = re.search(r'name="version" value="(\d+)"', told.text)
    assert version
    again = other.post(f"/desk/calls/{call}/change", data={**theirs, "version": version[1]})
    assert again.status_code == 303
    kept = calls.get(call)
    assert kept and kept.record["notes"] == "what Berta heard"


def test_closing_needs_an_outcome_and_a_reason(
    client: TestClient, token: str, calls: Calls, workers: Workers
) -> None:
    call = saved(client, token, follow_up=SOON)
    for said in ({"outcome": "open"}, {"outcome": ""}, {"outcome": "unmet"}, {"outcome": "partly"}):
        assert act(client, token, call, "close", **said).status_code == 422
    assert act(client, token, call, "close", outcome="unmet", reason="nothing").status_code == 422
    assert act(client, token, call, "close", outcome="unmet", reason="full").status_code == 303
    assert workers.deeds()[-1].did == "call_closed"
    found = calls.get(call)
    assert found and found.closed_at and found.record["reason"] == "full"
    assert act(client, token, call, "reopen").status_code == 303
    found = calls.get(call)
    assert found and found.closed_at is None
    assert act(client, token, call, "close", outcome="met", reason="full").status_code == 303
    found = calls.get(call)
    assert found and found.record["reason"] is None, "what was met has no reason"


@pytest.mark.parametrize("risk", ["A", "B"])
def test_great_risk_is_not_closed_without_an_action(
    client: TestClient, token: str, calls: Calls, risk: str
) -> None:
    call = calls.add(1, {"type": "counselling", "risk": risk}, follow_up=today())
    answer = act(client, token, call, "close", outcome="met")
    assert answer.status_code == 422
    found = calls.get(call)
    assert found and found.closed_at is None


def test_an_old_page_closes_nothing(client: TestClient, token: str, calls: Calls) -> None:
    call = saved(client, token, follow_up=SOON)
    calls.change(call, 2, 0, {"type": "counselling", "risk": "C"}, follow_up=today())
    data = {"csrf": token, "do": "close", "version": 0, "outcome": "unmet", "reason": "too_far"}
    answer = client.post(f"/desk/calls/{call}", data=data)
    assert answer.status_code == 409
    assert '<option value="too_far" selected' in answer.text, "what was chosen stays"
    found = calls.get(call)
    assert found and found.closed_at is None


def test_an_open_referral_keeps_a_call_open(
    client: TestClient, token: str, calls: Calls, referrals: Referrals
) -> None:
    call = saved(client, token, follow_up=SOON)
    referrals.add(call, 1, "polygone", "warm", "requested")
    assert act(client, token, call, "close", outcome="met").status_code == 422
    found = calls.get(call)
    assert found and found.closed_at is None


def test_taking_consent_back(
    client: TestClient, token: str, calls: Calls, workers: Workers
) -> None:
    contact = {"consent": "yes", "name": "Marie Muster", "phone": "621 000 000"}
    call = saved(client, token, **contact)
    assert "Marie Muster" in client.get(f"/desk/calls/{call}").text
    assert act(client, token, call, "withdraw").status_code == 303
    assert workers.deeds()[-1].did == "consent_withdrawn"
    found = calls.get(call)
    assert found and (found.name, found.phone, found.consent) == (None, None, None)
    assert "Marie Muster" not in client.get(f"/desk/calls/{call}").text
    # A form that was opened before cannot bring the name back.
    form = {**CALL, **contact, "csrf": token, "version": 0}
    assert client.post(f"/desk/calls/{call}/change", data=form).status_code == 409
    found = calls.get(call)
    assert found and found.name is None


def test_the_first_page_reminds(client: TestClient, token: str) -> None:
    assert "Suivis à faire" not in client.get("/desk?lang=fr").text
    calls = [saved(client, token, follow_up=today().isoformat()) for _ in range(6)]
    saved(client, token, follow_up=SOON)
    page = client.get("/desk?lang=fr").text
    assert "Suivis à faire (6)" in page and "/desk/calls?show=due" in page
    assert sum(f'"/desk/calls/{call}"' in page for call in calls) == 5


def test_a_page_tells_until_when_a_call_is_kept(
    client: TestClient, token: str, calls: Calls
) -> None:
    bare = client.get(f"/desk/calls/{saved(client, token)}?lang=de").text
    assert f"Wird gelöscht am {day(today() + timedelta(days=30))}" in bare
    agreed = saved(client, token, consent="yes", name="Marie")
    page = client.get(f"/desk/calls/{agreed}?lang=de").text
    assert f"Wird gelöscht am {day(today() + timedelta(days=365))}" in page
    waiting = saved(client, token, consent="yes", name="Marie", follow_up=SOON)
    assert "Wird gelöscht am" not in client.get(f"/desk/calls/{waiting}?lang=de").text


def test_the_day_is_that_of_luxembourg(client: TestClient, token: str, calls: Calls) -> None:
    call = calls.get(saved(client, token))
    assert call
    night = datetime(2026, 11, 28, 23, 34)  # in UTC: past midnight here
    assert kept_until(replace(call, at=night), 30, 365) == date(2026, 12, 29)
    agreed = replace(call, consented_at=night, closed_at=night)
    assert kept_until(agreed, 30, 365) == date(2027, 11, 29)


def test_no_day_beyond_a_year() -> None:
    knowledge = directory().current
    for days, wrong in ((366, []), (367, ["wrong_date"])):
        value = today() + timedelta(days=days)
        draft = read(Form(f"type=test&follow_up={value}".encode()), knowledge, today())
        assert draft.wrong == wrong


def test_every_word_of_the_pages_is_there() -> None:
    words = Rendering(Access(secure=True), "words", "call", "calls", "referrals", "sheet").words

    def keys(node: Any) -> Any:
        return {k: keys(v) for k, v in node.items()} if isinstance(node, dict) else None

    for language in LANGUAGES:
        assert keys(words[language]) == keys(words["fr"])
        assert tuple(words[language]["choices"]["reason"]) == CHOICES["reason"]
