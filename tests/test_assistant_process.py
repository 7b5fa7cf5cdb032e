"""The assistant in a process of its own: the same answers, and what happens when it ends."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assistant import Assistant, UnknownPayload
from bot.assistant_process import AssistantGone, AssistantProcess, Setup
from bot.settings import ROOT
from bot.store import States, open_database

#: A server of which nothing is left but what it started.
PARENT = """
import sys
from pathlib import Path
from bot import logs
logs.configure("ERROR")
from bot.assistant_process import AssistantProcess, Setup
if __name__ == "__main__":
    process = AssistantProcess(Setup(Path(sys.argv[1]), sys.argv[2]))
    process.start()
    print(process._process.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('process') / 'weeweiser.db'}"


@pytest.fixture(scope="module")
async def process(model: Path, database: str) -> AsyncIterator[AssistantProcess]:
    started = AssistantProcess(Setup(model, database, deadline=60.0, log_level="WARNING"))
    started.start()
    yield started
    started.stop()
    assert started._process.exitcode is not None


async def test_it_answers_as_the_assistant_does(
    process: AssistantProcess, assistant: Assistant, database: str
) -> None:
    for text in ("ech hu Scholden", "ech wëll stierwen"):
        here = await assistant.answer(f"apart {text}", text=text)
        assert await process.call("answer", f"apart {text}", text=text) == here
    assert await process.call("greet", "apart", "de") == await assistant.greet("apart", "de")
    assert (await process.call("parse", "j'ai des dettes"))["intent"]["name"] == "debt_help"
    for language in ("lb", "xx"):
        words = ("utter_person_answers_role", language)
        assert process.words(*words, role="R") == assistant.words(*words, role="R")
    assert States(open_database(database)).load("apart") is not None
    await process.call("erase", "apart")
    assert States(open_database(database)).load("apart") is None


async def test_many_are_answered_each_its_own(process: AssistantProcess) -> None:
    texts = [f"j'habite à Mersch {n}" for n in range(4)]
    found = await asyncio.gather(*(process.call("parse", text) for text in texts))
    assert [one["text"] for one in found] == texts


async def test_what_it_raises_is_raised_here(process: AssistantProcess) -> None:
    with pytest.raises(UnknownPayload):
        await process.call("answer", "payload", payload='/inform{"place": "Mersch"}')


async def test_when_it_is_killed_another_goes_on(process: AssistantProcess) -> None:
    first = process._process
    assert first.pid
    os.kill(first.pid, signal.SIGSTOP)
    asked = asyncio.ensure_future(process.call("answer", "killed", text="ech hu Scholden"))
    await asyncio.sleep(0.1)
    os.kill(first.pid, signal.SIGKILL)
    with pytest.raises(AssistantGone):
        await asyncio.wait_for(asked, 5)
    reply = await asyncio.wait_for(process.call("answer", "killed", text="ech hu Scholden"), 60)
    assert "surendettement" in reply.services
    assert process._process.pid != first.pid


def test_it_can_be_stopped_while_another_is_started(model: Path, database: str) -> None:
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    process = AssistantProcess(Setup(model, database, log_level="CRITICAL"))
    process.start()
    first = process._process
    assert first.pid
    os.kill(first.pid, signal.SIGKILL)
    end = time.monotonic() + 30
    while process._process is first or process._process.pid is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    process.stop()
    process._reader.join(30)
    signal.signal(signal.SIGTERM, before)
    assert not process._reader.is_alive()
    assert process._process.exitcode is not None
    assert told == [], "the server is not told to end: it ends already"


def test_a_model_that_is_not_there(tmp_path: Path, database: str) -> None:
    with pytest.raises(FileNotFoundError):
        AssistantProcess(Setup(tmp_path / "missing.tar.gz", database))


def test_a_model_that_cannot_be_loaded(tmp_path: Path, database: str) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no model")
    with pytest.raises(RuntimeError, match="could not be loaded"):
        AssistantProcess(Setup(broken, database, log_level="CRITICAL")).start()


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(model: Path, address: str) -> None:
    with pytest.raises(ValueError, match="in memory"):
        AssistantProcess(Setup(model, address))


def test_it_ends_with_its_server(model: Path, database: str) -> None:
    """Else an old one might answer a message beside the new one's."""
    command = [sys.executable, "-c", PARENT, str(model), database]
    server = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout
    number = int(server.stdout.readline())
    os.kill(number, 0)
    server.kill()
    server.wait()
    end = time.monotonic() + 10
    while _runs(number):
        assert time.monotonic() < end, "it runs on"
        time.sleep(0.05)


def test_it_logs_as_it_is_told_to(model: Path, tmp_path: Path) -> None:
    """And not as the process it is forked from."""
    told = "sys.argv[2], log_format='json', log_level='INFO'"
    script = PARENT.replace("sys.argv[2]", told)
    command = [sys.executable, "-c", script, str(model), f"sqlite:///{tmp_path / 'new.db'}"]
    log = tmp_path / "log"
    with log.open("w") as written:
        server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=written
        )
        assert server.stdout and server.stdout.readline()
        server.kill()
        server.wait()
    # A new database is made ready, which is told line by line.
    lines = [line for line in log.read_text().splitlines() if "alembic" in line]
    assert lines, log.read_text()[-2000:]
    assert all(json.loads(line)["level"] == "INFO" for line in lines)


def _runs(number: int) -> bool:
    try:
        found = Path(f"/proc/{number}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return found.rpartition(")")[2].split()[0] != "Z"
