"""Nothing that tests say stands in a log: of this process, and of the servers tests start.

Every sentence a test sends (in a request, or to the assistant) is remembered; a line of the log
that holds one of them fails the test. `conftest.py` puts it in place for the whole suite.
"""

import functools
import json
import logging
import sys
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import structlog

from bot import logs
from bot.assistant import Assistant

#: Planted by many tests, and never said by the product.
MARKS = ("Xylophon",)
#: A shorter text, or one without a space, may stand in a line by chance.
_SHORTEST = 10
#: Sentences that are looked for in each line of this process.
_RECENT = 300
#: The tests' own clients, and their browser and database, say what they do.
_OF_TESTS = ("httpx", "httpcore", "hypothesis", "faker", "playwright", "urllib3")


class Watch(logging.Handler):
    """Hears what is sent and reads what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter(logs.TEXT))
        self._said: set[str] = set()
        self._recent: deque[str] = deque(maxlen=_RECENT)
        self._found: list[str] = []

    def hear(self, value: Any) -> None:
        """Remembers the sentences of a text, or of what a request carries."""
        if isinstance(value, dict):
            for inner in value.values():
                self.hear(inner)
        elif isinstance(value, (list, tuple)):
            for inner in value:
                self.hear(inner)
        elif isinstance(value, str):
            text = value.strip().casefold()
            if len(text) >= _SHORTEST and " " in text and text not in self._said:
                self._said.add(text)
                self._recent.append(text)

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(_OF_TESTS):
            self._look(self.format(record), self._recent)

    def line(self, _: Any, __: str, event: Any) -> Any:
        """The last of structlog's processors: Rasa's own lines, as they are printed."""
        self._look(str(event), self._recent)
        return event

    def read(self, path: Path) -> None:
        """Looks through the log of a process that a test started."""
        if path.exists():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                self._look(line, self._said)

    def taken(self) -> list[str]:
        """The lines that hold what was said, since it was last asked."""
        found, self._found = self._found, []
        return found

    def _look(self, line: str, said: Iterable[str]) -> None:
        line = line.casefold()
        marks = (mark.casefold() for mark in MARKS)
        if any(text in line for text in (*marks, *said)):
            self._found.append(line[:500])

    def start(self) -> None:
        """Listens from now on, at the level the product has by default."""
        logging.getLogger().addHandler(self)
        for name in ("bot", "actions", "knowledge"):
            logging.getLogger(name).setLevel(logging.INFO)
        self.listen_to_rasa()
        for client in (httpx.Client, httpx.AsyncClient):
            client.build_request = self.overheard(client.build_request)  # type: ignore[method-assign]
        for name in ("answer", "parse"):
            setattr(Assistant, name, self.overheard(getattr(Assistant, name)))

    def listen_to_rasa(self) -> None:
        """Again before each test: one that sets the logs up anew takes the watch out, and lets
        them be printed to its own captured stream, which is closed after it.
        """
        processors = [p for p in structlog.get_config()["processors"] if p != self.line]
        printed = structlog.PrintLoggerFactory(sys.__stderr__)
        structlog.configure(processors=[*processors, self.line], logger_factory=printed)

    def overheard(self, function: Any) -> Any:
        """The same function; what it is given is remembered."""

        @functools.wraps(function)
        def heard(*given: Any, **named: Any) -> Any:
            self.hear([x for x in given[1:] if isinstance(x, str)])
            self.hear({k: named.get(k) for k in ("text", "json", "data", "params")})
            if isinstance(content := named.get("content"), bytes):
                self._hear_body(content)
            return function(*given, **named)

        return heard

    def _hear_body(self, content: bytes) -> None:
        try:
            self.hear(json.loads(content))
        except (ValueError, RecursionError):  # no JSON, or too deep
            self.hear(content.decode("utf-8", "replace"))


WATCH = Watch()
