"""Referrals: what is shown before, every transition, consent, locking, the list."""

import re
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.desk.access import Access, Form
from bot.desk.receiving import receiving
from bot.desk.referrals import KINDS, NEXT, STATES, WITH_REASON, read_move
from bot.desk.rendering import Rendering
from bot.store import Calls, Referrals, Workers
from knowledge import LANGUAGES, LUXEMBOURG, Language, directory
from tests.desk.conftest import csrf, sign_in

BEGIN = {"service": "surendettement", "kind": "warm", "state": "requested", "note": "Mme attend"}


@pytest.fixture
def token(client: TestClient) -> str:
    sign_in(client)
    return csrf(client.get("/desk/call").text)


@pytest.fixture
def call(calls: Calls) -> int:
    return calls.add(1, {"type": "counselling", "risk": "C", "services": ["surendettement"]})


def begin(client: TestClient, token: str, call: int, **changes: Any) -> Any:
    return client.post(f"/desk/calls/{call}/refer", data={**BEGIN, "csrf": token, **changes})


def move(client: TestClient, token: str, referral: int, version: int, **said: Any) -> Any:
    data = {"csrf": token, "version": version, **said}
    return client.post(f"/desk/referrals/{referral}", data=data)


def test_ten_states_each_can_be_reached_and_ended() -> None:
    assert len(STATES) == 10 and set(NEXT) == set(STATES)
    reached = {"draft"}
    for _ in STATES:
        reached |= {state for one in reached for state in NEXT[one]}  # type: ignore[index]
    assert reached == set(STATES)
    assert [s for s in STATES if not NEXT[s]] == ["entered-in-error"]
    assert {s for s in STATES if NEXT[s] == ("entered-in-error",)} == {
        "rejected", "completed", "failed", "cancelled",
    }  # fmt: skip


def test_every_pair_of_states(call: int, referrals: Referrals) -> None:
    """What may follow is taken, everything else refused."""
    known = referrals.get(referrals.add(call, 1, "polygone", "cold", "draft"))
    assert known
    for before in STATES:
        for after in (*STATES, "ready", ""):
            form = Form(f"state={after}&reason=full&output=done".encode())
            said = read_move(form, replace(known, state=before))
            assert said.wrong == ([] if after in NEXT[before] else ["wrong_state"])


def test_a_state_that_may_not_follow_is_refused(
    client: TestClient, token: str, call: int, referrals: Referrals
) -> None:
    referral = referrals.add(call, 1, "polygone", "cold", "draft")
    answer = move(client, token, referral, 0, state="completed", output="my words")
    assert answer.status_code == 422 and "my words" in answer.text
    found = referrals.get(referral)
    assert found and found.state == "draft" and len(referrals.steps(referral)) == 1


@pytest.mark.parametrize("state", WITH_REASON)
def test_unmet_needs_have_a_reason(
    client: TestClient, token: str, call: int, referrals: Referrals, state: str
) -> None:
    referral = referrals.add(call, 1, "polygone", "cold", "requested")
    for reason in ("", "because"):
        answer = move(client, token, referral, 0, state=state, reason=reason, note="my words")
        assert answer.status_code == 422 and "my words" in answer.text
    assert move(client, token, referral, 0, state=state, reason="too_far").status_code == 303
    found = referrals.get(referral)
    assert found and (found.state, found.reason) == (state, "too_far")


def test_what_was_done_is_said_at_the_end(
    client: TestClient, token: str, call: int, referrals: Referrals
) -> None:
    referral = referrals.add(call, 1, "polygone", "warm", "in-progress")
    assert move(client, token, referral, 0, state="completed", output=" ").status_code == 422
    done = {"state": "completed", "output": "Wohnung gefunden", "reason": "full"}
    assert move(client, token, referral, 0, **done).status_code == 303
    found = referrals.get(referral)
    assert found and (found.output, found.reason) == ("Wohnung gefunden", None)
    assert "Wohnung gefunden" in client.get(f"/desk/referrals/{referral}").text


def test_the_second_of_two_keeps_the_words(
    client: TestClient, token: str, call: int, referrals: Referrals
) -> None:
    referral = referrals.add(call, 1, "polygone", "warm", "requested")
    referrals.move(referral, 2, 0, "accepted")
    late = move(client, token, referral, 0, state="cancelled", note="what I heard")
    assert late.status_code == 409 and "what I heard" in late.text
    found = referrals.get(referral)
    assert found and found.state == "accepted"


