"""The HTTP API over the real application: real model, real SQLite, bad input included."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.limits import Limits
from bot.settings import ROOT
from tests.stored import stored

MARK = "Xylophonquartett"
#: Addresses that stand in scripts and are never asked: names, an example, where to leave to.
NAMED = {"https://HOST", "http://www.w3.org", "https://www.meteolux.lu"}


class Visitor:
    """One conversation over HTTP."""

    def __init__(self, client: httpx.AsyncClient, started: dict[str, Any]) -> None:
        self.client = client
        self.path = f"/api/conversations/{started['id']}"
        self.headers = {"Authorization": f"Bearer {started['token']}"}
        self.greeting = started["messages"]

    async def post(self, **body: Any) -> httpx.Response:
        return await self.client.post(f"{self.path}/messages", json=body, headers=self.headers)

    async def say(self, text: str) -> dict[str, Any]:
        response = await self.post(text=text)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


async def start(client: httpx.AsyncClient, language: str = "fr") -> Visitor:
    response = await client.post("/api/conversations", json={"lang": language})
    assert response.status_code == 201, response.text
    return Visitor(client, response.json())


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status and body["title"] and body["detail"]
    assert "Traceback" not in response.text
    return body


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "automatique"), ("de", "automatisch"), ("lb", "automatesch")],
)
async def test_the_greeting_says_it_is_automatic(
    client: httpx.AsyncClient, language: str, words: str
) -> None:
    visitor = await start(client, language)
    assert words in visitor.greeting[0]["text"]
    assert visitor.greeting[0]["lang"] == language


async def test_the_browser_language_counts_without_a_page_language(
    client: httpx.AsyncClient,
) -> None:
    headers = {"Accept-Language": "lb-LU,de;q=0.8"}
    response = await client.post("/api/conversations", headers=headers)
    assert response.json()["messages"][0]["lang"] == "lb"


@pytest.mark.parametrize(
    ("text", "language", "service"),
    [
        ("Ech hu Scholden", "lb", "surendettement"),
        ("Wo ist das nächste Jugendhaus in Bonneweg?", "de", "maison-des-jeunes-studio-bonnevoie"),
        ("Je n'ai nulle part où dormir ce soir", "fr", "premier-appel"),
    ],
)
async def test_the_right_service_in_each_language(
    client: httpx.AsyncClient, text: str, language: str, service: str
) -> None:
    visitor = await start(client)
    answer = await visitor.say(text)
    assert answer["language"] == language
    assert service in [m["id"] for m in answer["messages"] if m["type"] == "service"]
    assert {m["lang"] for m in answer["messages"]} == {language}


@pytest.mark.parametrize(
    "text", ["", "   ", "😭", "\x00\x01\x02", "x" * 10_000, "mot " * 2_500, "?!?!", "\u202e\u200f"]
)
async def test_odd_texts_get_an_answer_and_the_conversation_goes_on(
    client: httpx.AsyncClient, text: str
) -> None:
    visitor = await start(client, "de")
    answer = await visitor.say(text)
    assert answer["messages"] and answer["messages"][0]["text"]
    # The page is German; only the French word, said often enough, changes the language.
    assert answer["language"] == ("fr" if "mot" in text else "de")
    after = await visitor.say("ich habe Schulden")
    assert "surendettement" in [m.get("id") for m in after["messages"]]


@pytest.mark.parametrize(
    "text", ["/restart", '/inform{"place": "Mersch"}', "//greet", " /session_start", "/"]
)
async def test_a_typed_command_is_only_text(client: httpx.AsyncClient, text: str) -> None:
    visitor = await start(client)
    await visitor.say("j'habite à Esch et j'ai des dettes")
    assert (await visitor.say(text))["messages"]
    later = await visitor.say("je cherche une maison relais pour mon fils de 8 ans")
    shown = [m["id"] for m in later["messages"] if m["type"] == "service"]
    assert "maison-relais-escher-kannervilla" in shown, "the place is still known"


async def test_buttons_work_and_only_those_offered(client: httpx.AsyncClient) -> None:
    visitor = await start(client)
    offered = visitor.greeting[0]["choices"][0]
    assert (await visitor.post(payload=offered["payload"])).status_code == 200
    for payload in ("/session_start", "/debt_help2", '/inform{"place": "Mersch"}', "text", ""):
        problem(await visitor.post(payload=payload), 422)
    assert (await visitor.say("merci"))["messages"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b'{"text": 5, "payload": []}', b"\xff\xfe", b'{"other": 1}'],
)
async def test_bad_json(client: httpx.AsyncClient, body: bytes) -> None:
    visitor = await start(client)
    headers = {**visitor.headers, "Content-Type": "application/json"}
    response = await client.post(f"{visitor.path}/messages", content=body, headers=headers)
    problem(response, 422)
    assert (await visitor.say("bonjour"))["messages"]


async def test_both_or_none(client: httpx.AsyncClient) -> None:
    visitor = await start(client)
    problem(await visitor.post(), 422)
    problem(await visitor.post(text="a", payload="/greet"), 422)


async def test_unknown_conversation_and_wrong_token(client: httpx.AsyncClient) -> None:
    one, two = await start(client), await start(client)
    body = {"text": "bonjour"}
    problem(await client.post(f"{one.path}/messages", json=body), 401)
    problem(await client.post(f"{one.path}/messages", json=body, headers=two.headers), 403)
    unknown = "/api/conversations/nobody/messages"
    problem(await client.post(unknown, json=body, headers=one.headers), 404)
    problem(await client.delete("/api/conversations/nobody", headers=one.headers), 404)
    assert (await one.say("bonjour"))["messages"]


async def test_too_large_unknown_path_and_method(client: httpx.AsyncClient) -> None:
    visitor = await start(client)
    problem(await visitor.post(text="x" * 70_000), 413)
    problem(await client.get("/nowhere"), 404)
    problem(await client.get("/api/conversations"), 405)
    body = problem(await client.get("/nowhere", headers={"Accept-Language": "lb"}), 404)
    assert body["title"] == "Säit onbekannt"


async def test_erasing_is_complete(client: httpx.AsyncClient, app: FastAPI) -> None:
    visitor = await start(client)
    await visitor.say(f"j'ai des dettes {MARK}")
    await client.post(f"{visitor.path}/feedback", json={"rating": "up"}, headers=visitor.headers)
    engine = app.state.conversations._engine
    path = Path(engine.url.database)
    assert MARK.encode() in stored(path)
    assert (await client.delete(visitor.path, headers=visitor.headers)).status_code == 204
    problem(await visitor.post(text="bonjour"), 404)
    with engine.connect() as connection:
        names = ("states", "conversations", "feedback", "handoffs", "happenings", "heard")
        for table in (*names, "answers", "pages"):
            rows = connection.exec_driver_sql(f"select * from {table}").fetchall()
            assert visitor.path.split("/")[-1] not in str(rows), table
    assert MARK.encode() not in stored(path)


async def test_feedback(client: httpx.AsyncClient) -> None:
    visitor = await start(client)
    path = f"{visitor.path}/feedback"
    for body in ({"rating": "up"}, {"rating": "down", "word": "lent"}):
        assert (await client.post(path, json=body, headers=visitor.headers)).status_code == 204
    bad = await client.post(path, json={"rating": "sideways"}, headers=visitor.headers)
    problem(bad, 422)


async def test_feedback_on_one_answer(client: httpx.AsyncClient, app: FastAPI) -> None:
    visitor, other = await start(client), await start(client)
    assert (await visitor.post(text="bonjour", id="m-1")).status_code == 200
    assert (await other.post(text="bonjour", id="m-2")).status_code == 200
    path = f"{visitor.path}/feedback"
    # Who was not helped is asked whether the message may be learnt from.
    for rating, status in (("up", 204), ("down", 200)):
        body = {"rating": rating, "answer": "m-1"}
        assert (await client.post(path, json=body, headers=visitor.headers)).status_code == status
    for answer in ("m-2", "unknown", "not an id", ""):
        body = {"rating": "up", "answer": answer}
        problem(await client.post(path, json=body, headers=visitor.headers), 422)
    engine = app.state.conversations._engine
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select rating, answer from feedback where conversation = ?",
            (visitor.path.split("/")[-1],),
        ).fetchall()
    assert [tuple(row) for row in rows] == [("down", "m-1")]


async def test_a_cry_for_help_in_the_word_of_a_rating(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    """It is not kept; the page learns that it has to be sent as a message."""
    visitor = await start(client)
    assert (await visitor.post(text="bonjour", id="m-1")).status_code == 200
    body = {"rating": "down", "word": "mon père me frappe", "answer": "m-1"}
    response = await client.post(f"{visitor.path}/feedback", json=body, headers=visitor.headers)
    assert (response.status_code, response.json()) == (
        200,
        {"crisis": True, "messages": []},
    )
    name = visitor.path.split("/")[-1]
    assert app.state.conversations.rating(name, "m-1") == ("down", None)


async def test_a_message_sent_again_is_not_doubled(client: httpx.AsyncClient) -> None:
    visitor = await start(client)
    body = {"id": "abc-DEF_1", "text": "j'ai des dettes"}
    first, again = await asyncio.gather(visitor.post(**body), visitor.post(**body))
    assert first.status_code == 200 and first.json() == again.json()
    assert (await visitor.post(**body)).json() == first.json()
    problem(await visitor.post(id="abc-DEF_1", text="au secours"), 409)
    for bad in ("", "x" * 65, "a b", "é", "a/b"):
        problem(await visitor.post(id=bad, text="bonjour"), 422)
    assert (await visitor.post(id="x" * 64, text="bonjour")).status_code == 200


@pytest.mark.parametrize(
    ("text", "crisis"), [("je veux mourir", True), ("mon mari me frappe", True), ("merci", False)]
)
async def test_answers_say_whether_somebody_is_in_danger(
    client: httpx.AsyncClient, text: str, crisis: bool
) -> None:
    answer = await (await start(client)).say(text)
    assert answer["crisis"] is crisis and answer["handoff"] is False


async def test_answers_say_that_a_person_was_asked_for(client: httpx.AsyncClient) -> None:
    answer = await (await start(client)).say("je veux parler à une personne")
    assert answer["handoff"] is True and answer["messages"]


async def test_too_many_messages_wait(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await start(client)
    monkeypatch.setattr(app.state, "limits", Limits(0, 2))
    assert [(await visitor.post(text="a")).status_code for _ in range(2)] == [200, 200]
    refused = await visitor.post(text="a")
    assert "112" in problem(refused, 429)["detail"]
    # A slow machine has waited some of the 30 seconds already.
    assert 20 <= int(refused.headers["retry-after"]) <= 30
    rated = await client.post(
        f"{visitor.path}/feedback", json={"rating": "up"}, headers=visitor.headers
    )
    problem(rated, 429)
    assert (await (await start(client)).post(text="a")).status_code == 200
    monkeypatch.setattr(app.state, "limits", Limits(1, 0))
    await start(client)
    problem(await client.post("/api/conversations"), 429)


async def test_messages_at_once_are_answered_in_order(client: httpx.AsyncClient) -> None:
    visitor = await start(client)
    texts = ["je cherche une crèche", "à Mersch", "elle a 1 an"]
    answers = await asyncio.gather(*(visitor.say(text) for text in texts))
    shown = [m["id"] for m in answers[-1]["messages"] if m["type"] == "service"]
    assert shown[0] == "creche-klengt-butzenhaus"


async def test_too_many_at_once_are_refused(client: httpx.AsyncClient) -> None:
    visitor = await start(client)
    many = await asyncio.gather(*(visitor.post(text="bonjour") for _ in range(12)))
    codes = {response.status_code for response in many}
    assert codes == {200, 429}
    problem(next(r for r in many if r.status_code == 429), 429)
    assert (await visitor.say("bonjour"))["messages"]


async def told(app: FastAPI, name: str, count: int) -> list[dict[str, Any]]:
    """The first events of the conversation's stream: kind, id and data."""
    from starlette.requests import Request

    from bot.channels.web._events import _stream

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    scope = {"type": "http", "app": app, "headers": [], "method": "GET", "path": "/"}
    stream = _stream(Request(scope, receive), name, 0)
    events = []
    for _ in range(count):
        event = await asyncio.wait_for(anext(stream), 5)
        fields = dict(line.split(": ", 1) for line in event.strip().splitlines())
        events.append({**fields, "data": json.loads(fields["data"])})
    await stream.aclose()
    return events


