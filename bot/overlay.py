"""Lays what editors changed over the directory of this process, soon after it is saved."""

import logging
import threading
from datetime import timezone
from typing import Optional

from sqlalchemy.exc import SQLAlchemyError

from bot.store import DirectoryEdits, Edit
from knowledge import Directory, Laid, Overlay

_log = logging.getLogger(__name__)
#: Seconds between two looks: one row of two numbers each time.
_EVERY = 2.0


class OverlayFollower:
    """Follows the edits of one database into one directory."""

    def __init__(self, edits: DirectoryEdits, directory: Directory) -> None:
        self._edits = edits
        self._directory = directory
        self._turn = threading.Lock()
        self._seen: Optional[tuple[int, int]] = None
        self._stopped = threading.Event()

    def start(self, every: float = _EVERY) -> None:
        """Looks now, then in the background until `stop`."""
        self._try()
        threading.Thread(target=self._follow, args=(every,), name="edits", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def look(self) -> None:
        """One look; lays the newest versions over the files when there are others than before."""
        with self._turn:
            state = self._edits.state()
            if state == self._seen:
                return
            newest = self._edits.newest().values()
            for edit in newest:
                if edit.taken_in_at is None and self._contained(edit):
                    self._edits.take_in(edit.id)
            self._directory.lay(_overlay([edit for edit in newest if not self._gone(edit)]))
            self._seen = state

    def _contained(self, edit: Edit) -> bool:
        """Whether the file says the same: a release has taken the version in."""
        return self._directory.on_disk(edit.entry) == edit.content

    def _gone(self, edit: Edit) -> bool:
        return edit.taken_in_at is not None or self._contained(edit)

    def _try(self) -> None:
        try:
            self.look()
        except SQLAlchemyError as error:
            _log.error("edits_unseen error=%s: the last ones go on", type(error).__name__)

    def _follow(self, every: float) -> None:
        while not self._stopped.wait(every):
            self._try()


def _overlay(edits: list[Edit]) -> Overlay:
    return {e.entry: Laid(e.content, e.at.replace(tzinfo=timezone.utc)) for e in edits}
