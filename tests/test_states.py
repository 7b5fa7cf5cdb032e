"""What may be said next in each state of a conversation: tests/conversations/matrix."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from bot.assistant import Assistant
from bot.reply import Reply, Responses
from tests.conftest import HERE, LANGUAGES
from tests.playing import WHEN, shown

FOLDER = HERE / "conversations" / "matrix"
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yml").read_text(encoding="utf-8"))
#: Cells of which something is still wrong: `language voice message state`.
GAPS = frozenset((FOLDER / "gaps.txt").read_text(encoding="utf-8").splitlines())
#: The wordings of all responses, made once.
PATTERNS: list[tuple[str, re.Pattern[str]]] = []


def cells() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        content = read(language)
        for voice, messages in content["voices"].items():
            assert set(messages) == set(EXPECTED)
            for message in messages:
                yield language, voice, message


def read(language: str) -> Any:
    return yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--language")
        found = [c for c in cells() if wanted in (None, c[0])]
        metafunc.parametrize("cell", found, ids=[" ".join(c) for c in found])


async def test_what_may_be_said_next(assistant: Assistant, cell: tuple[str, str, str]) -> None:
    language, voice, message = cell
    wrong: dict[str, str] = {}
    for state in read(language)["states"]:
        reply = await answer(assistant, language, voice, message, state)
        responses = _responses(assistant)
        if problems := list(differences(reply, wanted(message, state), responses)):
            wrong[f"{language} {voice} {message} {state}"] = f"{problems}\n{shown(reply)}"
    known = {gap for gap in GAPS if gap.startswith(f"{language} {voice} {message} ")}
    assert not set(wrong) - known, "\n".join(f"{k}: {wrong[k]}" for k in set(wrong) - known)
    assert not known - set(wrong), "no gap any more"


async def answer(
    assistant: Assistant, language: str, voice: str, message: str, state: str
) -> Reply:
    """The answer to a message in a state."""
    content = read(language)
    name, at = f"state {language} {voice} {message} {state}", WHEN
    for before in content["states"][state]:
        turn = before if isinstance(before, dict) else {"user": before}
        at = turn.get("at", WHEN)
        await assistant.answer(name, text=turn["user"], at=at)
    return await assistant.answer(name, text=content["voices"][voice][message], at=at)


def wanted(message: str, state: str) -> dict[str, Any]:
    by_state: dict[str, dict[str, Any]] = EXPECTED[message]
    assert set(by_state) <= {"any", *read("fr")["states"]}
    return by_state.get(state, by_state["any"])


def differences(reply: Reply, want: dict[str, Any], responses: Responses) -> Iterator[str]:
    said = _said(reply, responses)
    if reply.intent not in want.get("intent", [reply.intent]):
        yield f"intent {reply.intent}"
    for key in ("says", "and"):
        if key in want and said.isdisjoint(want[key]):
            yield f"says none of {want[key]}"
    if found := said & set(want.get("lacks", [])):
        yield f"says {sorted(found)}"
    if "asks" in want and reply.asks != want["asks"]:
        yield f"asks {reply.asks}"
    if "shows" in want and not getattr(reply, want["shows"]):
        yield f"shows no {want['shows']}"


def _responses(assistant: Assistant) -> Responses:
    assert assistant._loaded and assistant._loaded.agent
    found: Responses = assistant._loaded.agent.domain.responses
    return found


def _said(reply: Reply, responses: Responses) -> set[str]:
    """The responses of domain.yml that an answer says."""
    texts = [str(m["text"]) for m in reply.messages if m.get("text")]
    if not PATTERNS:
        PATTERNS.extend(_patterns(responses))
    names = {name for name, p in PATTERNS if any(p.fullmatch(t) for t in texts)}
    known = {name for names_of in EXPECTED.values() for w in names_of.values() for key in
             ("says", "and", "lacks") for name in w.get(key, [])}  # fmt: skip
    assert known <= set(responses), known - set(responses)
    return names


def _patterns(responses: Responses) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, variations in responses.items():
        for variation in variations:
            parts = re.split(r"\{\w+\}", str(variation.get("text") or ""))
            if any(len(part) > 3 for part in parts):
                yield name, re.compile(".+".join(map(re.escape, parts)), re.DOTALL)