def test_a_referral_from_the_page_to_the_list(
    client: TestClient, token: str, call: int, referrals: Referrals, workers: Workers
) -> None:
    answer = begin(client, token, call)
    referral = int(answer.headers["location"].rpartition("/")[2])
    assert (workers.deeds()[-1].did, workers.deeds()[-1].about) == (
        "referral_begun", str(referral),
    )  # fmt: skip
    found = referrals.get(referral)
    assert found and (found.service, found.kind, found.state) == (
        "surendettement", "warm", "requested",
    )  # fmt: skip
    page = client.get(f"/desk/referrals/{referral}?lang=fr").text
    assert "Mme attend" in page and "demandée" in page and "anna" in page
    assert (workers.deeds()[-1].did, workers.deeds()[-1].about) == (
        "referral_read", str(referral),
    )  # fmt: skip
    listed = client.get("/desk/referrals").text
    assert f'/desk/referrals/{referral}"' in listed and "Jours depuis le début\u00a0: 0" in listed
    assert f'/desk/referrals/{referral}"' in client.get(f"/desk/calls/{call}").text
    assert "Mme attend" not in listed
    for query, there in (
        ("state=requested", True), ("state=draft", False), ("state=all", True),
        ("service=surendettement", True), ("state=nonsense", True),
    ):  # fmt: skip
        page = client.get(f"/desk/referrals?{query}").text
        assert (f'/desk/referrals/{referral}"' in page) == there, query
    again = begin(client, token, call)
    assert again.headers["location"] == f"/desk/referrals/{referral}?there=1"
    assert "existe déjà" in client.get(f"/desk/referrals/{referral}?there=1").text
    assert move(client, token, referral, 0, state="cancelled").status_code == 303
    assert f'/desk/referrals/{referral}"' not in client.get("/desk/referrals").text


def test_name_and_phone_only_with_consent(
    client: TestClient, token: str, call: int, referrals: Referrals
) -> None:
    contact = {"name": "Marie Muster", "phone": "621 000 000"}
    answer = begin(client, token, call, **contact)
    bare = referrals.get(int(answer.headers["location"].rpartition("/")[2]))
    assert bare and (bare.name, bare.phone, bare.consented_at) == (None, None, None)
    assert begin(client, token, call, service="polygone", consent="yes").status_code == 422
    answer = begin(client, token, call, service="polygone", consent="yes", **contact)
    found = referrals.get(int(answer.headers["location"].rpartition("/")[2]))
    assert found and (found.name, found.phone) == ("Marie Muster", "621 000 000")
    words = Rendering(Access(secure=True), "referrals").words["fr"]["referrals"]
    assert found.consent == words["consent"] and found.consented_at
    assert "Marie" not in client.get("/desk/referrals").text


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"state": "accepted"}, {"service": "nobody"}])
def test_what_cannot_be_is_refused(
    client: TestClient, token: str, call: int, referrals: Referrals, wrong: dict[str, str]
) -> None:
    assert begin(client, token, call, **wrong).status_code == 422
    assert referrals.of_call(call) == []


def test_before_referring_the_page_says_what_is_known(
    client: TestClient, token: str, call: int
) -> None:
    page = client.get(f"/desk/calls/{call}/refer?service=surendettement&lang=de").text
    text = re.sub(r"<[^>]+>", " ", page)
    for word in (
        "54 77 24", "noch zu bestätigen", "Privatpersonen", "einige sind noch zu bestätigen",
        "In diesem Moment", "Angekündigte Schließungen", "keine bekannt",
    ):  # fmt: skip
        assert word in text, word
    assert re.search(r"Freie Plätze\s+nicht bekannt\. Fragen Sie den Dienst\.", text)
    chosen = client.get(f"/desk/calls/{call}/refer").text
    assert f"/desk/calls/{call}/refer?service=surendettement" in chosen
    found = client.get(f"/desk/calls/{call}/refer", params={"q": "Polygone"}).text
    assert f"/desk/calls/{call}/refer?service=polygone" in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_service_can_be_read(language: Language) -> None:
    knowledge = directory().current
    at = datetime(2026, 11, 28, 10, 0, tzinfo=LUXEMBOURG)
    for service in knowledge.all_services():
        known = receiving(knowledge, service, language, at)
        assert known.name and known.summary and known.opening


