"""The process that assistants are forked from: it holds the model, and does nothing else.

Python's own fork server, told to import `bot.preloaded` before its first fork. A forked assistant
shares the memory of what was loaded, and is there at once when another one has ended.
"""

import multiprocessing
import os
from multiprocessing import forkserver
from pathlib import Path
from typing import Optional

#: How the process is told which model to load; it has only its environment when it starts.
_VARIABLE = "_WEEWEISER_PRELOAD"
#: What a fork is made from.
context = multiprocessing.get_context("forkserver")


def begin(model: Path) -> None:
    """Starts the process, unless it runs, and does not wait until it has loaded the model."""
    context.set_forkserver_preload(["bot.preloaded"])
    os.environ[_VARIABLE] = str(model)
    try:
        forkserver.ensure_running()
    finally:
        del os.environ[_VARIABLE]


def wanted() -> Optional[Path]:
    """In the process itself: the model it is to load."""
    named = os.environ.pop(_VARIABLE, None)
    return Path(named) if named else None
