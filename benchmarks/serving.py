"""`python -m benchmarks serving [SOAK]`: the same trained model served by stock Rasa and by us.

Stock: `rasa run` and `rasa run actions`, its REST channel. Ours: `python -m bot serve` on SQLite.
Each serves on one core, one after the other; the visitors run on another. One visitor at a time
with a pause between two messages (light load), then forty at once without any; then the same with
harder messages. How long a page that
computes nothing waits meanwhile says how long the event loop was held up. `SOAK`: so many turns
(default 20,000) in conversations of fifty follow, while the memory is watched.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from bot.model import fitting
from bot.settings import ROOT, Settings

VISITORS = 40
SECONDS = 15.0
LIGHT = 100
LIGHT_PAUSE = 0.05
LOOK = 0.05
PATIENCE = 240.0
SOAK = 20_000
PER_CONVERSATION = 50
#: The same sentences since the first measurement, so that figures can be compared.
TURNS = (
    "Ech hu Scholden a weess net méi wat maachen",
    "je cherche une crèche pour mon fils de trois ans à Esch",
    "Wo ist das nächste Jugendhaus in Bonneweg?",
    "merci",
    "wéi ass d'Telefonsnummer",
)
#: None of them is easy: their meaning is embedded, and most are answered for two needs.
HARD_TURNS = (
    "Depuis que mon mari est parti, le loyer n'est plus payé et mon fils rentre seul de l'école",
    "Bei uns ist alles abgestellt, mein Ältester traut sich nicht mehr in die Schule",
    "Et ass kal dobaussen, hie schléift am Auto a wëll mat kengem schwätzen",
    "Seit wir hier wohnen, kennt uns niemand, meine Mutter sitzt nur noch vor dem Fernseher",
)
SERVER_CORE, VISITORS_CORE = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))


class Connection:
    """One kept-alive connection; a request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: Optional[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = None

    async def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """The JSON of the answer. Raises OSError or ValueError when there is none."""
        try:
            return await self._ask(method, path, body, token)
        except asyncio.IncompleteReadError:  # the server has ended what was idle for seconds
            self._streams = None
            return await self._ask(method, path, body, token)

    async def _ask(self, method: str, path: str, body: Any, token: str) -> Any:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        raw = json.dumps(body).encode() if body is not None else b""
        allowed = f"Authorization: Bearer {token}\r\n" if token else ""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{allowed}"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
            + raw
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
        content = await reader.readexactly(length)
        status = int(head.split()[1])
        if status >= 300:
            raise ValueError(f"{status} {content[:200]!r}")
        return json.loads(content) if b"{" in content or b"[" in content else content

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()


class Visitor:
    """Somebody with a connection of their own."""

    def __init__(self, port: int, number: int) -> None:
        self.connection = Connection(port)
        self.number = number

    async def begin(self) -> None:
        """Begins a conversation."""

    async def say(self, text: str) -> None:
        raise NotImplementedError


class OurVisitor(Visitor):
    async def begin(self) -> None:
        begun = await self.connection.ask("POST", "/api/conversations", {})
        self._path, self._token = f"/api/conversations/{begun['id']}/messages", begun["token"]

    async def say(self, text: str) -> None:
        answer = await self.connection.ask("POST", self._path, {"text": text}, self._token)
        assert answer["messages"]


class StockVisitor(Visitor):
    async def say(self, text: str) -> None:
        body = {"sender": f"visitor-{self.number}", "message": text}
        assert await self.connection.ask("POST", "/webhooks/rest/webhook", body)


@contextlib.contextmanager
def serving(commands: list[list[str]], settings: dict[str, str]) -> Iterator[list[int]]:
    """Runs the programs on one core; gives the numbers of their processes."""
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", **settings}
    running = []
    given = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL}
    # They inherit the core.
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        for command in commands:
            running.append(
                subprocess.Popen(command, stderr=subprocess.DEVNULL, **given)  # type: ignore[call-overload]  # noqa: S603
            )
        os.sched_setaffinity(0, {VISITORS_CORE})
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


