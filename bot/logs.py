"""Logging without personal text. Call `configure` before Rasa is imported.

Rasa's own debug lines hold whole messages, and print unless structlog is told otherwise.
"""

import logging
import os
import sys
import traceback
from pathlib import Path

import structlog

#: Libraries whose informational lines are noise for an operator.
_QUIET = ("rasa", "rasa_sdk", "matplotlib", "tensorflow", "absl", "asyncio", "apscheduler", "httpx")


def configure(level: str = "INFO") -> None:
    """Lines go to stderr: stdout belongs to the command line's results."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Rasa and its older dependencies warn about themselves, nothing an operator can act on.
    # (In the test suite every warning of ours is an error.)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
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
