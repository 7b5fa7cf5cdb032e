"""Plays a conversation written as data, and says where the answers differ from what is expected."""

import json
from collections.abc import Iterator
from typing import Any

from bot.assistant import Assistant
from bot.reply import Reply

#: `user` or `press` (a part of a button's title), `at` (a moment to pretend), and what is expected:
#: `intent`: one of; `services`: among those shown; `helplines`: the first ones, in order; `says`:
#: all of them, of a list in the list one; `lacks`: none; `differs`: not the last words again.
KEYS = {
    "user", "press", "at", "language", "intent", "services", "helplines", "asks", "says", "handoff",
    "lacks", "differs",
}  # fmt: skip
#: A quiet afternoon on which every line with hours answers, unless a turn says otherwise.
WHEN = "2026-11-24T15:00:00"


async def play(
    assistant: Assistant, name: str, turns: list[dict[str, Any]]
) -> list[tuple[str, Reply | None]]:
    """Every turn that went wrong: what is wrong, and the answer."""
    last: Reply | None = None
    wrong: list[tuple[str, Reply | None]] = []
    for number, turn in enumerate(turns, 1):
        unknown = set(turn) - KEYS
        assert not unknown, f"turn {number}: unknown keys {unknown}"
        at = str(turn.get("at", WHEN))
        if "press" in turn:
            payload = _payload(last, turn["press"])
            if payload is None:
                return [*wrong, (f"turn {number}: no button «{turn['press']}»", last)]
            reply = await assistant.answer(name, payload=payload, at=at)
        else:
            reply = await assistant.answer(name, text=turn["user"], at=at)
        if problems := list(_differences(turn, reply, last)):
            said = turn.get("user", turn.get("press"))
            wrong.append((f"turn {number} «{said}»: {'; '.join(problems)}", reply))
        last = reply
    return wrong


def shown(reply: Reply) -> str:
    """The messages of an answer, one a line."""
    return "\n".join(json.dumps(m, ensure_ascii=False) for m in reply.messages)


def _payload(reply: Reply | None, title: str) -> str | None:
    choices = [c for m in (reply.messages if reply else []) for c in m.get("choices", [])]
    return next((c["payload"] for c in choices if title.lower() in c["title"].lower()), None)


def _differences(turn: dict[str, Any], reply: Reply, last: Reply | None) -> Iterator[str]:
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
    if first == [] and reply.helplines:
        yield f"helplines {reply.helplines}, expected none"
    if first and reply.helplines[: len(first)] != first:
        yield f"helplines {reply.helplines}, expected first {first}"
    if "asks" in turn and reply.asks != turn["asks"]:
        yield f"asks {reply.asks}, expected {turn['asks']}"
    if "handoff" in turn and reply.handoff != turn["handoff"]:
        yield f"handoff {reply.handoff}"
    words = shown(reply).lower()
    for text in turn.get("says", []):
        wanted = text if isinstance(text, list) else [text]
        if not any(str(one).lower() in words for one in wanted):
            yield f"does not say «{'» or «'.join(map(str, wanted))}»"
    for text in turn.get("lacks", []):
        if str(text).lower() in words:
            yield f"says «{text}»"
    if turn.get("differs") and last and _texts(reply) & _texts(last):
        yield f"says again {_texts(reply) & _texts(last)}"


def _texts(reply: Reply) -> set[str]:
    return {m["text"] for m in reply.messages if m["type"] in {"text", "choices"}}