async def ready(begin: float, try_it: Callable[[], Awaitable[object]]) -> float:
    """Seconds since the start until it answers."""
    while time.monotonic() < begin + PATIENCE:
        with contextlib.suppress(OSError, ValueError, AssertionError, asyncio.IncompleteReadError):
            await try_it()
            return round(time.monotonic() - begin, 1)
        await asyncio.sleep(0.2)
    raise SystemExit("it does not start")


async def load(
    port: int,
    visitor: type[Visitor],
    idle: str,
    processes: list[int],
    turns: Sequence[str] = TURNS,
) -> dict[str, Any]:
    """Light load, then all at once."""
    one = visitor(port, 0)
    await one.begin()
    for text in turns:  # warm
        await one.say(text)
    times = []
    for n in range(LIGHT):
        begin = time.perf_counter()
        await one.say(turns[n % len(turns)])
        times.append((time.perf_counter() - begin) * 1000)
        await asyncio.sleep(LIGHT_PAUSE)
    many, lags, over = [visitor(port, n + 1) for n in range(VISITORS)], [], asyncio.Event()
    for each in many:
        await each.begin()

    async def look() -> None:
        connection = Connection(port)
        while not over.is_set():
            begin = time.perf_counter()
            await connection.ask("GET", idle)
            lags.append((time.perf_counter() - begin) * 1000)
            await asyncio.sleep(LOOK)

    busy: list[float] = []
    end = time.perf_counter() + SECONDS

    async def talk(each: Visitor) -> None:
        n = each.number
        while (begin := time.perf_counter()) < end:
            await each.say(turns[n % len(turns)])
            busy.append((time.perf_counter() - begin) * 1000)
            n += 1

    computed = computing(processes)
    looking = asyncio.create_task(look())
    await asyncio.gather(*(talk(each) for each in many))
    computed = computing(processes) - computed
    over.set()
    await looking
    return {
        "light": summary(times),
        "forty": {
            **summary(busy),
            "turns_a_second": round(len(busy) / SECONDS, 1),
            "computing_ms_a_turn": round(computed * 1000 / len(busy), 1),
        },
        "idle_page_while_forty": summary(lags),
    }


async def soak(port: int, turns: int, processes: list[int]) -> dict[str, Any]:
    """Many turns in ever new conversations; how the memory grows after the first fifth."""
    done, seen = 0, []

    async def talk(number: int) -> None:
        nonlocal done
        while done < turns:
            one = OurVisitor(port, number)
            await one.begin()
            for n in range(PER_CONVERSATION):
                await one.say(TURNS[n % len(TURNS)])
                done += 1
            one.connection.close()

    begin = time.monotonic()
    talking = asyncio.gather(*(talk(n) for n in range(8)))
    while not talking.done():
        seen.append((done, resident(processes)))
        await asyncio.sleep(1)
    await talking
    late = [(n, mb) for n, mb in seen if n > turns / 5]
    return {
        "turns": done,
        "seconds": round(time.monotonic() - begin),
        "mb_after_a_fifth": round(late[0][1], 1),
        "mb_at_the_end": round(late[-1][1], 1),
        "mb_a_thousand_turns": round(slope(late) * 1000, 3),
    }


