"""Each message once: repeated, at once, after a restart, after a process that was killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.assistant import Assistant, Busy, UnknownPayload
from bot.channels.web import Turns
from bot.channels.web._turns import IdUsed
from bot.reply import Reply
from bot.settings import ROOT
from bot.store import (
    Answers,
    Conversations,
    Handoffs,
    States,
    UnknownConversation,
    open_database,
)
from tests.test_rasa_cli import free_port
from tests.watched_logs import WATCH


class Counting:
    """An assistant that counts its turns and answers when it is told to."""

    def __init__(self) -> None:
        self.turns: list[str] = []
        self.go = asyncio.Event()
        self.error: Exception | None = None
        self.crisis = True

    async def answer(self, conversation: str, *, message_id: str, **_: Any) -> Reply:
        self.turns.append(message_id)
        await self.go.wait()
        if self.error:
            raise self.error
        text = f"answer {len(self.turns)}"
        return Reply(
            "fr", "greet", [{"type": "text", "text": text, "lang": "fr"}], crisis=self.crisis
        )


class Site:
    """One process: its turns over the shared database."""

    def __init__(self, engine: Any, *, patience: float = 0.3) -> None:
        self.assistant = Counting()
        self.conversations = Conversations(engine)
        self.answers = Answers(engine)
        assistant: Any = self.assistant
        self.noted: list[str] = []
        self.turns = Turns(
            assistant,
            self.conversations,
            self.answers,
            Handoffs(engine),
            patience=patience,
            note=lambda channel, _: self.noted.append(channel),
        )


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    return open_database(f"sqlite:///{tmp_path / 'x.db'}")


@pytest.fixture
def site(engine: Any) -> Site:
    return Site(engine)


@pytest.fixture
def name(site: Site) -> str:
    return site.conversations.create("fr")[0]


async def test_a_slow_database_holds_up_nobody_else(
    site: Site, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers of two processes wait for each other: the loop must go on meanwhile."""
    claim = site.answers.claim

    def slow(*given: Any) -> Any:
        time.sleep(0.5)
        return claim(*given)

    monkeypatch.setattr(site.answers, "claim", slow)
    site.assistant.go.set()
    waiting = asyncio.create_task(site.turns.answer(name, "m1", text="bonjour"))
    begin = time.perf_counter()
    await asyncio.sleep(0.01)
    assert time.perf_counter() - begin < 0.25
    assert not waiting.done()
    assert (await waiting)["messages"]