def test_alerts_and_closures_are_shown() -> None:
    knowledge = directory().current
    at = datetime(2026, 11, 28, 10, 0, tzinfo=LUXEMBOURG)
    words = {"fr": "Complet", "de": "Voll belegt", "lb": "Komplett"}
    closed = {"from": "2026-12-20", "to": "2027-01-03", "reason": words}
    service = knowledge.service("surendettement")
    full = type(service).parse_obj(
        {
            **service.dict(),
            "alerts": [{"text": words, "until": "2026-12-01"}],
            "exceptions": [closed],
        }
    )
    known = receiving(knowledge, full, "de", at)
    assert known.alert and "Voll belegt" in known.alert
    assert len(known.closures) == 1 and "Voll belegt" in known.closures[0]
    over = receiving(knowledge, full, "de", datetime(2027, 1, 4, 10, 0, tzinfo=LUXEMBOURG))
    assert over.closures == () and "Voll belegt" not in (over.alert or "")


@pytest.mark.parametrize(
    ("availability", "on", "said"),
    [
        ("full", "2026-11-21", "<strong>voll</strong>, vom Dienst gesagt am 21.11.2026"),
        ("free", "2026-11-28", "freie Plätze (3), vom Dienst gesagt am 28.11.2026"),
        ("full", "2026-11-20", "nicht bekannt. Fragen Sie den Dienst. Zu alt, um zu zählen: voll"),
        ("waiting_list", "2026-11-29", "nicht bekannt. Fragen Sie den Dienst."),  # not yet
    ],
)
def test_places_are_shown_for_a_week(availability: str, on: str, said: str) -> None:
    knowledge = directory().current
    at = datetime(2026, 11, 28, 0, 30, tzinfo=LUXEMBOURG).astimezone(timezone.utc)
    service = knowledge.service("surendettement")
    told = {"availability": availability, "told_on": on}
    told |= {"free_places": 3} if availability == "free" else {}
    full = type(service).parse_obj({**service.dict(), "capacity": told})
    pages = Rendering(Access(secure=True), "words", "calls", "referrals")
    shown = pages._templates.get_template("_parts.html").module
    text = str(shown.service(pages.words["de"], receiving(knowledge, full, "de", at)))
    assert said in text
    assert ("nicht bekannt. Fragen" in said) == ("nicht bekannt. Fragen" in text)


def test_only_with_a_session_and_its_token(
    client: TestClient, token: str, call: int, referrals: Referrals
) -> None:
    referral = referrals.add(call, 1, "polygone", "warm", "requested")
    assert begin(client, "0" * 64, call).status_code == 403
    assert move(client, "0" * 64, referral, 0, state="accepted").status_code == 403
    client.cookies.clear()
    for path in (
        "/desk/referrals", f"/desk/referrals/{referral}", f"/desk/referrals/{referral}/sheet",
        f"/desk/referrals/{referral}/sheet.pdf", f"/desk/calls/{call}/refer",
    ):  # fmt: skip
        assert client.get(path).headers["location"] == "/desk/login"
    assert begin(client, token, call).headers["location"] == "/desk/login"
    assert move(client, token, referral, 0, state="accepted").status_code == 303
    found = referrals.get(referral)
    assert found and found.state == "requested" and len(referrals.of_call(call)) == 1


def test_what_is_gone_leads_to_the_list(client: TestClient, token: str) -> None:
    for path in ("/desk/referrals/99", "/desk/referrals/99/sheet", "/desk/referrals/x/sheet.pdf"):
        assert client.get(path).headers["location"] == "/desk/referrals"
    assert begin(client, token, 99).headers["location"] == "/desk/calls?number=99"
    assert move(client, token, 99, 0, state="accepted").headers["location"] == "/desk/referrals"


def test_every_state_and_kind_has_its_words() -> None:
    words = Rendering(Access(secure=True), "referrals").words
    for language in LANGUAGES:
        known = words[language]["referrals"]
        assert set(known["states"]) == {"open", "all", *STATES}
        assert set(known["kinds"]) == set(KINDS)
