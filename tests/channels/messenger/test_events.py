"""Webhooks as typed events: every event of every entry, the unknown counted, nothing raised."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messenger._events import (
    IGNORED,
    STALE_MS,
    Batch,
    Event,
    Ours,
    Unreadable,
    events_of,
    parse,
)
from bot.channels.messenger._person import Door

PAGE, APP, PERSON = "100000000000001", "1", "7000000000000001"
NOW = 1_700_000_000_100
OURS = Ours(page=PAGE, app=APP)
INBOX = 263902037430900


def item(*, sender: Any = PERSON, recipient: Any = PAGE, **content: Any) -> dict[str, Any]:
    where = {"sender": {"id": sender}, "recipient": {"id": recipient}}
    return {**where, "timestamp": NOW - 10, **content}


def read(*items: Any, channel: str = "messaging", page: Any = PAGE) -> Batch:
    entry = {"id": page, "time": NOW, channel: list(items)}
    return events_of({"object": "page", "entry": [entry]}, OURS, NOW)


def only(batch: Batch) -> Event:
    (event,) = batch.events
    return event


def test_the_example_of_the_platform_is_read_whole() -> None:
    raw = (Path(__file__).parent / "batch.json").read_bytes()
    batch = events_of(parse(raw), OURS, NOW)
    assert [(e.kind, e.person[-1]) for e in batch.events] == [
        ("choice", "1"),
        ("start", "1"),
        ("own", "2"),
        ("wordless", "2"),
        ("standby", "3"),
    ]
    assert (batch.events[0].payload, batch.events[0].text) == ("/debt_help", "Ech brauch Hëllef")
    assert batch.events[1].ref == "poster-42"
    assert batch.events[2].token == "token-of-ours"
    assert batch.ignored == {"read": 1}


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"text": "J'ai faim"}, "words"),
        ({"text": "J'ai faim", "attachments": [{"type": "image"}]}, "words"),
        ({"attachments": [{"type": "image", "payload": {"url": "https://x"}}]}, "wordless"),
        ({"attachments": [{"type": "audio"}]}, "wordless"),
        ({"attachments": [{"type": "location"}]}, "wordless"),
        ({"attachments": [{"type": "sticker", "payload": {"sticker_id": 1}}]}, "wordless"),
        ({"sticker_id": 369239263222822, "attachments": [{"type": "image"}]}, "wordless"),
        ({"attachments": []}, "wordless"),
        ({"is_unsupported": True}, "wordless"),
        ({"text": "   \u200b "}, "words"),
        ({"text": ""}, "wordless"),
        ({"text": None}, "wordless"),
        ({"text": ["J'ai faim"]}, "wordless"),
        ({"text": "Oui", "quick_reply": {"payload": "/affirm"}}, "choice"),
        ({"text": "Oui", "quick_reply": None}, "words"),
    ],
)
def test_what_a_message_is(message: dict[str, Any], kind: str) -> None:
    assert only(read(item(message={"mid": "m", **message}))).kind == kind


@pytest.mark.parametrize(
    ("postback", "kind", "payload"),
    [
        ({"title": "Commencer", "payload": "GET_STARTED"}, "start", None),
        ({}, "start", None),
        ({"title": "Dettes", "payload": "fr/debt_help"}, "choice", "fr/debt_help"),
        ({"title": "J'ai des dettes"}, "words", None),
    ],
)
def test_what_a_postback_is(postback: dict[str, Any], kind: str, payload: Any) -> None:
    event = only(read(item(postback={"mid": "m", **postback})))
    assert (event.kind, event.payload) == (kind, payload)


def test_a_link_is_remembered_wherever_it_is_named() -> None:
    found = read(
        item(referral={"ref": "a", "source": "SHORTLINK"}),
        item(message={"mid": "1", "text": "Salut", "referral": {"ref": "b"}}),
        item(postback={"mid": "2", "payload": "GET_STARTED", "referral": {"ref": "c"}}),
    )
    assert [(e.kind, e.ref) for e in found.events] == [
        ("source", "a"),
        ("words", "b"),
        ("start", "c"),
    ]


@pytest.mark.parametrize(
    ("app_id", "kind"),
    [(1, "own"), ("1", "own"), (INBOX, "page_wrote"), (None, "page_wrote"), (True, "page_wrote")],
)
@pytest.mark.parametrize("channel", ["messaging", "standby"])
def test_an_echo_is_ours_or_of_somebody_of_the_page(app_id: Any, kind: str, channel: str) -> None:
    echo = {"mid": "m", "is_echo": True, "app_id": app_id, "text": "Bonjour"}
    event = only(read(item(sender=PAGE, recipient=PERSON, message=echo), channel=channel))
    assert (event.kind, event.person) == (kind, PERSON)


@pytest.mark.parametrize(
    ("control", "kind"),
    [
        ({"pass_thread_control": {"new_owner_app_id": INBOX}}, "taken"),
        ({"pass_thread_control": {"new_owner_app_id": 1}}, "given"),
        ({"pass_thread_control": {"new_owner_app_id": "1", "metadata": "x"}}, "given"),
        ({"take_thread_control": {"previous_owner_app_id": "1"}}, "taken"),
        ({"take_thread_control": {"new_owner_app_id": "1"}}, "given"),
    ],
)
def test_who_has_the_thread(control: dict[str, Any], kind: str) -> None:
    assert only(read(item(**control))).kind == kind


@pytest.mark.parametrize("content", [{"text": "Salut"}, {"attachments": []}])
def test_in_standby_only_that_they_wrote_is_taken(content: dict[str, Any]) -> None:
    event = only(read(item(message={"mid": "m", **content}), channel="standby"))
    assert (event.kind, event.text) == ("standby", None)


@pytest.mark.parametrize(
    "name", sorted({"read", "delivery", "reaction", "optin", "message_edit", *IGNORED})
)
def test_events_of_no_use_are_counted(name: str) -> None:
    batch = read(item(**{name: {"mid": "m"}}))
    assert (batch.events, batch.ignored) == ([], {name: 1})


def test_a_changed_text_is_words_and_each_change_counts_once() -> None:
    def edit(text: str, number: object, at: int = 1) -> dict[str, Any]:
        content = {"mid": "m", "text": text, "num_edit": number}
        return {**item(message_edit=content), "timestamp": NOW - at}

    batch = read(
        item(message={"mid": "m", "text": "Salut"}),
        edit("J'ai faim", 1),
        edit("J'ai faim", 1, at=0),
        edit("Salut", "2"),
        edit("J'ai faim", 3),
        item(message_edit="J'ai faim"),
        item(message_edit={"mid": "m", "text": " "}),
    )
    assert [(e.kind, e.text) for e in batch.events[1:3]] == [("words", "J'ai faim")] * 2
    assert len({e.once for e in batch.events}) == 4
    assert batch.events[1].once == batch.events[2].once, "sent again by Meta"
    assert batch.ignored == {"malformed": 1, "message_edit": 1}


def test_a_changed_text_is_cut_as_any_other_and_not_sooner() -> None:
    edit = {"mid": "m", "text": "a" * 30_000, "num_edit": 1}
    assert only(read(item(message_edit=edit))).text == "a" * 20_000


def test_digits_of_other_scripts_are_no_number_of_meta() -> None:
    assert read(item(sender="٧٠٠", message={"mid": "m", "text": "Salut"})).events == []


def test_in_standby_a_changed_text_is_not_taken() -> None:
    edit = {"mid": "m", "text": "Salut", "num_edit": 1}
    event = only(read(item(message_edit=edit), channel="standby"))
    assert (event.kind, event.text) == ("standby", None)


def test_what_is_unknown_or_broken_is_counted_and_the_rest_is_kept() -> None:
    good = item(message={"mid": "m", "text": "Salut"})
    batch = read(
        item(new_thing={}),
        "text",
        None,
        item(message="text"),
        item(message={"mid": "x", "text": "Salut"}, sender=None),
        item(message={"mid": "y", "text": "Salut"}, sender={"id": 3}),
        item(message={"mid": "z", "text": "Salut"}, sender=PAGE),
        good,
    )
    assert only(batch).text == "Salut"
    assert batch.ignored == {"unknown": 1, "malformed": 6}


def test_entries_of_others_and_changes_are_counted() -> None:
    message = item(message={"mid": "m", "text": "Salut"})
    payload = {
        "object": "page",
        "entry": [
            {"id": "999", "messaging": [message]},
            {"id": PAGE, "changes": [{"field": "feed"}]},
            {"id": PAGE, "messaging": message},
        ],
    }
    batch = events_of(payload, OURS, NOW)
    assert only(batch).text == "Salut"
    assert batch.ignored == {"other_page": 1, "changes": 1}


@pytest.mark.parametrize("kind", ["instagram", "user", None, 7, ["page"]])
def test_other_objects_are_counted(kind: Any) -> None:
    batch = events_of({"object": kind, "entry": []}, OURS, NOW)
    assert (batch.events, batch.ignored) == ([], {"other_object": 1})


def test_the_same_event_is_known_again_with_and_without_an_id() -> None:
    one, again = (
        read(item(message={"mid": "m", "text": "a"})),
        read({**item(message={"mid": "m", "text": "a"}), "timestamp": NOW - 3}),
    )
    assert only(one).once == only(again).once
    assert only(one).once != only(read(item(message={"mid": "n", "text": "a"}))).once
    assert only(one).once != only(read(item(postback={"mid": "m", "payload": "a"}))).once
    link = item(referral={"ref": "a"})
    other = {"timestamp": NOW - 10, "referral": {"ref": "a"}, "recipient": link["recipient"]}
    assert only(read(link)).once == only(read({**other, "sender": link["sender"]})).once
    assert only(read(link)).once != only(read({**link, "timestamp": NOW - 9})).once


def test_an_old_event_is_a_replay() -> None:
    three_days = 3 * 24 * 60 * 60 * 1000
    old = {**item(message={"mid": "m", "text": "a"}), "timestamp": NOW - three_days - 1}
    assert read(old).ignored == {"stale": 1}
    just = {**item(message={"mid": "m", "text": "a"}), "timestamp": NOW - three_days}
    assert len(read(just).events) == 1


@pytest.mark.parametrize("time", [None, "soon", 1e300, True, NOW + 9999, [1]])
def test_an_unusable_time_is_now(time: Any) -> None:
    assert only(read({**item(message={"mid": "m", "text": "a"}), "timestamp": time})).sent_at == NOW


def test_words_no_database_takes_are_mended_and_long_ones_cut() -> None:
    text = only(read(item(message={"mid": "m", "text": "a\0b\ud83d" + "c" * 99_999}))).text
    assert text is not None
    assert text.startswith("a b?c") and len(text) == 20_000
    text.encode("utf-8")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"page"',
        b'{"object": "pa',
        b"\xff\xfe",
        b'{"object": "\xe9"}',
        b"[" * 500_000,
        b'{"a":' * 200_000,
        b'{"a": ' + b"9" * 6000 + b"}x",
    ],
    ids=range(10),
)
def test_bodies_that_cannot_be_read(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(raw)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "mid", "text", "ref", "payload", "message", "sender", "timestamp", "is_echo"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_NAMES = ("message", "postback", "referral", "pass_thread_control", "sender", "timestamp", "read")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(_NAMES), _json, max_size=5), max_size=4), _json)
def test_nothing_raises_and_nothing_disappears_uncounted(items: Any, odd: Any) -> None:
    batch = read(*items)
    assert len(batch.events) + sum(batch.ignored.values()) == len(items)
    json.dumps([e.text for e in batch.events]).encode()
    for entry in (odd, [odd], [{"id": PAGE, "messaging": odd}], [{"id": odd}]):
        events_of({"object": "page", "entry": entry}, OURS, NOW)


_PIECES = (b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"-1", b"1e999", b"\\ud83d")
_MORE = (b"\\u0000", b"\xff", b'"mid"', b'"messaging"', b"NaN", b"", b'"id":' + b"9" * 400)


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    """The body with a few places cut out, written over or said twice."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.choice((0, 1, 1, 2, 30)))
        put = chance.choice((*_PIECES, *_MORE, raw[start:end] * 2))
        raw = raw[:start] + put + raw[end:]
    return raw


def test_ten_thousand_damaged_bodies_are_read_or_refused() -> None:
    raw = (Path(__file__).parent / "batch.json").read_bytes()
    chance = random.Random(7)
    door = Door(b"k" * 32)
    became: Counter[str] = Counter()
    for _ in range(10_000):
        try:
            payload = parse(_damaged(raw, chance))
        except Unreadable:
            became["refused"] += 1
            continue
        batch = events_of(payload, OURS, NOW)
        became["read"] += 1
        for event in batch.events:
            became["events"] += 1
            assert NOW - STALE_MS <= event.sent_at <= NOW
            assert event.person.isdigit() and event.person != PAGE
            for words in (event.text, event.payload, event.ref, event.token):
                assert words is None or (words.strip() and "\0" not in words.encode().decode())
            assert len(door.once(event.once)) == 64
    assert became["refused"] > 1000 and became["read"] > 1000 and became["events"] > 3000, became
