"""Nothing anybody writes stands in the log, at its most talkative level."""

import hashlib
import hmac
import json
import logging
import re
import time
from io import StringIO
from pathlib import Path

import httpx
import pytest

from bot import logs
from bot.desk.accounts import Accounts
from bot.store import Workers, open_database
from tests.security.cheap import APP_SECRET, running

#: Said everywhere, and by nobody else.
MARK = "Xylophonquartett"
CALL = {"type": "counselling", "risk": "C", "rule": "bailiff", "needs": "debt_help"}
PASSWORD = f"correct horse {MARK}"


def everything_is_said(address: str) -> list[tuple[str, int]]:
    """Uses every way in with the marker; what was done, and how it was answered."""
    done: list[tuple[str, int]] = []
    with httpx.Client(base_url=address, timeout=120) as client:

        def send(method: str, path: str, **given: object) -> httpx.Response:
            answer = client.request(method, path, **given)  # type: ignore[arg-type]
            done.append((f"{method} {path.partition('?')[0]}", answer.status_code))
            return answer

        begun = send("POST", "/api/conversations", json={"lang": "fr"}).json()
        mine = {"Authorization": f"Bearer {begun['token']}"}
        path = f"/api/conversations/{begun['id']}"
        for text in ("j'ai des dettes", "je veux mourir", "mein Name ist", "ech heeschen"):
            send("POST", f"{path}/messages", headers=mine, json={"text": f"{text} {MARK}"})
        send("POST", f"{path}/messages", headers=mine, json={"payload": f"/{MARK}"})
        send("POST", f"{path}/messages", headers=mine, content=f'{{"text": {MARK}')
        send("POST", f"{path}/messages", json={"text": MARK})
        send("POST", f"{path}/feedback", headers=mine, json={"rating": "down", "word": MARK})
        send("POST", f"/api/conversations/{MARK}/messages", headers=mine, json={"text": MARK})
        send("GET", "/api/search", params={"q": f"dettes {MARK}"})
        send("GET", "/hsds/services", params={"search": MARK, "taxonomy_term_id": MARK})
        send("GET", f"/{MARK}", params={MARK: MARK}, headers={"User-Agent": MARK, "Referer": MARK})
        send("POST", "/talk", data={"text": f"Ich habe Schulden {MARK}", "lang": "de"})
        send("POST", "/talk", content=b"\xff" + MARK.encode())

        body = json.dumps(_webhook()).encode()
        signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        signed = {"X-Hub-Signature-256": f"sha256={signature}"}
        send("POST", "/webhooks/messenger", content=body, headers=signed)
        send("POST", "/webhooks/messenger", content=MARK.encode())

        send("POST", "/desk/login", data={"name": MARK, "password": MARK, "code": MARK})
        send("POST", "/desk/login", data={"name": "anna", "password": PASSWORD, "code": ""})
        page = send("GET", "/desk/call")
        found = re.search(r'name="csrf" value="(\w+)"', page.text)
        assert found, "signed in"
        notes = {"csrf": found[1], "notes": f"mme 34 ans, expulsée, Esch {MARK}", "name": MARK}
        send(
            "POST",
            "/desk/api/triage",
            json={"text": notes["notes"]},
            headers={"x-desk-form": found[1]},
        )
        send("POST", "/desk/call", data={**notes, **CALL, "phone": MARK})
    return done


def _webhook() -> dict[str, object]:
    message = {"mid": f"m_{MARK}", "text": f"j'ai des dettes {MARK}"}
    sent = {"sender": {"id": "5550001"}, "recipient": {"id": "100"}, "message": message}
    event = {**sent, "timestamp": int(time.time() * 1000)}
    return {"object": "page", "entry": [{"id": "100", "time": 1, "messaging": [event]}]}


def check(done: list[tuple[str, int]], log: str) -> None:
    """Enough was said and taken, and nothing of it stands in the log."""
    taken = [what for what, status in done if status < 400]
    assert len(taken) >= 12, done
    assert all(status < 500 for _, status in done), done
    lines = [line for line in log.splitlines() if MARK.casefold() in line.casefold()]
    assert not lines, lines[:5]
    assert "5550001" not in log, "the number of a person on Messenger"


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_lines_of_every_part_know_nobody(tmp_path: Path, form: str) -> None:
    """Without the model, but with everything else, in both forms of lines."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines() if form == "json" else logging.Formatter(logs.TEXT))
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(f"uvicorn{part}") for part in ("", ".error", ".access"))]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    root.addHandler(handler)
    # A server of an earlier test in this process may have silenced its own.
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.propagate = True
    try:
        with running(tmp_path) as site:
            engine = open_database(f"sqlite:///{tmp_path / 'weeweiser.db'}")
            Accounts(Workers(engine)).add("anna", "manager", PASSWORD)
            engine.dispose()
            done = everything_is_said(site.address)
            time.sleep(1)  # Messenger tries to send, and fails
    finally:
        for logger, level, propagate in before:
            logger.setLevel(level)
            logger.propagate = propagate
        root.removeHandler(handler)
    log = "\n".join(line for line in written.getvalue().splitlines() if not _of_the_test(line))
    assert "server process" in log, "it is the log, and it is not empty"
    check(done, log)


def _of_the_test(line: str) -> bool:
    """The test's own client logs what it asks for; the server's threads do not."""
    return any(f"{mark}httpcore" in line or f"{mark}httpx" in line for mark in (" ", '"'))
