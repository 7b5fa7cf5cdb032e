"""The one door to Rasa: never silent, in time, and failing in the visitor's language."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant, UnknownPayload


async def test_a_broken_action_is_answered(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa answers a failing action with silence; we must not."""
    endpoint = assistant._agent.action_endpoint  # type: ignore[union-attr]
    await assistant.answer("broken", text="ech hu Honger an ech wunnen zu Miersch")

    async def fail(*_: Any, **__: Any) -> None:
        raise ConnectionError("action server gone")

    monkeypatch.setattr(endpoint, "request", fail)
    reply = await assistant.answer("broken", text="ech hu Scholden")
    assert reply.language == "lb"
    assert "49 26 60" in reply.messages[0]["text"] and "112" in reply.messages[0]["text"]
    monkeypatch.undo()
    reply = await assistant.answer("broken", text="ech hu Scholden")
    assert "surendettement" in reply.services


async def test_an_empty_answer_is_never_passed_on(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = assistant._agent.action_endpoint  # type: ignore[union-attr]

    async def silent(*_: Any, **__: Any) -> dict[str, Any]:
        return {"events": [], "responses": []}

    monkeypatch.setattr(endpoint, "request", silent)
    reply = await assistant.answer("silent", text="j'ai des dettes")
    assert reply.messages and "112" in reply.messages[0]["text"]


async def test_the_deadline_holds(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = assistant._agent.action_endpoint  # type: ignore[union-attr]

    async def slow(*_: Any, **__: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(endpoint, "request", slow)
    monkeypatch.setattr(assistant, "_deadline", 0.5)
    reply = await assistant.answer("slow", text="ich habe Schulden", page_language="de")
    assert reply.language == "de" and reply.messages[0]["text"].startswith("Ich kann gerade nicht")


async def test_a_payload_nobody_offered(assistant: Assistant) -> None:
    with pytest.raises(UnknownPayload):
        await assistant.answer("payload", payload='/inform{"place": "Mersch"}')


async def test_conversations_are_kept_apart(assistant: Assistant) -> None:
    await assistant.answer("one", text="j'habite à Mersch")
    reply = await assistant.answer("two", text="je cherche une maison des jeunes")
    assert reply.asks == "place"


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Assistant(tmp_path / "missing.tar.gz")
