"""`make bench`: how long a message takes to understand and to answer, and how that grows."""

import asyncio
import json
import statistics
import sys
import time
from typing import Awaitable, Callable

from bot import logs

logs.configure("WARNING")

from bot.assistant import Assistant  # noqa: E402  Rasa is imported after the logs are set
from bot.model import fitting  # noqa: E402
from bot.settings import Settings  # noqa: E402

TEXTS = (
    "Ech hu Scholden a weess net méi wat maachen",
    "je cherche une crèche pour mon fils de trois ans à Esch",
    "Wo ist das nächste Jugendhaus in Bonneweg?",
    "merci",
    "wéi ass d'Telefonsnummer",
)
ROUNDS = 40
LONG = 100


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds one call takes."""
    start = time.perf_counter()
    await work()
    return (time.perf_counter() - start) * 1000


def summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
    }


async def measure(assistant: Assistant) -> dict[str, object]:
    for text in TEXTS:
        await assistant.parse(text)
    understand = [
        await timed(lambda t=text: assistant.parse(t))  # type: ignore[misc]
        for _ in range(ROUNDS)
        for text in TEXTS
    ]
    turns = [
        await timed(lambda n=n, t=t: assistant.answer(f"bench-{n}", text=t))  # type: ignore[misc]
        for n in range(ROUNDS)
        for t in TEXTS
    ]
    long = [
        await timed(lambda t=TEXTS[n % len(TEXTS)]: assistant.answer("long", text=t))  # type: ignore[misc]
        for n in range(LONG)
    ]
    parse, turn = summary(understand), summary(turns)
    return {
        "understand": parse,
        "answer": turn,
        "answer_to_understand": round(turn["p50_ms"] / parse["p50_ms"], 2),
        "turn_100_to_turn_10": round(
            statistics.median(long[-10:]) / statistics.median(long[5:15]), 2
        ),
    }


def main() -> None:
    settings = Settings()
    assistant = Assistant(fitting(settings.models), deadline=30.0)
    assistant.start()
    result = asyncio.run(measure(assistant))
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


main()