async def test_messages_are_claimed_in_the_order_they_came(
    site: Site, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = site.answers.claim

    def slower_first(conversation: str, message: str, *given: Any) -> Any:
        time.sleep(0.2 if message == "m0" else 0)
        return claim(conversation, message, *given)

    monkeypatch.setattr(site.answers, "claim", slower_first)
    site.assistant.go.set()
    ids = [f"m{n}" for n in range(4)]
    await asyncio.gather(*(site.turns.answer(name, i, text=f"bonjour {i}") for i in ids))
    assert [entry.message for entry in site.answers.of(name)] == ids


async def test_the_same_id_gets_the_same_answer(site: Site, name: str) -> None:
    site.assistant.go.set()
    first = await site.turns.answer(name, "m1", text="bonjour")
    assert first["crisis"] is True and first["handoff"] is False and first["language"] == "fr"
    assert await site.turns.answer(name, "m1", text="bonjour") == first
    second = await site.turns.answer(name, "m2", text="bonjour")
    assert second != first
    assert site.assistant.turns == ["m1", "m2"]


async def test_each_turn_is_counted_once_with_its_channel(site: Site, name: str) -> None:
    site.assistant.go.set()
    for _ in range(2):
        await site.turns.answer(name, "one", text="salut")
    await site.turns.answer(name, "two", text="salut", said="salut")
    assert site.noted == ["web", "plain"]


async def test_ids_belong_to_their_conversation(site: Site, name: str) -> None:
    site.assistant.go.set()
    other = site.conversations.create("fr")[0]
    await site.turns.answer(name, "m1", text="bonjour")
    await site.turns.answer(other, "m1", text="bonjour")
    assert site.assistant.turns == ["m1", "m1"]


async def test_at_once_there_is_one_turn(site: Site, name: str) -> None:
    many = [asyncio.ensure_future(site.turns.answer(name, "m1", text="bonjour")) for _ in range(8)]
    while not site.assistant.turns:
        await asyncio.sleep(0)
    site.assistant.go.set()
    answers = await asyncio.gather(*many)
    assert len(site.assistant.turns) == 1 and all(a == answers[0] for a in answers)


async def test_another_process_waits_for_the_first(engine: Any, name: str) -> None:
    one, two = Site(engine, patience=60), Site(engine, patience=60)
    two.assistant.go.set()
    first = asyncio.ensure_future(one.turns.answer(name, "m1", text="bonjour"))
    while not one.assistant.turns:
        await asyncio.sleep(0)
    second = asyncio.ensure_future(two.turns.answer(name, "m1", text="bonjour"))
    await asyncio.sleep(0.3)
    assert not second.done()
    one.assistant.go.set()
    assert await first == await second
    assert two.assistant.turns == []


async def test_a_living_owner_keeps_its_claim(engine: Any, name: str) -> None:
    one, two = Site(engine), Site(engine, patience=1.0)
    first = asyncio.ensure_future(one.turns.answer(name, "m1", text="bonjour"))
    while not one.assistant.turns:
        await asyncio.sleep(0)
    second = asyncio.ensure_future(two.turns.answer(name, "m1", text="bonjour"))
    for _ in range(30):
        await asyncio.sleep(0.05)
        one.answers.beat(name, "m1")
    assert two.assistant.turns == []
    one.assistant.go.set()
    assert await first == await second


async def test_a_dead_owner_is_replaced_by_one(engine: Any, name: str) -> None:
    """The process ended before it answered; two requests wait for that message."""
    Answers(engine).claim(name, "m1", _digest("bonjour"), None, 0)
    one, two = Site(engine), Site(engine)
    one.assistant.go.set()
    two.assistant.go.set()
    answers = await asyncio.gather(
        one.turns.answer(name, "m1", text="bonjour"), two.turns.answer(name, "m1", text="bonjour")
    )
    assert answers[0] == answers[1]
    assert len(one.assistant.turns + two.assistant.turns) == 1


async def test_a_refused_message_leaves_its_id_free(site: Site, name: str) -> None:
    site.assistant.go.set()
    for error in (Busy(), UnknownPayload()):
        site.assistant.error = error
        with pytest.raises(type(error)):
            await site.turns.answer(name, "m1", text="bonjour")
    site.assistant.error = None
    assert (await site.turns.answer(name, "m1", text="autre"))["messages"]


async def test_another_message_may_not_take_the_id(site: Site, name: str) -> None:
    """Else it would get the answer to something else, and be lost."""
    site.assistant.crisis = False
    first = asyncio.ensure_future(site.turns.answer(name, "m1", text="bonjour"))
    while not site.assistant.turns:
        await asyncio.sleep(0)
    with pytest.raises(IdUsed):
        await site.turns.answer(name, "m1", text="au secours")
    site.assistant.go.set()
    await first
    for other in ({"text": "au secours"}, {"payload": "bonjour"}):
        with pytest.raises(IdUsed):
            await site.turns.answer(name, "m1", **other)


async def test_of_a_cry_for_help_not_even_a_digest_is_kept(site: Site, name: str) -> None:
    site.assistant.go.set()
    first = await site.turns.answer(name, "m1", text="au secours", said="au secours")
    entry = site.answers.find(name, "m1")
    assert entry and entry.answer and entry.said is None and len(entry.digest) < 10
    assert await site.turns.answer(name, "m1", text="au secours") == first
    assert len(site.assistant.turns) == 1


async def test_the_turn_goes_on_without_the_visitor(site: Site, name: str) -> None:
    request = asyncio.ensure_future(site.turns.answer(name, "m1", text="bonjour"))
    while not site.assistant.turns:
        await asyncio.sleep(0)
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    site.assistant.go.set()
    assert (await site.turns.answer(name, "m1", text="bonjour"))["messages"]
    assert len(site.assistant.turns) == 1


async def test_deleting_while_it_is_answered_leaves_nothing(site: Site, name: str) -> None:
    request = asyncio.ensure_future(site.turns.answer(name, "m1", text="bonjour"))
    while not site.assistant.turns:
        await asyncio.sleep(0)
    site.conversations.erase(name)
    erased: list[str] = []
    erase = site.conversations.erase
    site.conversations.erase = lambda n: (erased.append(n), erase(n))[1]  # type: ignore
    site.assistant.go.set()
    with pytest.raises(UnknownConversation):
        await request
    assert erased == [name], "what the turn wrote after the deletion goes, too"
    assert site.answers.of(name) == []


async def test_the_answer_to_delete_everything_is_kept(site: Site, name: str) -> None:
    """That message empties the conversation, its own claim included, and goes on."""
    request = asyncio.ensure_future(site.turns.answer(name, "m1", text="delete", said="delete"))
    while not site.assistant.turns:
        await asyncio.sleep(0)
    site.answers.release(name, "m1")
    site.assistant.go.set()
    first = await request
    assert await site.turns.answer(name, "m1", text="delete") == first
    [entry] = site.answers.of(name)
    assert entry.said is None, "what was said stays deleted"


async def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    site: Site, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bool:
        raise sa.exc.OperationalError("x", {}, Exception())

    monkeypatch.setattr(site.answers, "complete", broken)
    site.assistant.go.set()
    assert (await site.turns.answer(name, "m1", text="bonjour"))["messages"]


async def test_the_dialogue_itself_knows_a_message_again(assistant: Assistant) -> None:
    """Killed after the turn and before its answer was kept: the retry finds the turn done."""
    first = await assistant.answer("killed", text="j'ai des dettes", message_id="m1")
    again = await assistant.answer("killed", text="j'ai des dettes", message_id="m1")
    assert again.messages == first.messages and again.services == first.services
    said = States(assistant._database).said("killed")
    assert [line["text"] for line in said if line["who"] == "visitor"] == ["j'ai des dettes"]


def _digest(text: str) -> str:
    from bot.channels.web._turns import digest_of

    return digest_of(text, None)


class Server:
    """The real server in a process of its own, that can be killed."""

    def __init__(self, database: Path) -> None:
        self.address = ""
        self._database = database
        self._log = database.with_suffix(".log")
        self._process: Any = None

    def start(self) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        settings = {
            "WEEWEISER_PORT": str(port),
            "WEEWEISER_DATABASE": f"sqlite:///{self._database}",
            "WEEWEISER_DEADLINE_SECONDS": "60",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=self._log.open("ab"),
        )
        end = time.monotonic() + 240
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.address}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.5)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        if self._process and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
        WATCH.read(self._log)


