"""What other processes have to tell, at once: PostgreSQL's NOTIFY.

Only a hint to look sooner: who misses one finds the same a little later by looking.
"""

import logging
import select
import threading
from typing import Any, Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

_log = logging.getLogger(__name__)
_CHANNEL = "weeweiser_happenings"
_LOOK_SECONDS = 0.5
_AGAIN_SECONDS = 1.0


def announce(connection: Connection, conversation: str) -> None:
    """Tells every process, with the transaction, that something happened in a conversation."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_notify(_CHANNEL, conversation)))


class Listening:
    """Calls `heard` with the id of each conversation, on a thread of its own."""

    def __init__(self, engine: Engine, heard: Callable[[str], None]) -> None:
        self._engine = engine
        self._heard = heard
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listening", daemon=True)
        #: Whether anything is to be heard at all.
        self.able = engine.dialect.name == "postgresql"

    def start(self) -> None:
        if self.able:
            self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self.able:
            self._thread.join()

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                self._until_lost()
            except Exception as error:
                _log.error("not_listening error=%s", type(error).__name__)
                self._ending.wait(_AGAIN_SECONDS)

    def _until_lost(self) -> None:
        opened: Any = self._engine.raw_connection()
        try:
            raw = opened.driver_connection
            raw.set_session(autocommit=True)
            with raw.cursor() as cursor:
                cursor.execute(f"listen {_CHANNEL}")
            while not self._ending.is_set():
                if not any(select.select([raw], [], [], _LOOK_SECONDS)):
                    continue
                raw.poll()
                for notice in raw.notifies:
                    self._heard(notice.payload)
                raw.notifies.clear()
        finally:
            # Never back into the pool: it would go on listening.
            opened.invalidate()
