"""Does the work of the queue: answers, sends, reports. Several people at once, each in order."""

import asyncio
import logging
import os
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any, Awaitable, Callable, Optional, Protocol

from prometheus_client import Counter

from bot.assistant import Busy
from bot.channels.messenger._errors import GraphError, Refused, Temporary, UnknownPerson
from bot.channels.messenger._looking import LOOK_SECONDS, Looking
from bot.channels.messenger._person import Door, UnreadableAddress
from bot.channels.messenger._render import plain
from bot.channels.messenger._retry import next_try
from bot.channels.messenger._turn import Turn
from bot.channels.messenger._window import tag_for
from bot.logs import where
from bot.store import AWAY
from bot.store.messenger import Ask, Lost, Queue, Send, Step

_log = logging.getLogger(__name__)
_answers = Counter(
    "weeweiser_messenger_answers_total", "Messages of people, by what came of them", ["result"]
)
_sendings = Counter("weeweiser_messenger_sendings_total", "Messages to people", ["result"])

#: People served at the same time; the assistant answers one after the other anyway.
AT_ONCE = 8
_STUMBLE_MS = 2_000
_FAILED_MS = 10_000
_STOP_SECONDS = 10.0
#: As long as a claim holds.
_FREE_SECONDS = 60.0


class Sending(Protocol):
    """The part of the Graph API's client that is needed here."""

    async def send(
        self, recipient: str, body: dict[str, Any], tag: Optional[str] = None
    ) -> Any: ...

    async def action(self, recipient: str, action: Any) -> None: ...

    async def pass_thread(self, recipient: str) -> None: ...


class Worker(Looking):
    """Wake it when something came in."""

    def __init__(
        self,
        queue: Queue,
        turn: Turn,
        client: Sending,
        door: Door,
        erase: Callable[[str], Awaitable[None]],
        thread: ThreadPoolExecutor,
    ) -> None:
        super().__init__(thread)
        self._queue = queue
        self._turn = turn
        self._client = client
        self._door = door
        self._erase = erase
        self._running: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Lets what is under way end; what remains is found at the next start."""
        await super().stop()
        if self._running:
            await asyncio.wait(self._running, timeout=_STOP_SECONDS)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def wake_from_thread(self) -> None:
        """`wake`, said from another thread than the loop's."""
        if self._loop:
            self._loop.get_loop().call_soon_threadsafe(self.wake)

    async def _once(self) -> bool:
        free = AT_ONCE - len(self._running)
        try:
            claimed = await self._do(self._queue.claim, free, now()) if free else []
        except Exception as error:
            _log.error("messenger_queue_unreachable error=%s", type(error).__name__)
            claimed = []
        for person in claimed:
            task = asyncio.create_task(self._serve(person))
            self._running.add(task)
            task.add_done_callback(self._served)
        return bool(claimed)

    def _served(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._news.set()

    async def _serve(self, person: str) -> None:
        """Everything there is to do for one person, step by step."""
        try:
            step: Step = await self._do(self._queue.begin, person, now())
            while step is not None:
                if isinstance(step, Ask):
                    step = await self._answer(step)
                else:
                    step = await self._send(step)
        except Lost:
            _log.warning("messenger_claim_lost")
        except Exception as error:
            _log.error("messenger_step_failed error=%s", where(error))
            await self._give_up(person, 0 if isinstance(error, AWAY) else _FAILED_MS)

    async def _give_up(self, person: str, delay_ms: int) -> None:
        """As soon as the database takes it: nobody is to wait until the claim ends by itself."""
        end = time.monotonic() + _FREE_SECONDS
        while time.monotonic() < end:
            try:
                await self._do(self._queue.give_up, person, delay_ms, now())
                return
            except Exception as error:
                _log.error("messenger_queue_unreachable error=%s", type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def _answer(self, ask: Ask) -> Step:
        shown = asyncio.ensure_future(self._show_work(ask))
        try:
            answer = await self._turn.answer(ask)
        except Exception as error:
            if not isinstance(error, Busy):
                _log.error("messenger_answer_failed error=%s", where(error))
            _answers.labels("failed").inc()
            return await self._do(self._queue.stumbled, ask, _STUMBLE_MS, now())
        finally:
            # "typing" must not be shown after the answer.
            shown.cancel()
        _answers.labels(answer.state).inc()
        return await self._do(
            lambda: self._queue.answered(
                ask,
                answer.outgoing,
                now(),
                language=answer.language,
                choices=answer.choices,
                told_write=answer.told_write,
                urgent=answer.urgent,
                state=answer.state,
            )
        )

    async def _show_work(self, ask: Ask) -> None:
        try:
            number = self._door.unseal(ask.address)
        except UnreadableAddress:
            return
        if not ask.silent:
            await self._client.action(number, "mark_seen")
            await self._client.action(number, "typing_on")

    async def _send(self, send: Send) -> Step:
        if send.kind == "erase":
            await self._erase(send.person)
            return await self._do(self._queue.erased, send, now())
        try:
            await self._deliver(send)
        except GraphError as error:
            return await self._failed(send, error)
        except UnreadableAddress:
            _log.error("messenger_privacy_key_changed")
            _sendings.labels("unreadable").inc()
            return await self._do(self._queue.dead, send, "privacy key changed", now())
        _sendings.labels("sent").inc()
        return await self._do(self._queue.sent, send, now())

    async def _deliver(self, send: Send) -> None:
        number = self._door.unseal(send.address)
        if send.kind == "pass":
            await self._client.pass_thread(number)
            return
        wrote = datetime.fromtimestamp(send.wrote_at / 1000, timezone.utc)
        tag = tag_for(wrote, datetime.now(timezone.utc), by_person=send.by_person)
        await self._client.send(number, send.body, tag)

    async def _failed(self, send: Send, error: GraphError) -> Step:
        _sendings.labels(type(error).__name__).inc()
        if isinstance(error, UnknownPerson):
            await self._erase(send.person)
            return await self._do(self._queue.erased, send, now())
        if isinstance(error, Refused) and error.ours and send.kind == "message":
            simple = plain(send.body)
            if simple and ("attachment" in send.body or "quick_replies" in send.body):
                _log.error("messenger_body_refused error=%s", error)
                return await self._do(self._queue.replaced, send, simple, str(error), now())
        wait = next_try(error, send.tries)
        if wait is None:
            _log.error("messenger_dead_letter error=%s", error)
            return await self._do(self._queue.dead, send, str(error), now())
        if isinstance(error, Temporary) and error.unsure:
            return await self._do(self._queue.unsure, send, str(error), now())
        # A refused token is no fault of the message.
        counts = isinstance(error, Temporary)
        delay = int(wait * 1000)
        return await self._do(
            lambda: self._queue.later(send, delay, str(error), now(), counts=counts)
        )


def now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def worker_name() -> str:
    """A name no other worker has; says on which machine and in which process it is."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}:{secrets.token_hex(4)}"


def is_gone(name: str) -> bool:
    """Whether a worker's process ended: it ran on this machine and does not any more.

    Ask before this process has a worker: its number may have been another's, in a container.
    """
    host, _, rest = name.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname()[:64] or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
