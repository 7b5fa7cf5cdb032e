"""`make bench`: how long a message takes to understand and to answer, and how that grows.

`python -m benchmarks search [DATABASE]`: the same of the search, see benchmarks/search.py.
`python -m benchmarks messenger [DATABASE]`: how soon webhooks are acknowledged, see
benchmarks/messenger.py.
`python -m benchmarks serving [SOAK]`: stock Rasa and our server with the same model, see
benchmarks/serving.py.

Everything runs on one core and in one run, so that the ratios can be compared between machines.
"""

import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Awaitable, Callable

MEASURE = "measure"
if sys.argv[1:2] == [MEASURE]:
    # Before anything starts threads of its own: they inherit it.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

from bot import logs  # noqa: E402

logs.configure("WARNING")

# The stock pipeline needs it: our assistant does without (bot/slim_rasa.py).
import tensorflow  # noqa: E402, F401

from bot.assistant import Assistant  # noqa: E402  Rasa is imported after the logs are set
from bot.evaluation import read_cases  # noqa: E402
from bot.model import fitting  # noqa: E402
from bot.settings import ROOT, Settings  # noqa: E402
from bot.store import open_database  # noqa: E402

TURNS = (
    "Ech hu Scholden a weess net méi wat maachen",
    "je cherche une crèche pour mon fils de trois ans à Esch",
    "Wo ist das nächste Jugendhaus in Bonneweg?",
    "merci",
    "wéi ass d'Telefonsnummer",
)
ROUNDS = 20
LONG = 200
#: Turns at each end of a long conversation that are compared: the same sentences.
WINDOW = 20
#: Every so many-th message of the test sets is timed.
EVERY = 5


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds one call takes."""
    start = time.perf_counter()
    await work()
    return (time.perf_counter() - start) * 1000


async def worked(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds of computing one call takes: what else the machine does is not in it."""
    start = time.process_time()
    await work()
    return (time.process_time() - start) * 1000


def summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "messages": len(ordered),
        "p50_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2),
    }


def messages() -> list[str]:
    """Real messages of every length: a share of the test sets."""
    paths = sorted((ROOT / "tests" / "nlu").glob("*.tsv"))
    return [case["text"] for path in paths for case in read_cases(path)][::EVERY]


async def understanding(model: Path, texts: list[str]) -> dict[str, float]:
    """The whole NLU pipeline of a model, one message after the other."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(str(model))
    assert agent.processor
    gc.collect()
    gc.freeze()  # as the assistant does once it is loaded
    for text in texts[:20]:
        await agent.processor.parse_message(UserMessage(text=text, metadata={}))
    return summary(
        [
            await timed(
                lambda t=text: agent.processor.parse_message(UserMessage(text=t, metadata={}))  # type: ignore[misc]
            )
            for text in texts
        ]
    )


async def answering(assistant: Assistant) -> dict[str, Any]:
    turns = [
        await timed(lambda n=n, t=t: assistant.answer(f"bench-{n}", text=t))  # type: ignore[misc]
        for n in range(ROUNDS)
        for t in TURNS
    ]
    long = [
        await worked(lambda t=TURNS[n % len(TURNS)]: assistant.answer("long", text=t))  # type: ignore[misc]
        for n in range(LONG)
    ]
    grown = statistics.median(long[-WINDOW:]) / statistics.median(long[5 : 5 + WINDOW])
    return {**summary(turns), "turn_200_to_turn_10": round(grown, 2)}


def measure(ours: Path, stock: Path) -> dict[str, Any]:
    texts = messages()
    result: dict[str, Any] = {
        "understand": asyncio.run(understanding(ours, texts)),
        "understand_stock_rasa": asyncio.run(understanding(stock, texts)),
    }
    mine, theirs = result["understand"], result["understand_stock_rasa"]
    result["understand_to_stock_p50"] = round(mine["p50_ms"] / theirs["p50_ms"], 2)
    result["understand_to_stock_p95"] = round(mine["p95_ms"] / theirs["p95_ms"], 2)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/conversations.db")
        assistant = Assistant(ours, database=database, deadline=30.0)
        assistant.start()
        result["answer"] = asyncio.run(answering(assistant))
        assistant.stop()
        database.dispose()
    return result


def main() -> None:
    """Trains what is missing on all cores, then measures in a process that has one."""
    from benchmarks.stock import stock_model

    models = [str(fitting(Settings().models)), str(stock_model())]
    command = [sys.executable, "-m", "benchmarks", MEASURE, *models]
    raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)  # noqa: S603


if sys.argv[1:2] == [MEASURE]:
    sys.stdout.write(json.dumps(measure(*map(Path, sys.argv[2:4])), indent=2) + "\n")
elif sys.argv[1:2] == ["search"]:
    from benchmarks.search import main as search

    search(*sys.argv[2:3])
elif sys.argv[1:2] == ["messenger"]:
    from benchmarks.messenger import main as messenger

    messenger(*sys.argv[2:3])
elif sys.argv[1:2] == ["serving"]:
    from benchmarks.serving import main as serving

    serving(*sys.argv[2:3])
elif not sys.argv[1:]:
    main()
else:
    sys.stderr.write(f"{__doc__}")
    raise SystemExit(0 if sys.argv[1] in ("-h", "--help") else 2)
