"""Imported by the process that assistants are forked from (bot/preloading.py): loads the model."""

import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from bot import logs, preloading

if TYPE_CHECKING:  # importing Rasa must follow logs.configure
    from bot.loading import Loaded

_log = logging.getLogger(__name__)
_model = preloading.wanted()
_loaded: Optional["Loaded"] = None


def loaded(model: Path) -> Optional["Loaded"]:
    """What was loaded of this model; None when it was another, or could not be loaded."""
    return _loaded if model == _model else None


def _load(model: Path) -> Optional["Loaded"]:
    # Only what goes wrong: a fork says the rest in the form it is told to.
    logs.configure("ERROR")
    try:
        from bot.loading import load

        found = load(model)
        # A fork needs them, too.
        import bot.cli
        import bot.dialogue  # noqa: F401

        return found
    except Exception as error:
        # The fork tries again, and says more.
        _log.error("model_not_loaded error=%s", logs.where(error))
        return None
    finally:
        # The collector would write into what forks share.
        gc.collect()
        gc.freeze()


if _model:
    _loaded = _load(_model)
