"""Meta's data-deletion callback: only Meta may call it, all is deleted, and its page says so."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from bot.store import States, open_database
from tests.channels.messenger.graph import APP_SECRET
from tests.channels.messenger.page import SITE, Running, running
from tests.channels.messenger.victim import Numbered


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("page"), Numbered(States(open_database()))) as started:
        yield started


@pytest.fixture
def person(page: Running) -> str:
    return page.graph.person(str(time.time_ns()))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def request(user: Any, secret: str = APP_SECRET, **changed: Any) -> str:
    content = {"algorithm": "HMAC-SHA256", "user_id": user, "issued_at": int(time.time())}
    body = encoded(json.dumps({**content, **changed}).encode())
    return f"{encoded(hmac.digest(secret.encode(), body.encode(), hashlib.sha256))}.{body}"


def call(page: Running, signed: str) -> httpx.Response:
    form = urlencode({"signed_request": signed}).encode()
    return httpx.post(f"{page.address}/deletion", content=form, timeout=20)


def test_all_is_deleted_and_the_page_says_so(page: Running, person: str) -> None:
    page.write(person, person, text="Salut")
    page.settle()
    assert page.channel.records.known(page.channel.door.person(person))
    answer = call(page, request(person))
    assert answer.status_code == 200
    code = answer.json()["confirmation_code"]
    assert answer.json()["url"] == f"{SITE}/webhooks/messenger/deletion/{code}"
    assert not page.channel.records.known(page.channel.door.person(person))
    for language, words in (("fr", "effacé"), ("de", "gelöscht"), ("lb", "geläscht")):
        shown = httpx.get(f"{page.address}/deletion/{code}", params={"lang": language})
        assert shown.status_code == 200 and words in shown.text
        assert f'<html lang="{language}">' in shown.text
        assert person not in shown.text


def test_whom_we_do_not_know_is_told_how_to_be_sure(page: Running) -> None:
    code = call(page, request("10203040506070809")).json()["confirmation_code"]
    shown = httpx.get(f"{page.address}/deletion/{code}", params={"lang": "de"})
    assert "nichts gefunden" in shown.text and "30 Tagen" in shown.text


def test_an_unknown_code_is_404(page: Running) -> None:
    shown = httpx.get(f"{page.address}/deletion/%3Cscript%3E")
    assert shown.status_code == 404 and "<script>" not in shown.text


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"signed_request=",
        b"signed_request=a.b",
        b"signed_request=.",
        b"other=1",
        b"\xff\xfe",
        b"signed_request=" + b"A" * 60_000,
        urlencode({"signed_request": request("1", secret="another-secret-of-16")}).encode(),
        urlencode({"signed_request": request("1", algorithm="none")}).encode(),
        urlencode({"signed_request": request("1", issued_at=time.time() - 90_000)}).encode(),
        urlencode({"signed_request": request("1", issued_at="soon")}).encode(),
        urlencode({"signed_request": "." + encoded(b"[" * 5000)}).encode(),
    ],
    ids=range(12),
)
def test_nobody_else_may_delete(page: Running, person: str, form: bytes) -> None:
    page.write(person, person, text="Salut")
    page.settle()
    answer = httpx.post(f"{page.address}/deletion", content=form, timeout=20)
    assert answer.status_code == 403, answer.text
    assert page.channel.records.known(page.channel.door.person(person))


def test_signed_but_without_a_user_is_refused(page: Running) -> None:
    body = encoded(b'["HMAC-SHA256"]')
    signed = hmac.digest(APP_SECRET.encode(), body.encode(), hashlib.sha256)
    assert call(page, f"{encoded(signed)}.{body}").status_code == 403
    deep = encoded(b"[" * 5000)
    signed = hmac.digest(APP_SECRET.encode(), deep.encode(), hashlib.sha256)
    assert call(page, f"{encoded(signed)}.{deep}").status_code == 403
