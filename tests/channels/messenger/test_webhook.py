"""The webhook over real sockets: who may call it, what it takes; no input makes it fail."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.app import create_app
from bot.channels import messenger
from bot.settings import Settings
from bot.store import States, open_database
from tests.channels.messenger.graph import APP_SECRET
from tests.channels.messenger.page import PAGE, VERIFY, Running, running, signature
from tests.channels.messenger.victim import Numbered


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("page"), Numbered(States(open_database()))) as started:
        yield started


@pytest.fixture
def person(page: Running) -> str:
    """Somebody who has never written."""
    return page.graph.person(str(time.time_ns()))


def message(person: str, mid: str, text: str = "Salut") -> dict[str, Any]:
    who = {"sender": {"id": person}, "recipient": {"id": PAGE}}
    content = {"mid": f"{person}-{mid}", "text": text}
    return {**who, "timestamp": int(time.time() * 1000), "message": content}


def payload(*items: Any) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": list(items)}]}


def refused(response: httpx.Response, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"


def verify(page: Running, **changed: str) -> httpx.Response:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    asked = {k: v for k, v in {**asked, **changed}.items() if v is not None}
    return httpx.get(page.address, params=asked, timeout=20)


def test_the_challenge_is_given_back_as_text(page: Running) -> None:
    response = verify(page)
    assert (response.status_code, response.text) == (200, "1158201444")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": None},
        {"hub.verify_token": "wrong"},
        {"hub.verify_token": ""},
        {"hub.verify_token": None},
        {"hub.verify_token": "wörd"},
        {"hub.challenge": None},
        {"hub.challenge": "<script>"},
    ],
)
def test_any_other_question_is_refused(page: Running, changed: dict[str, Any]) -> None:
    refused(verify(page, **changed), 403)
    refused(httpx.get(page.address, timeout=20), 403)


def test_a_signed_event_is_taken(page: Running, person: str) -> None:
    assert page.post(payload(message(person, "m1"))) == 200
    page.settle()
    assert page.graph.texts(person) == ["1 Salut", "1 and more"]


@pytest.mark.parametrize("value", ["", "sha256=", "sha256=é", "sha256=" + "0" * 64, "0" * 64])
def test_a_wrong_signature_is_refused(page: Running, person: str, value: str) -> None:
    raw = json.dumps(payload(message(person, "m1"))).encode()
    header = {"X-Hub-Signature-256": value.encode("latin-1")}
    refused(httpx.post(page.address, content=raw, headers=header, timeout=20), 403)  # type: ignore[arg-type]
    refused(httpx.post(page.address, content=raw, timeout=20), 403)
    another = {"X-Hub-Signature-256": "sha256=" + signature(raw, "another-secret-of-16")}
    refused(page.post_raw(raw, **another), 403)
    upper = {"X-Hub-Signature-256": "sha256=" + signature(raw).upper()}
    refused(page.post_raw(raw, **upper), 403)
    page.settle()
    assert page.graph.texts(person) == []


def test_the_signature_is_of_exactly_these_bytes(page: Running, person: str) -> None:
    body = payload(message(person, "m1", "Ech brauch Hëllef 🙏"))
    escaped, spaced = json.dumps(body).encode(), json.dumps(body, indent=1).encode()
    plain = json.dumps(body, ensure_ascii=False).encode()
    for raw in (escaped, spaced, plain):
        wrong = {"X-Hub-Signature-256": f"sha256={signature(raw + b' ')}"}
        refused(page.post_raw(raw, **wrong), 403)
        assert page.post_raw(raw).status_code == 200
    page.settle()
    assert page.graph.texts(person) == ["1 Ech brauch Hëllef 🙏", "1 and more"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[1]",
        b'{"object": "page", "entry": [{"id"',
        b'{"object": "page", "text": "\xff"}',
        b"[" * 400_000,
        b'{"a":' * 150_000 + b"1" + b"}" * 150_000,
    ],
    ids=["empty", "null", "list", "truncated", "not UTF-8", "deep lists", "deep objects"],
)
def test_a_signed_body_that_is_no_json_object_is_400(page: Running, raw: bytes) -> None:
    refused(page.post_raw(raw), 400)


@pytest.mark.parametrize(
    "body",
    [
        {"object": "instagram", "entry": [{"id": PAGE}]},
        {"object": "page"},
        {"object": "page", "entry": "text"},
        {"object": "page", "entry": [None, 3, {}, {"id": PAGE}]},
        {"object": "page", "entry": [{"id": PAGE, "messaging": [[], {"message": 1}, {}]}]},
        {"object": "page", "entry": [{"id": PAGE, "standby": None, "messaging": 7}]},
        {"object": "page", "entry": [{"id": [PAGE], "messaging": [{"message": {}}]}]},
    ],
)
def test_signed_events_of_no_meaning_are_acknowledged(page: Running, body: Any) -> None:
    """Another answer would only make Meta send them again."""
    assert page.post(body) == 200


def test_hostile_values_neither_fail_nor_stop_the_queue(page: Running, person: str) -> None:
    odd = [
        message(person, "null\0byte", "a\0b"),
        message(person, "half \ud83d", "half an emoji \ud83d"),
        message(person, "x" * 5000, "long id"),
        message(person, "m-long", "y" * 100_000),
        {**message(person, "m-time"), "timestamp": 10**400},
        {**message(person, "m-neg"), "timestamp": -1},
        {
            **message(person, "m-quick"),
            "message": {"mid": person, "quick_reply": {"payload": "\0"}},
        },
        {
            **message(person, "m-ref"),
            "message": {"mid": f"{person}r", "text": "a", "referral": {"ref": 1}},
        },
    ]
    assert page.post(payload(*odd)) == 200
    page.settle()
    assert page.graph.texts(person)[0] == "1 a b"
    page.write(person, "afterwards", text="Salut")
    page.settle()
    assert page.graph.texts(person)[-2].endswith("Salut")


def test_the_same_webhook_again_changes_nothing(page: Running, person: str) -> None:
    raw = json.dumps(payload(message(person, "m1"), message(person, "m2"))).encode()
    for _ in range(4):
        assert page.post_raw(raw).status_code == 200
    page.settle()
    assert page.graph.texts(person) == ["1 Salut", "1 and more", "2 Salut", "2 and more"]


def test_a_flood_is_limited_told_once_and_disturbs_nobody(page: Running, person: str) -> None:
    for start in range(0, 200, 50):
        items = [message(person, f"m{n}", f"nr{n}") for n in range(start, start + 50)]
        assert page.post(payload(*items)) == 200
    other = page.graph.person(str(time.time_ns()))
    page.write(other, "x", text="Salut")
    page.settle()
    texts = page.graph.texts(person)
    answered = [t for t in texts if " nr" in t]
    assert answered[:20] == [f"{n + 1} nr{n}" for n in range(20)]
    assert len(answered) < 100, "a few more as time goes on"
    assert len([t for t in texts if "112" in t]) == 1, "told once, with the emergency number"
    assert page.graph.texts(other) == ["1 Salut", "1 and more"]


def test_a_database_that_fails_is_a_503_so_that_meta_sends_it_again(
    page: Running, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise sa.exc.OperationalError("insert", {"text": "secret"}, Exception("disk full"))

    raw = json.dumps(payload(message(person, "m1"))).encode()
    with monkeypatch.context() as broken:
        broken.setattr(page.channel.inbox._arrivals, "add", fail)
        response = page.post_raw(raw)
    refused(response, 503)
    assert "secret" not in response.text
    assert page.post_raw(raw).status_code == 200
    page.settle()
    assert page.graph.texts(person) == ["1 Salut", "1 and more"]


class TestTheWholeApplication:
    """Its guard stands in front; no model is loaded."""

    @staticmethod
    def client(settings: Settings) -> httpx.AsyncClient:
        app = create_app(settings, Path("unused"))
        app.state.messenger = None
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")

    async def test_without_settings_there_is_no_messenger(self) -> None:
        async with self.client(Settings()) as client:
            for answer in (
                await client.get(messenger.PATH),
                await client.post(messenger.PATH, content=b"{}"),
                await client.post(f"{messenger.PATH}/deletion"),
                await client.get(f"{messenger.PATH}/deletion/abc"),
            ):
                refused(answer, 404)

    async def test_a_large_batch_passes_and_five_megabytes_do_not(self) -> None:
        async with self.client(Settings()) as client:
            refused(await client.post(messenger.PATH, content=b"x" * 1_000_000), 404)
            refused(await client.post(messenger.PATH, content=b"x" * 5_000_000), 413)
            refused(await client.post("/api/conversations", content=b"x" * 100_000), 413)


GOOD = {
    "page_id": PAGE,
    "app_id": "1",
    "app_secret": APP_SECRET,
    "page_token": "EAAB2f9c1a7be4d05862",
    "verify_token": VERIFY,
    "privacy_key": "3f9c1a7be4d058626a1b" * 2,
}


def given(**changed: Any) -> Settings:
    values = {**GOOD, **changed}
    return Settings(**{f"messenger_{k}": v for k, v in values.items() if v is not None})


def test_the_application_starts_with_all_settings_and_with_none() -> None:
    assert messenger.secrets_of(given()) is not None
    assert messenger.secrets_of(Settings()) is None


@pytest.mark.parametrize("name", GOOD)
def test_the_application_refuses_to_start_without_one_of_them(name: str) -> None:
    with pytest.raises(messenger.BadSettings, match=f"WEEWEISER_MESSENGER_{name.upper()} is"):
        create_app(given(**{name: None}), Path("unused"))


@pytest.mark.parametrize("name", ["app_secret", "page_token", "verify_token", "privacy_key"])
@pytest.mark.parametrize(
    "value", ["changeme-changeme-changeme-changeme", "x" * 40, "tiny-7", "<token>"]
)
def test_the_application_refuses_placeholders(name: str, value: str) -> None:
    with pytest.raises(messenger.BadSettings) as refusal:
        create_app(given(**{name: value}), Path("unused"))
    assert f"WEEWEISER_MESSENGER_{name.upper()}" in str(refusal.value)
    assert value not in str(refusal.value)


def test_the_application_refuses_one_secret_for_two_things() -> None:
    with pytest.raises(messenger.BadSettings, match="the same as another"):
        create_app(given(verify_token=GOOD["app_secret"]), Path("unused"))
