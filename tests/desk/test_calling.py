"""The first call: what is suggested, what must be filled in, and what is never kept."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.desk.access import Access
from bot.desk.calls import CHOICES
from bot.desk.rendering import Rendering
from bot.desk.triage._services import fitting
from bot.store import Calls, Workers
from knowledge import LANGUAGES, directory
from tests.desk.conftest import csrf, sign_in

CALL = {
    "type": "counselling", "notes": "Huissier le 20, Esch", "risk": "C", "rule": "bailiff",
    "needs": ["debt_help", "", ""], "place": "Esch", "services": ["surendettement"],
}  # fmt: skip


@pytest.fixture
def token(client: TestClient) -> str:
    sign_in(client)
    return csrf(client.get("/desk/call").text)


def save(client: TestClient, token: str, **changes: Any) -> int:
    return client.post("/desk/call", data={**CALL, "csrf": token, **changes}).status_code


def test_a_call_is_saved_and_noted(
    client: TestClient, token: str, calls: Calls, workers: Workers
) -> None:
    answer = client.post("/desk/call", data={**CALL, "csrf": token})
    assert answer.headers["location"] == "/desk?saved=1"
    call = calls.get(1)
    assert call and call.record["needs"] == ["debt_help"]
    assert call.record["place"] == "Esch-sur-Alzette"
    assert call.record["services"] == ["surendettement"]
    assert (call.name, call.phone, call.consented_at) == (None, None, None)
    deed = workers.deeds()[-1]
    assert (deed.did, deed.about) == ("call_saved", "1")


def test_what_was_answered_on_safety_is_kept_and_read(
    client: TestClient, token: str, calls: Calls
) -> None:
    answers = {"danger": "yes", "bed": "no", "children": "yes", "health": "no"}
    form = client.get("/desk/call").text
    assert [name for name in answers if f'name="{name}"' not in form] == []
    assert save(client, token, **answers) == 303
    call = calls.get(1)
    assert call and {key: call.record[key] for key in answers} == answers
    page = client.get("/desk/calls/1?lang=de").text
    told = dict(re.findall(r"<dt>([^<]+)</dt><dd class=\"text\">([^<]+)</dd>", page))
    asked = ("Gefahr in diesem Moment", "Ein Bett für diese Nacht")
    assert [told[name] for name in asked] == ["ja", "nein"]


def test_of_many_needs_five_services_are_shown() -> None:
    needs = ["debt_help", "food_help", "childcare"]
    at = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
    known: dict[str, Any] = {"place": None, "ages": [], "household": None, "at": at}
    found = fitting(directory().current, needs, **known)
    assert len(found) == 5 and {one.need for one in found} == set(needs)


@pytest.mark.parametrize("risk", ["A", "B"])
def test_great_risk_is_not_closed_without_an_action(
    client: TestClient, token: str, calls: Calls, risk: str
) -> None:
    assert save(client, token, risk=risk) == 422
    assert calls.get(1) is None
    assert save(client, token, risk=risk, action="emergency_call") == 303


def test_what_is_missing_is_said_and_nothing_typed_is_lost(client: TestClient, token: str) -> None:
    answer = client.post("/desk/call?lang=fr", data={**CALL, "risk": "", "csrf": token})
    assert answer.status_code == 422
    assert "Choisissez le risque" in answer.text and "Huissier le 20, Esch" in answer.text
    assert re.search(r'value="surendettement" checked', answer.text)


def test_name_and_phone_only_with_consent(client: TestClient, token: str, calls: Calls) -> None:
    assert save(client, token, name="Marie Muster", phone="621 000 000") == 422
    assert calls.get(1) is None
    assert save(client, token, name="Marie Muster", phone="621 000 000", consent="yes") == 303
    call = calls.get(1)
    assert call and (call.name, call.phone) == ("Marie Muster", "621 000 000")
    assert call.consented_at and call.consent  # when, and to which words


@pytest.mark.parametrize(
    "changes", [{"place": "Atlantis"}, {"follow_up": "soon"}, {"type": "joke"}, {"risk": "Z"}]
)
def test_what_cannot_be_is_refused(client: TestClient, token: str, changes: dict[str, str]) -> None:
    assert save(client, token, **changes) == 422


def test_other_calls_need_no_form(client: TestClient, token: str) -> None:
    assert save(client, token, type="wrong_number", risk="", notes="", place="") == 303


def test_no_more_than_three_needs_and_services(
    client: TestClient, token: str, calls: Calls
) -> None:
    needs = ["debt_help", "food_help", "childcare", "job_insertion"]
    services = ["surendettement", "nobody", "polygone", "ecotec", "streetwork"]
    assert save(client, token, needs=needs, services=services) == 303
    call = calls.get(1)
    assert call and call.record["needs"] == needs[:3]
    assert call.record["services"] == ["surendettement", "polygone", "ecotec"]


def test_another_site_cannot_save_or_ask(client: TestClient, token: str) -> None:
    assert save(client, "0" * 64) == 403
    body = {"text": "dettes"}
    assert client.post("/desk/api/triage", json=body).status_code == 403
    client.cookies.clear()
    headers = {"X-Desk-Form": token}
    assert client.post("/desk/api/triage", json=body, headers=headers).status_code == 403


def test_the_notes_are_read_and_not_kept(client: TestClient, token: str, workers: Workers) -> None:
    body, headers = {"text": "Huissier demain, 34 ans, 2 enfants"}, {"X-Desk-Form": token}
    said = client.post("/desk/api/triage?lang=de", json=body, headers=headers).json()
    assert said["needs"][0]["id"] == "debt_help" and "Huissier" in said["needs"][0]["words"]
    assert (said["risk"], said["rule"]) == ("B", "eviction_now")
    assert (said["age"], said["household"]) == ("26_59", "family")
    also = {"text": "Femme enceinte, dort dans sa voiture"}
    again = client.post("/desk/api/triage?lang=de", json=also, headers=headers).json()
    assert again["household"] == "pregnant"
    assert 1 <= len(said["services"]) <= 5
    assert said["services"][0]["why"] and said["services"][0]["name"]
    assert said["services"][0]["places"] is None, "no service has told of its places"
    assert [deed.did for deed in workers.deeds()] == ["signed_in"]
    for wrong in (b"no json", b"[]", b'{"text": 3}'):
        answer = client.post("/desk/api/triage", content=wrong, headers=headers)
        assert answer.status_code == 422


def test_danger_brings_the_numbers(client: TestClient, token: str) -> None:
    body, headers = {"text": "Mann bewusstlos"}, {"X-Desk-Form": token}
    said = client.post("/desk/api/triage", json=body, headers=headers).json()
    assert said["risk"] == "A" and said["helplines"][0]["number"] == "112"


def test_each_danger_is_said_with_its_words(client: TestClient, token: str) -> None:
    text = "Mann schlägt sie, Kind hat blaue Flecken"
    body, headers = {"text": text}, {"X-Desk-Form": token}
    said = client.post("/desk/api/triage?lang=de", json=body, headers=headers).json()
    assert said["rule"] == "danger_child" and said["because"] == ["Kind hat blaue Flecken"]
    (other,) = said["beside"]
    assert other["words"] == ["schlägt sie"]
    assert other["why"] == "Gewalt oder Drohung durch eine Person."


def test_calls_are_forgotten_in_time(calls: Calls) -> None:
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    bare = calls.add(1, {})
    agreed = calls.add(1, {}, consent="words", name="Marie")
    waiting = calls.add(1, {}, consent="words", follow_up=now.date())
    assert calls.expire(now + timedelta(days=29)) == 0
    assert calls.expire(now + timedelta(days=31)) == 1
    assert calls.get(bare) is None and calls.get(agreed)
    assert calls.expire(now + timedelta(days=366)) == 1
    assert calls.get(agreed) is None and calls.get(waiting)


def test_every_choice_has_its_words() -> None:
    words = Rendering(Access(secure=True), "words", "call").words
    for language in LANGUAGES:
        assert words[language].keys() == words["fr"].keys()
        assert words[language]["fields"].keys() == words["fr"]["fields"].keys()
        for field, known in CHOICES.items():
            assert tuple(words[language]["choices"][field]) == known
