"""`python -m benchmarks messenger [DATABASE]`: how soon webhooks are acknowledged under load.

A hundred webhooks a second, each a message of somebody, come to a real server, more than the
assistant can answer: it is saturated all the time. Each is timed from when it was due, so that a
stall counts for all that had to wait, also one of this program: it shares the cores with the server
(`late_p99_ms` says how long after it was due a webhook left here). A stand-in takes what is sent.
"""

import asyncio
import gc
import hashlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Optional

ROOT = Path(__file__).resolve().parents[1]
PER_SECOND = 100
SECONDS = 30
WARM_UP = 5
PEOPLE = 1000
CONNECTIONS = 16
PAGE = "100000000000001"
TEXTS = (
    "Ech hu Scholden a weess net méi wat maachen",
    "je cherche une crèche pour mon fils de trois ans à Esch",
    "Wo ist das nächste Jugendhaus in Bonneweg?",
    "merci",
)


class Connection:
    """One kept-alive connection to the server; a request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: Optional[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = None

    async def post(self, raw: bytes, signature: str) -> int:
        """The status of the answer; 0 when there was none."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            head = (
                "POST /webhooks/messenger HTTP/1.1\r\nHost: localhost\r\n"
                f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(raw)}\r\n\r\n"
            )
            writer.write(head.encode() + raw)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = answer.partition("content-length:")[2].split("\r\n")[0]
            await reader.readexactly(int(length))
            return int(answer.split()[1])
        except (OSError, asyncio.IncompleteReadError, ValueError):
            self._streams = None
            return 0


async def graph(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes every call, as Meta does when all is well."""
    body = b'{"recipient_id": "1", "message_id": "m"}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    try:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode().lower():
            length = head.partition("content-length:")[2].split("\r\n")[0] or "0"
            await reader.readexactly(int(length))
            writer.write(answer % (len(body), body))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def webhook(number: int) -> bytes:
    """A message of one of the people."""
    now = int(time.time() * 1000)
    item = {
        "sender": {"id": str(7_000_000_000_000_000 + number % PEOPLE)},
        "recipient": {"id": PAGE},
        "timestamp": now,
        "message": {"mid": f"m_{number}", "text": TEXTS[number % len(TEXTS)]},
    }
    entry = {"id": PAGE, "time": now, "messaging": [item]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


async def load(port: int, secret: str) -> list[tuple[float, float, int]]:
    """Of each webhook: milliseconds from when it was due until its answer, and until it was sent,
    and the status.
    """
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(Connection(port))
    results: list[tuple[float, float, int]] = []

    async def one(number: int, due: float) -> None:
        connection = await free.get()
        raw = webhook(number)
        signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        late = time.perf_counter() - due
        status = await connection.post(raw, signature)
        results.append(((time.perf_counter() - due) * 1000, late * 1000, status))
        free.put_nowait(connection)

    begin = time.perf_counter()
    tasks = []
    for number in range(PER_SECOND * (WARM_UP + SECONDS)):
        due = begin + number / PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    return results[PER_SECOND * WARM_UP :]


async def measure(database: str) -> dict[str, Any]:
    server = await asyncio.start_server(graph, "127.0.0.1", 0)
    calls = server.sockets[0].getsockname()[1]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secret = secrets.token_hex(16)
    settings = {
        "PORT": str(port),
        "DATABASE": database,
        "MESSENGER_PAGE_ID": PAGE,
        "MESSENGER_APP_ID": "1",
        "MESSENGER_APP_SECRET": secret,
        "MESSENGER_PAGE_TOKEN": secrets.token_hex(16),
        "MESSENGER_VERIFY_TOKEN": secrets.token_hex(16),
        "MESSENGER_PRIVACY_KEY": secrets.token_hex(32),
        "MESSENGER_GRAPH_ADDRESS": f"http://127.0.0.1:{calls}",
        "LOG_LEVEL": "WARNING",
    }
    named = {f"WEEWEISER_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "bot", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **named})  # noqa: S603
    try:
        while not await _serves(port):
            if process.poll() is not None:
                raise SystemExit("the server did not start")
            await asyncio.sleep(0.5)
        # This program has loaded as much as the server: to go through all of it stops it for half a
        # second, which would count as the server's.
        gc.collect()
        gc.freeze()
        results = await load(port, secret)
        waiting = await _waiting(port)
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
        server.close()
    times = sorted(ms for ms, _, _ in results)
    late = sorted(ms for _, ms, _ in results)
    return {
        "database": database.partition(":")[0],
        "webhooks": len(times),
        "not_200": sum(status != 200 for _, _, status in results),
        "p50_ms": round(times[len(times) // 2], 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "p99_ms": round(times[int(len(times) * 0.99)], 1),
        "most_ms": round(times[-1], 1),
        "late_p99_ms": round(late[int(len(late) * 0.99)], 1),
        "unanswered_at_the_end": waiting,
    }


async def _serves(port: int) -> bool:
    return (await _get(port, "/healthz")).startswith("HTTP/1.1 200")


async def _waiting(port: int) -> float:
    """Messages that wait for the assistant: more than none shows that it was saturated."""
    await asyncio.sleep(16)  # counted every 15 seconds
    lines = (await _get(port, "/metrics")).splitlines()
    line = next(x for x in lines if x.startswith('weeweiser_messenger_waiting{box="inbox"}'))
    return float(line.split()[-1])


async def _get(port: int, path: str) -> str:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        answer = (await reader.read()).decode()
        writer.close()
    except OSError:
        return ""
    return answer


def main(database: Optional[str] = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(database or f"sqlite:///{folder}/weeweiser.db"))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