def slope(points: list[tuple[int, float]]) -> float:
    """By least squares."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    square = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / square if square else 0.0


def memory(parents: list[int]) -> list[dict[str, Any]]:
    """Resident and private memory of processes and their children that weigh something."""
    found = []
    for number in [n for parent in parents for n in family(parent)]:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii")
            kb = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
            private = kb["Private_Clean"] + kb["Private_Dirty"]
            size = {"rss_mb": kb["Rss"] / 1024, "private_mb": private / 1024}
            # Shared pages divided by those who share them: these add up.
            size["pss_mb"] = kb["Pss"] / 1024
            if kb["Rss"] > 30 * 1024:
                found.append({name: round(mb, 1) for name, mb in size.items()})
    return found


def resident(parents: list[int]) -> float:
    """Memory of all of them together, in MB; what they share counts once."""
    return round(sum(process["pss_mb"] for process in memory(parents)), 1)


def computing(parents: list[int]) -> float:
    """Seconds of the processor that processes and their children have used: free of what else the
    machine does.
    """
    ticks = 0
    for number in [n for parent in parents for n in family(parent)]:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{number}/stat").read_text(encoding="ascii")
            ticks += sum(map(int, text.rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def family(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [parent, *(n for child in children for n in family(int(child)))]


def summary(times: list[float]) -> dict[str, Any]:
    ordered = sorted(times)
    at = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {
        "count": len(ordered),
        **{name: round(ordered[int(len(ordered) * share)], 1) for name, share in at.items()},
        "most_ms": round(ordered[-1], 1),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ours(folder: Path, turns: int) -> dict[str, Any]:
    def settings(port: int, assistants: int = 1) -> dict[str, str]:
        own = {
            "ASSISTANTS": str(assistants),
            "PORT": str(port),
            "DATABASE": f"sqlite:///{folder}/{port}.db",
            "CLIENT_REQUESTS_PER_MINUTE": "0",
            "MESSAGES_PER_MINUTE": "0",
            "LOG_LEVEL": "WARNING",
            "DEADLINE_SECONDS": "30",
        }
        return {f"WEEWEISER_{name}": value for name, value in own.items()}

    port, further = free_port(), free_port()
    command = [[sys.executable, "-m", "bot", "serve"]]
    begin = time.monotonic()
    with serving(command, settings(port)) as processes:
        seconds = await ready(begin, lambda: Connection(port).ask("GET", "/readyz"))
        found = {"ready_s": seconds, **await load(port, OurVisitor, "/healthz", processes)}
        found["hard"] = await load(port, OurVisitor, "/healthz", processes, HARD_TURNS)
        found["memory"] = memory(processes)
        found["memory_mb"] = resident(processes)
        begin = time.monotonic()
        with serving(command, settings(further, assistants=2)) as others:
            await ready(begin, lambda: Connection(further).ask("GET", "/readyz"))
            await load(further, OurVisitor, "/healthz", others)
            found["memory_with_two_assistants"] = memory(others)
            found["memory_with_two_assistants_mb"] = resident(others)
        found["soak"] = await soak(port, turns, processes)
    return found


async def stock(folder: Path, model: Path) -> dict[str, Any]:
    port, actions = free_port(), free_port()
    endpoints = folder / "endpoints.yml"
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8").replace("5055", str(actions))
    endpoints.write_text(text, encoding="utf-8")
    rasa = str(Path(sys.executable).parent / "rasa")
    run = [rasa, "run", "-m", str(model), "-p", str(port), "--endpoints", str(endpoints)]
    commands = [[rasa, "run", "actions", "-p", str(actions)], [*run, "--credentials"]]
    commands[1].append(str(ROOT / "credentials.yml"))
    begin = time.monotonic()
    with serving(commands, {}) as processes:
        first = StockVisitor(port, 10_000)

        async def answers() -> None:
            first.connection = Connection(port)
            await first.say("merci")

        seconds = await ready(begin, answers)
        found = {"ready_s": seconds, **await load(port, StockVisitor, "/", processes)}
        found["hard"] = await load(port, StockVisitor, "/", processes, HARD_TURNS)
        found["memory"] = memory(processes)
        found["memory_mb"] = resident(processes)
    return found


async def measure(turns: int) -> dict[str, Any]:
    model = fitting(Settings().models)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mine = await ours(folder, turns)
        theirs = await stock(folder, model)
    return {
        "load_average": os.getloadavg(),
        "ours": mine,
        "stock": theirs,
        "ours_to_stock": ratios(mine, theirs),
        "ours_to_stock_hard": ratios(mine["hard"], theirs["hard"]),
    }


def ratios(mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    """Of what `load` gave for both."""
    compared = {
        "light_p50": ("light", "p50_ms"),
        "light_p95": ("light", "p95_ms"),
        "forty_p95": ("forty", "p95_ms"),
        "computing": ("forty", "computing_ms_a_turn"),
        "throughput": ("forty", "turns_a_second"),
    }
    return {
        name: round(mine[kind][figure] / theirs[kind][figure], 3)
        for name, (kind, figure) in compared.items()
    }


def main(turns: str = str(SOAK)) -> None:
    os.sched_setaffinity(0, {VISITORS_CORE})
    found = asyncio.run(measure(int(turns)))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
