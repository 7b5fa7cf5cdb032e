"""Nothing anybody writes stands in the log of a real server, at its most talkative level."""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.desk.accounts import Accounts
from bot.store import Workers, open_database
from tests.browser.server import Server
from tests.security.cheap import APP_SECRET

#: Said everywhere, and by nobody else.
MARK = "Xylophonquartett"
PASSWORD = f"correct horse {MARK}"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    named = {
        "PAGE_TOKEN": f"{MARK}{secrets.token_hex(8)}",
        "APP_SECRET": APP_SECRET,
        "PAGE_ID": "100",
        "APP_ID": "1",
        "VERIFY_TOKEN": secrets.token_hex(16),
        "PRIVACY_KEY": secrets.token_hex(32),
        "GRAPH_ADDRESS": "http://127.0.0.1:9",
    }
    for name, value in named.items():
        monkeypatch.setenv(f"WEEWEISER_MESSENGER_{name}", value)
    monkeypatch.setenv("WEEWEISER_LOG_LEVEL", "DEBUG")
    started = Server(tmp_path / "weeweiser.db")
    engine = open_database(f"sqlite:///{started.database}")
    Accounts(Workers(engine)).add("anna", "manager", PASSWORD)
    engine.dispose()
    started.start()
    yield started
    started.stop()


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
        send("POST", "/desk/call/read", data=notes)
        send("POST", "/desk/call", data={**notes, "kind": "need", "risk": "B", "phone": MARK})
    return done


def _webhook() -> dict[str, object]:
    message = {"mid": f"m_{MARK}", "text": f"j'ai des dettes {MARK}"}
    sent = {"sender": {"id": "5550001"}, "recipient": {"id": "100"}, "message": message}
    event = {**sent, "timestamp": int(time.time() * 1000)}
    return {"object": "page", "entry": [{"id": "100", "time": 1, "messaging": [event]}]}


def test_the_log_knows_nobody(server: Server) -> None:
    done = everything_is_said(server.address)
    taken = [what for what, status in done if status < 400]
    assert len(taken) >= 12, done
    assert all(status < 500 for _, status in done), done
    end = time.monotonic() + 30
    while "messenger" not in (log := server._log.read_text("utf-8")) and time.monotonic() < end:
        time.sleep(0.5)
    lines = [line for line in log.splitlines() if MARK.casefold() in line.casefold()]
    assert not lines, lines[:5]
    assert "5550001" not in log, "the number of a person on Messenger"
    assert "serves on" in log, "it is the log, and it is not empty"
