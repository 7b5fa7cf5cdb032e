"""Starts and ends the server: waits for the database, and lets what is under way finish."""

import gc
import logging
import signal
import socket
import time
from contextlib import suppress
from types import FrameType
from typing import Optional

import uvicorn
from fastapi import FastAPI

from bot.settings import Settings
from bot.store import answers, connect

_log = logging.getLogger(__name__)
#: How long a database may be away when the server starts; a supervisor then tries again.
PATIENCE_SECONDS = 60.0
_AGAIN_SECONDS = 1.0
#: Added to the deadline of an answer: who waits for one at the end still gets it.
_MARGIN_SECONDS = 7


def wait_for_database(address: str, seconds: Optional[float] = None) -> bool:
    """Whether the database answers within so many seconds."""
    end = time.monotonic() + (PATIENCE_SECONDS if seconds is None else seconds)
    engine = connect(address)
    try:
        while True:
            if answers(engine):
                return True
            _log.warning("database_away")
            if time.monotonic() > end:
                return False
            time.sleep(_AGAIN_SECONDS)
    finally:
        engine.dispose()


def run(application: FastAPI, settings: Settings) -> None:
    """Serves until it is told to end (SIGTERM, SIGINT).

    Then no new connection is taken, streams end, and who waits for an answer gets it.
    """
    # No websockets: the API has none, and Rasa's pinned library does not fit uvicorn.
    # No line for each request: addresses may hold what was searched for, or a key of a page.
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=int(settings.deadline_seconds) + _MARGIN_SECONDS,
    )
    server = _Server(config)
    server.application = application
    # uvicorn raises the signal again at the end, which would be the process's status.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(3)


class _Server(uvicorn.Server):
    application: FastAPI

    async def startup(self, sockets: Optional[list[socket.socket]] = None) -> None:
        await super().startup(sockets)
        # What is loaded stays: to go through all of it again takes half a second, in which nobody
        # is answered.
        gc.collect()
        gc.freeze()

    def handle_exit(self, sig: int, frame: Optional[FrameType]) -> None:
        if self.started:
            # uvicorn waits for every connection, and a stream of events would never end.
            self.application.state.bell.end_streams()
        super().handle_exit(sig, frame)
