"""Whole conversations as data, played through the real model and the real actions."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assistant import Assistant
from bot.reply import Reply
from tests.conftest import HERE, LANGUAGES

FOLDER = HERE / "conversations"
KEYS = {
    "user", "press", "at", "language", "intent", "services", "helplines", "asks", "says", "handoff",
}  # fmt: skip
#: A quiet afternoon on which every line with hours answers, unless a turn says otherwise.
WHEN = "2026-11-24T15:00:00"
LEAST_PER_LANGUAGE = 15


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "conversation" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--language")
        files = sorted(p for p in FOLDER.glob("*/*.yml") if not wanted or p.parent.name == wanted)
        names = [f"{p.parent.name}/{p.stem}" for p in files]
        metafunc.parametrize("conversation", files, ids=names)


async def test_conversation(
    assistant: Assistant, conversation: Path, request: pytest.FixtureRequest
) -> None:
    """`gap` in a file says what is not understood yet; strict: closing it must remove the line."""
    content = yaml.safe_load(conversation.read_text(encoding="utf-8"))
    assert set(content) <= {"about", "gap", "turns"}
    if "gap" in content:
        request.applymarker(pytest.mark.xfail(reason=content["gap"]))
    name = f"{conversation.parent.name}-{conversation.stem}"
    last: Reply | None = None
    for number, turn in enumerate(content["turns"], 1):
        assert set(turn) <= KEYS, f"turn {number}: unknown keys {set(turn) - KEYS}"
        at = str(turn.get("at", WHEN))
        if "press" in turn:
            assert last is not None, "a button needs an answer before it"
            payload = _payload(last, turn["press"])
            last = await assistant.answer(name, payload=payload, at=at)
        else:
            last = await assistant.answer(name, text=turn["user"], at=at)
        problems = list(_differences(turn, last))
        said = turn.get("user", turn.get("press"))
        assert not problems, f"turn {number} «{said}»: {'; '.join(problems)}\n{_shown(last)}"


def _payload(reply: Reply, title: str) -> str:
    choices = [c for m in reply.messages for c in m.get("choices", [])]
    found = [c["payload"] for c in choices if title.lower() in c["title"].lower()]
    assert found, f"no button «{title}» among {[c['title'] for c in choices]}"
    payload: str = found[0]
    return payload


def _differences(turn: dict[str, Any], reply: Reply) -> Any:
    if not reply.messages:
        yield "no message at all"
    if "language" in turn and reply.language != turn["language"]:
        yield f"language {reply.language}"
    if "intent" in turn and reply.intent not in turn["intent"]:
        yield f"intent {reply.intent}, expected {turn['intent']}"
    missing = set(turn.get("services", [])) - set(reply.services)
    if missing:
        yield f"services {reply.services} lack {sorted(missing)}"
    first = turn.get("helplines")
    if first is not None and reply.helplines[: len(first)] != first:
        yield f"helplines {reply.helplines}, expected first {first}"
    if "asks" in turn and reply.asks != turn["asks"]:
        yield f"asks {reply.asks}, expected {turn['asks']}"
    if "handoff" in turn and reply.handoff != turn["handoff"]:
        yield f"handoff {reply.handoff}"
    words = _shown(reply).lower()
    for text in turn.get("says", []):
        if str(text).lower() not in words:
            yield f"does not say «{text}»"


def _shown(reply: Reply) -> str:
    return "\n".join(json.dumps(m, ensure_ascii=False) for m in reply.messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_conversations(language: str) -> None:
    files = (FOLDER / language).glob("*.yml")
    whole = [p for p in files if "gap" not in yaml.safe_load(p.read_text(encoding="utf-8"))]
    assert len(whole) >= LEAST_PER_LANGUAGE