async def test_a_person_answers_and_goes(client: httpx.AsyncClient, app: FastAPI) -> None:
    visitor = await start(client, "lb")
    name = visitor.path.split("/")[-1]
    asked = await visitor.say("ech wëll mat engem Mënsch schwätzen")
    assert asked["handoff"] is True and asked["crisis"] is False
    handoffs = app.state.handoffs
    assert handoffs.owner(name) == "waiting"
    handoffs.take(name, "social_worker")
    handoffs.write(name, "Moien, wéi kann ech hëllefen?", "lb", "social_worker")
    silent = await visitor.say(f"ech hu Scholden {MARK}")
    assert silent["messages"] == [] and silent["handoff"] is True and silent["language"] == "lb"
    assert [heard.text for heard in handoffs.heard(name)] == [f"ech hu Scholden {MARK}"]
    handoffs.give_back(name)
    waiting, taken, message, back = await told(app, name, 4)
    assert waiting["event"] == "owner"
    assert waiting["data"] == {"owner": "waiting", "role": None, "messages": []}
    assert taken["data"]["owner"] == "person" and taken["data"]["role"] == "Assistante sociale"
    assert "Assistante sociale" in taken["data"]["messages"][0]["text"]
    assert (message["event"], message["data"]) == (
        "message",
        {
            "type": "text",
            "text": "Moien, wéi kann ech hëllefen?",
            "lang": "lb",
            "role": "Assistante sociale",
        },
    )
    assert back["data"]["owner"] == "assistant"
    assert "automateschen" in back["data"]["messages"][0]["text"]
    assert int(waiting["id"]) < int(taken["id"]) < int(message["id"]) < int(back["id"])
    after = await visitor.say("ech hu Scholden")
    assert "automateschen" in after["messages"][0]["text"]
    assert "surendettement" in [m.get("id") for m in after["messages"]]
    again = await visitor.say("ech hu Scholden")
    assert "automateschen" not in str(again["messages"])


