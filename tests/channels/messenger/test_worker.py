"""What goes wrong inside: never silence for good, never a stopped queue, an operator sees it."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.channels.messenger import _worker
from bot.channels.messenger._errors import Temporary
from bot.channels.messenger._worker import is_gone, worker_name
from bot.store import States, open_database
from tests.channels.messenger.graph import PAGE_TOKEN
from tests.channels.messenger.page import Running, running, until
from tests.channels.messenger.victim import Numbered


class Failing(Numbered):
    """Fails at messages with a certain word; remembers whom it was to forget."""

    def __init__(self) -> None:
        super().__init__(States(open_database()))
        self.erased: list[str] = []

    async def erase(self, conversation: str) -> None:
        self.erased.append(conversation)

    async def answer(self, *given: Any, **named: Any) -> Any:
        if "fail" in (named.get("text") or ""):
            raise RuntimeError(f"quotes the visitor: {named['text']}")
        return await super().answer(*given, **named)


@pytest.fixture(scope="module")
def assistant() -> Failing:
    return Failing()


@pytest.fixture(scope="module")
def page(assistant: Failing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("page"), assistant) as started:
        yield started


@pytest.fixture
def person(page: Running) -> str:
    return page.graph.person(str(time.time_ns()))


def test_what_cannot_be_answered_is_apologised_for_and_the_next_is_answered(
    page: Running, person: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_worker, "_STUMBLE_MS", 10)
    with caplog.at_level(logging.INFO):
        page.write(person, f"{person}1", text="fail Xylophon")
        page.write(person, f"{person}2", text="Salut")
        page.settle()
    assert page.graph.texts(person) == ["utter_technical_problem", "1 Salut", "1 and more"]
    assert "RuntimeError at test_worker.py" in caplog.text
    assert "Xylophon" not in caplog.text


def test_a_refused_token_keeps_everything_and_is_seen(page: Running, person: str) -> None:
    page.graph.token = "another"
    try:
        page.write(person, f"{person}1", text="Salut")
        until(lambda: page.channel.state() == "token_refused")
        page.channel._count()
        assert REGISTRY.get_sample_value("weeweiser_messenger_token_refused") == 1
        assert page.graph.texts(person) == []
        assert page.channel.records.waiting(0).outbox == 2
        assert page.channel.records.dead_letters() == []
    finally:
        page.graph.token = PAGE_TOKEN
        # Forgotten, so that nothing is left for the tests that follow.
        page.channel.records.erase(page.channel.door.person(person))


def test_a_call_whose_outcome_is_not_known_waits_for_its_echo(
    page: Running, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.channel._client._closed = None  # what the test before left
    monkeypatch.setattr(page.channel.queue, "_grace_ms", 1500)
    original = page.channel._client.send
    cut = [True]

    async def send(*given: Any) -> Any:
        sent = await original(*given)
        if cut[0]:  # carried out, but the answer never arrives
            cut[0] = False
            raise Temporary(unsure=True)
        return sent

    monkeypatch.setattr(page.channel._client, "send", send)
    page.write(person, f"{person}1", text="Salut")
    until(lambda: page.graph.texts(person) == ["1 Salut"])
    echo = {**page.bodies(person)[0], "mid": f"{person}e", "is_echo": True, "app_id": 1}
    to = {"sender": {"id": page.settings.messenger_page_id}, "recipient": {"id": person}}
    assert page.event(**to, message=echo) == 200
    page.settle()
    assert page.graph.texts(person) == ["1 Salut", "1 and more"]


def test_somebody_unknown_to_the_page_is_forgotten(page: Running, assistant: Failing) -> None:
    stranger = str(time.time_ns())
    assert page.event(sender={"id": stranger}, message={"mid": stranger, "text": "Salut"}) == 200
    name = page.channel.door.person(stranger)
    until(lambda: name in assistant.erased)  # what the assistant kept of them, too
    until(lambda: not page.channel.records.known(name))


def test_a_worker_knows_which_others_are_gone() -> None:
    assert is_gone(worker_name()), "its own number at the start: of an earlier one"
    host = worker_name().partition(":")[0]
    assert is_gone(f"{host}:4194304:abcd")
    assert not is_gone(f"{host}:1:abcd")
    assert not is_gone("another-machine:4194304:abcd")
    assert not is_gone("nonsense") and not is_gone(f"{host}:x")
