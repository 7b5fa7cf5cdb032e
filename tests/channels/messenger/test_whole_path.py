"""From a signed webhook to what arrives at the person: real sockets, real assistant."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.channels.messenger._payloads import RATE_DOWN, RATE_UP
from bot.reply import Reply
from bot.settings import ROOT
from tests.channels.messenger.graph import Failure, said
from tests.channels.messenger.page import RECORDED, Running, running, until
from tests.channels.messenger.test_render import taps

ONE, TWO = "7000000000000001", "7000000000000002"


@pytest.fixture
def page(tmp_path: Path, assistant: Assistant) -> Iterator[Running]:
    with running(tmp_path, assistant) as started:
        yield started


def settled(page: Running) -> None:
    page.settle()


def command(page: Running, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """`python -m bot messenger …` with the page's settings: status, lines, what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "messenger", *arguments],
        cwd=ROOT,
        env={**os.environ, **page.environment()},
        text=True,
        capture_output=True,
        timeout=120,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_need_is_answered_with_services_to_call(page: Running) -> None:
    page.write(ONE, "m1", text="J'ai trop de dettes")
    settled(page)
    bodies = page.bodies(ONE)
    shown = [
        e for b in bodies for e in b.get("attachment", {}).get("payload", {}).get("elements", [])
    ]
    assert shown and any(b["type"] == "phone_number" for e in shown for b in e.get("buttons", []))
    assert (ONE, "mark_seen") in page.graph.actions


def test_seen_and_typing_are_shown_while_it_thinks(
    page: Running, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typing is left out when the answer is there first, so that it never follows it."""
    answer = assistant.answer

    async def slowly(*given: Any, **named: Any) -> Reply:
        end = time.monotonic() + 20
        while (ONE, "typing_on") not in page.graph.actions and time.monotonic() < end:
            await asyncio.sleep(0.02)
        return await answer(*given, **named)

    monkeypatch.setattr(assistant, "answer", slowly)
    page.write(ONE, "m1", text="Bonjour")
    settled(page)
    assert page.graph.actions == [(ONE, "mark_seen"), (ONE, "typing_on")]
    assert page.bodies(ONE)


def test_an_answer_is_rated_by_thumbs(page: Running) -> None:
    page.write(ONE, "m1", text="Ich suche ein Jugendhaus in Bonneweg")
    settled(page)
    assert taps(page.bodies(ONE))[-2:] == [RATE_UP, RATE_DOWN]
    page.write(ONE, "m2", text="👍", quick_reply={"payload": RATE_UP})
    settled(page)
    assert "Danke" in said(page.bodies(ONE)[-1])


def test_a_cry_for_help_gets_a_number_and_no_thumbs(page: Running) -> None:
    page.write(ONE, "m1", text="Ech wëll net méi liewen")
    settled(page)
    bodies = page.bodies(ONE)
    assert any("45 45 45" in said(body).splitlines()[0] for body in bodies)
    assert RATE_UP not in taps(bodies)


def test_a_question_of_the_menu_is_answered_in_its_language(page: Running) -> None:
    page.write(
        ONE, "m1", quick_reply={"payload": "de/human_handoff"}, text="Mit einem Menschen sprechen"
    )
    page.write(TWO, "m2", quick_reply={"payload": "fr/human_handoff"}, text="Parler à une personne")
    settled(page)
    german, french = said(page.bodies(ONE)[0]), said(page.bodies(TWO)[0])
    assert german != french
    assert "Sie" in german.split() or "Ihnen" in german.split()
    assert "vous" in french.lower()


def test_a_platform_that_stumbles_delivers_once_and_in_order(page: Running) -> None:
    page.graph.fail(Failure(500, 1))
    page.write(ONE, "m1", text="Bonjour")
    page.write(ONE, "m2", text="J'ai des dettes")
    settled(page)
    failed = page.graph.calls
    assert len(page.bodies(ONE)) == len({json.dumps(b) for b in page.bodies(ONE)})
    messages = [c for c in failed if "message" in (c.body or {})]
    assert len(messages) == len(page.bodies(ONE)) + 1


def test_a_refused_shape_arrives_as_plain_words(page: Running) -> None:
    page.graph.fail(Failure(400, 105))
    page.write(ONE, "m1", text="Bonjour")
    settled(page)
    first = page.bodies(ONE)[0]
    assert first.keys() <= {"text", "metadata"}
    assert "automatique" in first["text"]


def test_a_dead_letter_is_seen_and_sent_again_by_an_operator(page: Running) -> None:
    page.graph.blocked.add(page.graph.person(ONE))
    page.write(ONE, "m1", text="Bonjour")
    settled(page)
    status, letters, _ = command(page, "dead")
    assert status == 0 and letters
    assert all("Blocked" in letter["error"] for letter in letters)
    assert ONE not in json.dumps(letters) and "Bonjour" not in json.dumps(letters)
    page.graph.blocked.clear()
    status, lines, _ = command(page, "dead", "--resend", str(letters[0]["id"]))
    assert (status, lines) == (0, [{"id": letters[0]["id"], "resent": True}])
    until(lambda: page.bodies(ONE))
    status, _, explained = command(page, "dead", "--resend", "999999")
    assert status == 1 and "no dead letter 999999" in explained


def test_recorded_webhooks_are_replayed(page: Running) -> None:
    for name in ("7000000000000001", "7000000000000002", "7000000000000004", "7000000000000005"):
        page.graph.person(name)
    status, lines, _ = command(page, "replay", str(RECORDED), "--to", page.address, "--fresh")
    assert status == 0
    assert lines == [{"line": n, "status": 200} for n in range(1, 5)]
    settled(page)
    assert {whom for whom, _ in page.graph.delivered} == {
        "7000000000000001",
        "7000000000000002",
        "7000000000000004",
        "7000000000000005",
    }
    assert any("45 45 45" in text for text in page.graph.texts("7000000000000005"))


def test_replaying_as_recorded_is_old_and_answered_by_nobody(page: Running) -> None:
    status, lines, _ = command(page, "replay", str(RECORDED), "--to", page.address)
    assert status == 0 and len(lines) == 4
    settled(page)
    assert page.graph.delivered == []


def test_a_broken_line_of_a_recording_is_refused_and_the_others_taken(
    page: Running, tmp_path: Path
) -> None:
    recording = tmp_path / "broken.jsonl"
    recording.write_bytes(b'{"object": "pa\n\n{"object": "user"}\n\xff\n')
    status, lines, _ = command(page, "replay", str(recording), "--to", page.address, "--fresh")
    assert status == 1
    assert lines == [
        {"line": 1, "status": 400},
        {"line": 3, "status": 200},
        {"line": 4, "status": 400},
    ]


def test_setup_shows_then_sets_then_has_nothing_to_do(page: Running) -> None:
    fields = ["get_started", "greeting", "ice_breakers", "persistent_menu"]
    status, lines, shown = command(page, "setup", "--dry-run")
    assert (status, lines) == (0, [{"differs": fields, "set": False}])
    assert "+" in shown and "automateschen" in shown
    assert page.graph.profile == {}
    assert command(page, "setup")[:2] == (0, [{"differs": fields, "set": True}])
    assert command(page, "setup")[:2] == (0, [{"differs": [], "set": False}])
    page.graph.token = "another"
    status, lines, shown = command(page, "setup")
    assert (status, lines) == (1, [])
    assert "TokenInvalid code=190" in shown and "docs/messenger.md" in shown
    assert "Traceback" not in shown