async def test_a_cry_for_help_is_heard_beside_a_person(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    visitor = await start(client, "de")
    name = visitor.path.split("/")[-1]
    app.state.handoffs.take(name)
    answer = await visitor.say("ich will mich umbringen")
    assert answer["crisis"] is True and answer["handoff"] is True
    assert [m["id"] for m in answer["messages"] if m["type"] == "helpline"][0] == "112"
    assert (await visitor.say("ich habe Schulden"))["messages"] == []


async def test_a_person_who_never_writes_is_not_waited_for(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    visitor = await start(client, "fr")
    name = visitor.path.split("/")[-1]
    app.state.handoffs.take(name)
    engine = app.state.conversations._engine
    with engine.begin() as connection:
        connection.exec_driver_sql("update handoffs set changed_at = '2026-01-01 00:00:00.000000'")
    answer = await visitor.say("j'ai des dettes")
    assert "automatique" in answer["messages"][0]["text"]
    assert "surendettement" in [m.get("id") for m in answer["messages"]]


async def test_operation(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert ready.status_code == 200, ready.text
    assert ready.json()["directory_on_disk"] == "ok"
    assert "weeweiser_directory_broken 0.0" in (await client.get("/metrics")).text
    assert "weeweiser_requests_total" in (await client.get("/metrics")).text
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert "/api/conversations/{name}/messages" in paths
    assert (await client.get("/docs")).status_code == 200


async def test_readiness_fails_when_the_database_is_gone(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state.conversations, "alive", lambda: False)
    assert (await client.get("/readyz")).status_code == 503


async def test_the_page_asks_nobody_else(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    files = sorted((ROOT / "bot" / "web").rglob("*.js"))
    assert len(files) > 5
    for path in files:
        name = path.relative_to(ROOT / "bot" / "web")
        assert (await client.get(f"/static/{name}")).status_code == 200
        found = set(re.findall(r"https?://[a-zA-Z0-9.]+", path.read_text("utf-8")))
        assert found <= NAMED, name


async def test_nothing_is_logged_in_clear(
    client: httpx.AsyncClient, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    visitor = await start(client)
    await visitor.say(f"je m'appelle {MARK} et j'ai des dettes à Esch")
    await visitor.say(f"{MARK} 😭")
    out, err = capfd.readouterr()
    assert MARK not in out + err
    assert MARK not in caplog.text
