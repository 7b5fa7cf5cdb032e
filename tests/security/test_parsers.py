"""Whatever bytes come from outside, a parser gives an answer or its own error, never another.

INPUTS for each parser, made by Hypothesis, the same in every run.
"""

import base64
import hashlib
import hmac
import json
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import Request
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy.engine import Engine

from bot.channels.messenger._deletion import signed_user
from bot.channels.messenger._events import Ours, Unreadable, events_of, parse
from bot.channels.messenger._webhook import is_signed
from bot.channels.web._view import Form as PlainForm
from bot.desk.access import Access, Form, spoken
from bot.problems import language_of
from bot.settings import Settings
from bot.store import Conversations, Pages, UnknownConversation, Workers, open_database
from bot.store.backup import BadBackup
from bot.store.backup._file import unpack
from knowledge import LANGUAGES, directory
from knowledge._facts import computable
from knowledge._sheet import InvalidSheet, read_sheet

INPUTS = 200
FEW = 30
#: Reading a sheet takes a second; each input is two sheets.
FEWEST = 10
_SECRET = b"0123456789abcdef"
_NOW = 1_700_000_000_000


def many(examples: int = INPUTS) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


#: What JSON can hold, surrogates, huge numbers and deep nests included.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_WORDS = "sender recipient id timestamp message mid text is_echo app_id attachments type payload"
_WORDS += " postback title referral ref source quick_reply read delivery reaction sticker_id"
NAMES = st.sampled_from(_WORDS.split())
EVENT = st.recursive(
    ANYTHING | st.sampled_from(["100", "1", 100, _NOW, "RESPONSE"]),
    lambda inner: st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=16,
)


def request(headers: dict[str, bytes], query: bytes = b"") -> Request:
    found = [(name.encode(), value) for name, value in headers.items()]
    return Request({"type": "http", "headers": found, "query_string": query, "path": "/"})


@many()
@given(st.binary() | st.text().map(lambda text: urlencode({"a": text, "csrf": text}).encode()))
def test_forms(raw: bytes) -> None:
    for name in ("a", "csrf", "key"):
        found = Form(raw)[name]
        assert isinstance(found, str) and "\x00" not in found
        assert isinstance(PlainForm(raw)[name], str)
    assert PlainForm(raw).language in (None, *LANGUAGES)


@many()
@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_messenger_bodies(raw: bytes) -> None:
    try:
        found = parse(raw)
    except Unreadable:
        return
    events_of(found, Ours("100", "1"), _NOW)


@many()
@given(st.lists(EVENT, max_size=3), st.sampled_from(["messaging", "standby"]))
def test_messenger_events(items: list[Any], channel: str) -> None:
    body = {"object": "page", "entry": [{"id": "100", channel: items}]}
    batch = events_of(parse(json.dumps(body).encode()), Ours("100", "1"), _NOW)
    for event in batch.events:
        json.dumps(vars(event)).encode()  # a database can keep it
        assert "\x00" not in json.dumps(vars(event), ensure_ascii=False)


@many()
@given(st.binary(), st.none() | st.text())
def test_messenger_signatures(raw: bytes, header: Any) -> None:
    assert is_signed(raw, header, _SECRET) is False
    right = hmac.new(_SECRET, raw, hashlib.sha256).hexdigest()
    assert is_signed(raw, f"sha256={right}", _SECRET)


@many()
@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()), st.booleans())
def test_requests_of_deletion(content: bytes, signed: bool) -> None:
    packed = base64.urlsafe_b64encode(content).rstrip(b"=")
    right = hmac.digest(_SECRET, packed, hashlib.sha256) if signed else content
    raw = b"signed_request=" + base64.urlsafe_b64encode(right).rstrip(b"=") + b"." + packed
    assert signed_user(raw, _SECRET) is None, "no user is named, or nobody signed it"
    assert signed_user(content, _SECRET) is None


@many()
@given(st.fixed_dictionaries({}, optional={"issued_at": ANYTHING, "algorithm": ANYTHING}), ANYTHING)
def test_signed_requests_of_deletion(more: dict[str, Any], user: Any) -> None:
    content = {"user_id": user, "algorithm": "HMAC-SHA256", "issued_at": time.time(), **more}
    packed = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(_SECRET, packed, hashlib.sha256))
    found = signed_user(b"signed_request=" + signature.rstrip(b"=") + b"." + packed, _SECRET)
    assert found is None or found == str(user)


@many()
@given(st.binary(max_size=64))
def test_a_forged_request_of_deletion_names_nobody(forged: bytes) -> None:
    content = {"user_id": "7", "algorithm": "HMAC-SHA256", "issued_at": time.time()}
    packed = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")
    right = hmac.digest(_SECRET, packed, hashlib.sha256)

    def asked(signature: bytes) -> Any:
        signed = base64.urlsafe_b64encode(signature).rstrip(b"=")
        return signed_user(b"signed_request=" + signed + b"." + packed, _SECRET)

    assert asked(right) == "7"
    assert asked(forged) is None
    assert asked(right[:-1]) is None


@many()
@given(st.binary(), st.binary(max_size=40))
def test_languages_and_cookies(value: bytes, query: bytes) -> None:
    value = value.replace(b"\n", b"").replace(b"\r", b"")
    asked = request({"accept-language": value, "cookie": b"desk_lang=" + value}, query)
    assert language_of(asked) in LANGUAGES and spoken(asked) in LANGUAGES
    assert isinstance(Access(secure=False).csrf(asked), str)


@many(FEW)
@given(st.text())
def test_keys(engine: Engine, key: str) -> None:
    assert Workers(engine).of_session(key) is None
    assert Pages(engine).shown(key) is None and Pages(engine).writable(key) is None
    with pytest.raises(UnknownConversation):
        Conversations(engine).check(key.encode("utf-8", "replace").decode(), key)


@many()
@given(st.text() | st.text("MoTuWeThFrSaSuPH0123456789:-,; off\"'+~", max_size=60))
def test_hours(text: str) -> None:
    with suppress(ValueError):
        assert computable(text) == text


@many()
@given(st.sampled_from(sorted(Settings.__fields__)), st.text().filter(lambda t: "\x00" not in t))
def test_settings(name: str, value: str) -> None:
    try:
        Settings(**{name: value})
    except ValidationError as error:
        assert name in str(error)


@many(FEWEST)
@given(st.binary(), st.integers(0, 200), st.sampled_from([".xlsx", ".csv"]))
def test_sheets(sheet: dict[str, bytes], folder: Path, raw: bytes, at: int, suffix: str) -> None:
    whole = sheet[suffix]
    place = len(whole) * at // 200
    file = folder / f"sheet{suffix}"
    for content in (raw, whole[:place] + raw + whole[place + len(raw) :]):
        file.write_bytes(content)
        try:
            read_sheet(directory().current, file, today=datetime(2026, 11, 28).date())
        except InvalidSheet as error:
            assert error.problems


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_database()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzzed")


@pytest.fixture(scope="module")
def sheet(folder: Path) -> dict[str, bytes]:
    """What the product exports, by kind of file."""
    from tests.knowledge.sheets import export

    found = {}
    for suffix in (".xlsx", ".csv"):
        export(directory().current, folder / f"whole{suffix}")
        found[suffix] = (folder / f"whole{suffix}").read_bytes()
    return found


@many(FEW)
@given(st.binary())
def test_backups(folder: Path, raw: bytes) -> None:
    file = folder / "backup.zip"
    file.write_bytes(raw)
    with pytest.raises(BadBackup):
        unpack(file, folder / "out")
