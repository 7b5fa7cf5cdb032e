"""Whoever reads what is kept of people leaves a trace: the deed and an id, never a text."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine

from bot.store import Calls, Conversations, Handoffs, Referrals, Review, Workers
from tests.desk.conftest import PASSWORD, csrf, sign_in

SECRET = "Huissier le 20 chez Marie"
#: What a page shows of people, and the deed that says it was read.
READ = {
    "/desk/calls": "calls_listed",
    "/desk/calls/1": "call_read",
    "/desk/calls/1/change": "call_read",
    "/desk/calls/1/refer": "call_read",
    "/desk/call?message=1": "message_read",
    "/desk/referrals": "referrals_listed",
    "/desk/referrals/1": "referral_read",
    "/desk/referrals/1/sheet": "sheet_made",
    "/desk/referrals/1/sheet.pdf": "sheet_made",
    "/desk/inbox/messages": "message_read",
    "/desk/inbox/talk/{talk}": "talk_read",
    "/desk/learning": "review_read",
    "/desk/reports": "report_read",
    "/desk/reports/csv": "report_exported",
    "/desk/audit": "audit_read",
}


@pytest.fixture
def talk(engine: Engine, calls: Calls, referrals: Referrals, handoffs: Handoffs) -> str:
    """A conversation that waits, beside one of everything else."""
    name: str = Conversations(engine).create("fr")[0]
    handoffs.ask(name, language="fr")
    handoffs.hear(name, SECRET)
    handoffs.leave_message(name, SECRET, "phone", "621 000 000", datetime(2026, 11, 1))
    call = calls.add(1, {"type": "counselling", "risk": "D", "notes": SECRET})
    referrals.add(call, 1, "surendettement", "warm", "requested", note=SECRET)
    about = {"language": "fr", "reason": "rated_down", "guesses": ["debt_help"]}
    Review(engine).keep(name, "m", SECRET, **about)  # type: ignore[arg-type]
    return name


def test_every_reading_is_recorded(client: TestClient, workers: Workers, talk: str) -> None:
    number = workers.add("Mia", "manager", "no password")
    client.cookies.set("__Host-desk", workers.open(number))
    for path, deed in READ.items():
        before = len(workers.deeds(number))
        assert client.get(path.format(talk=talk)).status_code == 200, path
        noted = workers.deeds(number)[before:]
        assert deed in [one.did for one in noted], path
        assert SECRET not in str(noted) and "621" not in str(noted), path
    form = {"csrf": csrf(client.get("/desk/person").text), "name": "Marie"}
    assert client.post("/desk/person", data=form).status_code == 200
    assert workers.deeds(number)[-1].did == "person_sought"
    assert "Marie" not in str(workers.deeds(number))


def test_who_is_sent_away_has_read_nothing(client: TestClient, workers: Workers, talk: str) -> None:
    sign_in(client, "anna", PASSWORD)
    before = len(workers.deeds())
    assert client.get("/desk/reports").status_code == 403
    assert client.get("/desk/audit").status_code == 403
    assert client.get("/desk/calls/999").status_code == 303
    client.cookies.clear()
    assert client.get(f"/desk/inbox/talk/{talk}").status_code == 303
    assert len(workers.deeds()) == before
