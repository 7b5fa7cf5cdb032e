"""Several assistants beside each other, forked from one loaded model."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assistant_process import AssistantGone, Setup
from bot.assistants import Assistants
from bot.store import States, open_database


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('assistants') / 'weeweiser.db'}"


@pytest.fixture(scope="module")
async def two(model: Path, database: str) -> AsyncIterator[Assistants]:
    started = Assistants(Setup(model, database, deadline=60.0, log_level="WARNING"), 2)
    started.start()
    yield started
    started.stop()


def of_each(two: Assistants) -> tuple[str, str]:
    """A conversation of the first assistant, and one of the second."""
    first, second = two._all
    names = [f"visitor {number}" for number in range(50)]
    return (
        next(name for name in names if two._of(name) is first),
        next(name for name in names if two._of(name) is second),
    )


async def test_both_answer(two: Assistants, database: str) -> None:
    names = of_each(two)
    await asyncio.gather(*(two.answer(name, text="ech wunnen zu Esch") for name in names))
    replies = await asyncio.gather(*(two.answer(name, text="ech hu Scholden") for name in names))
    for reply in replies:
        assert "surendettement" in reply.services
    await two.erase(names[1])
    states = States(open_database(database))
    assert states.load(names[0]) is not None
    assert states.load(names[1]) is None


async def test_the_rest_of_what_is_asked(two: Assistants) -> None:
    assert (await two.greet("visitor", "lb")).language == "lb"
    found = await asyncio.gather(*(two.parse("j'ai des dettes") for _ in range(2)))
    assert [one["intent"]["name"] for one in found] == ["debt_help", "debt_help"]
    assert two.words("utter_person_answers_role", "de", role="R")[0]["lang"] == "de"


async def test_they_share_one_loaded_model(two: Assistants) -> None:
    first, second = (_parent_of(one._process.pid) for one in two._all)
    assert first == second
    assert first != os.getpid(), "they would load the model again"


async def test_one_that_ends_leaves_the_other_at_work(two: Assistants) -> None:
    dying, living = of_each(two)
    gone = two._all[0]._process.pid
    assert gone
    os.kill(gone, signal.SIGSTOP)
    lost = asyncio.ensure_future(two.answer(dying, text="bonjour"))
    await asyncio.sleep(0.1)
    os.kill(gone, signal.SIGKILL)
    with pytest.raises(AssistantGone):
        await lost
    assert (await two.answer(living, text="bonjour")).messages
    assert (await two.answer(dying, text="bonjour")).messages
    assert two._all[0]._process.pid != gone


def _parent_of(process: "int | None") -> int:
    stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    return int(stat.rpartition(")")[2].split()[1])
