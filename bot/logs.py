"""Logging without personal text. Call `configure` before Rasa is imported.

Rasa's own debug lines hold whole messages, and print unless structlog is told otherwise.
"""

import hashlib
import json
import logging
import os
import secrets
import sys
import traceback
from datetime import datetime, timezone
from pathlib import Path

import structlog

#: Libraries whose informational lines are noise for an operator.
_QUIET = ("rasa", "rasa_sdk", "matplotlib", "tensorflow", "absl", "asyncio", "apscheduler", "httpx")


TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
#: New at each start: which conversation a line is about cannot be found out afterwards.
_KEY = secrets.token_bytes(16)


class JsonLines(logging.Formatter):
    """One JSON object for each line: at (UTC), level, logger, event, and where it failed."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name}
        line["event"] = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            line["error"] = where(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def hashed(conversation: str) -> str:
    """What stands for a conversation in lines of one process; the same as long as it runs."""
    return hashlib.blake2b(conversation.encode(), key=_KEY, digest_size=6).hexdigest()


def configure(level: str = "INFO", form: str = "text") -> None:
    """Lines go to stderr: stdout belongs to the command line's results."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Rasa and its older dependencies warn about themselves, nothing an operator can act on.
    # (In the test suite every warning of ours is an error.)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler])
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _only_names,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
    )


def where(error: BaseException) -> str:
    """The root cause's type and place; never its message, which may quote the visitor."""
    while error.__cause__:
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"


def _only_names(
    _: object, __: str, event: "structlog.typing.EventDict"
) -> "structlog.typing.EventDict":
    """Keeps what happened and where; drops every value that may hold what a visitor wrote."""
    kept = ("event", "level", "sender_id", "action_name", "component_name")
    return {key: value for key, value in event.items() if key in kept}