@pytest.fixture
async def server(model: Path, tmp_path: Path) -> AsyncIterator[Server]:
    started = Server(tmp_path / "weeweiser.db")
    started.start()
    yield started
    started.kill()


async def test_after_a_kill_the_answer_is_the_same(server: Server, tmp_path: Path) -> None:
    """Between the answer and its arrival the process is killed; the visitor's page sends again."""
    started = httpx.post(f"{server.address}/api/conversations", json={"lang": "fr"}, timeout=60)
    headers = {"Authorization": f"Bearer {started.json()['token']}"}
    path = f"/api/conversations/{started.json()['id']}/messages"
    body = {"id": "m1", "text": "j'ai des dettes"}
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'weeweiser.db'}", future=True)
    answers = Answers(engine)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(timeout=90) as client:
            return await client.post(f"{server.address}{path}", json=body, headers=headers)

    lost = asyncio.ensure_future(ask())
    name = started.json()["id"]
    while not ((entry := answers.find(name, "m1")) and entry.answer):
        await asyncio.sleep(0.001)
    server.kill()
    await asyncio.gather(lost, return_exceptions=True)
    server.start()
    again = await ask()
    assert again.status_code == 200
    assert again.json()["messages"] == entry.answer["messages"]
    third = await ask()
    assert third.json() == again.json()
    said = [line["text"] for line in States(engine).said(name) if line["who"] == "visitor"]
    assert said.count("j'ai des dettes") == 1
