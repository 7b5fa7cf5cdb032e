"""The assistant in a process of its own, so that nobody else waits for what it computes.

Python runs one thread at a time: in the server's own process, webhooks and pages would wait for
every sentence that is being understood.
"""

import asyncio
import logging
import os
import random
import signal
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Optional

import sqlalchemy as sa

from bot import logs, preloading
from bot.assistant import Assistant, Busy
from bot.keeping import Keeping
from bot.overlay import OverlayFollower
from bot.preloaded import loaded
from bot.reply import Message, Responses, in_words
from bot.store import DirectoryEdits, open_database
from knowledge import directory

_log = logging.getLogger(__name__)
_STOP_SECONDS = 10.0
#: Who waits for an answer has more time than who waits for an acknowledgement or a page. Not much
#: nicer: on a busy machine it would not be answered at all.
_NICER = 3
#: Its number, the method, and what the method is given.
Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]


class AssistantGone(Busy):
    """Its process ended while it was at work; another is being started. Ask again."""


@dataclass(frozen=True)
class Setup:
    """What the process needs. `database` is an address: nothing in memory can be shared."""

    model: Path
    database: str
    keeping: Keeping = Keeping()
    deadline: float = 8.0
    queue: int = 5
    search_database: Optional[str] = None
    log_level: str = "INFO"
    log_format: str = "text"


class AssistantProcess:
    """An `Assistant` elsewhere. `start()` it once, `stop()` it at the end."""

    def __init__(self, setup: Setup) -> None:
        url = sa.engine.make_url(setup.database)
        if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
            raise ValueError("the assistant's process cannot share a database in memory")
        if not setup.model.is_file():
            raise FileNotFoundError(f"no model at {setup.model}")
        self._setup = setup
        self._lock = threading.Lock()
        self._calls = 0
        self._open: dict[int, Future[Any]] = {}
        #: Asked while no process is ready; sent as soon as one is.
        self._kept: list[Call] = []
        self._ready = False
        self._stopping = False
        self._responses: Responses = {}

    def start(self) -> None:
        """Loads the model; raises when it cannot be loaded."""
        self._begin()
        self._reader = threading.Thread(target=self._read, name="assistant", daemon=True)
        self._reader.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            if self._ready:
                self._send(None)
            else:  # another is just being started
                self._process.kill()
        self._process.join(_STOP_SECONDS)
        self._process.kill()
        self._process.join()

    async def call(self, method: str, *given: Any, **named: Any) -> Any:
        """What the method of this name of `Assistant` gives. Raises what it does, and
        AssistantGone.
        """
        future: Future[Any] = Future()
        with self._lock:
            self._calls += 1
            call = (self._calls, method, given, named)
            self._open[self._calls] = future
            if self._ready:
                self._send(call)
            else:
                self._kept.append(call)
        return await asyncio.wrap_future(future)

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        """As Assistant.words."""
        return in_words(self._responses, response, language, **gaps)

    def _send(self, call: Optional[Call]) -> None:
        # When it has ended the reader finds out, and fails what is open.
        with suppress(OSError):
            self._pipe.send(call)

    def _begin(self) -> None:
        preloading.begin(self._setup.model)
        ours, theirs = preloading.context.Pipe()
        self._process = preloading.context.Process(
            target=_serve, args=(theirs, self._setup), name="assistant", daemon=True
        )
        self._process.start()
        theirs.close()
        try:
            self._responses = ours.recv()
        except EOFError:
            raise RuntimeError("the assistant could not be loaded; see the log above") from None
        with self._lock:
            self._pipe: Connection[Any, Any] = ours
            self._ready = True
            kept, self._kept = self._kept, []
            for call in kept:
                self._send(call)

    def _read(self) -> None:
        while True:
            try:
                number, result, error = self._pipe.recv()
            except (EOFError, OSError):
                if not self._again():
                    return
                continue
            with self._lock:
                future = self._open.pop(number, None)
            if future and future.set_running_or_notify_cancel():
                if error:
                    future.set_exception(error)
                else:
                    future.set_result(result)

    def _again(self) -> bool:
        """Starts another process after one has ended; False when there is to be none."""
        with self._lock:
            self._ready = False
            lost, self._open = list(self._open.values()), {}
            if self._stopping:
                return False
        for future in lost:
            if future.set_running_or_notify_cancel():
                future.set_exception(AssistantGone())
        _log.error("assistant_ended lost=%d", len(lost))
        try:
            self._begin()
        except Exception as error:
            if self._stopping:
                return False
            # Whoever started this server has to see that it cannot go on.
            _log.critical("assistant_not_started error=%s", logs.where(error))
            os.kill(os.getpid(), signal.SIGTERM)
            return False
        return True


def _serve(pipe: "Connection[Any, Any]", setup: Setup) -> None:
    """The process: loads, then answers until the pipe is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends with the server, after what is under way
    os.nice(_NICER)
    random.seed()  # every fork begins with the same state
    # The process it is forked from has its own, which would stay.
    logging.getLogger().handlers.clear()
    logs.configure(setup.log_level, setup.log_format)
    if setup.search_database:
        directory().search_in(setup.search_database)
    database = open_database(setup.database)
    # What editors change counts here, too.
    OverlayFollower(DirectoryEdits(database), directory()).start()
    assistant = Assistant(
        setup.model,
        database=database,
        keeping=setup.keeping,
        deadline=setup.deadline,
        queue=setup.queue,
        loaded=loaded(setup.model),
    )
    loop = asyncio.new_event_loop()
    # Reads before anything is loaded: that is how it learns that the server has ended.
    threading.Thread(target=_take, args=(pipe, assistant, loop), daemon=True).start()
    assistant.start()
    pipe.send(assistant.responses())
    loop.run_forever()


def _take(
    pipe: "Connection[Any, Any]", assistant: Assistant, loop: asyncio.AbstractEventLoop
) -> None:
    async def do(number: int, method: str, given: Any, named: Any) -> None:
        try:
            pipe.send((number, await getattr(assistant, method)(*given, **named), None))
        except Exception as error:
            pipe.send((number, None, error))

    call: Optional[Call] = None
    with suppress(EOFError, OSError):
        while call := pipe.recv():
            asyncio.run_coroutine_threadsafe(do(*call), loop)
    # At once, as if it was killed: a server started meanwhile may answer the same message.
    os._exit(0)
