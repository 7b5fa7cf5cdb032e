"""The directory of a running program: follows the files, and keeps the last good state."""

import logging
import os
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Optional

from knowledge._base import FOLDER, Knowledge, read
from knowledge._errors import InvalidKnowledge, Problem
from knowledge._overlay import NOTHING_LAID, Document, Overlay, on_disk
from knowledge._search_postgres import PostgresPostings

_log = logging.getLogger(__name__)
#: Seconds between two looks at the files; a look costs about a millisecond.
_EVERY = 2.0

#: Path, time of change, size and inode of every file; how often something was laid over them.
State = tuple[frozenset[tuple[str, int, int, int]], int]


class Directory:
    """Gives the newest directory that was without mistakes.

    A change counts when two looks in a row see the same files, so that a file still being written
    is left alone. While a new state is read the old one answers; a state with mistakes is
    logged once, with file and line, and changes nothing.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        """Reads the folder. Raises InvalidKnowledge when it is not usable to begin with."""
        self._folder = folder
        #: As it was asked for, and as it is in force: the same unless there are problems.
        self._wanted: Overlay = NOTHING_LAID
        self._laid: Optional[Overlay] = None
        self._layings = 0
        self._turn = threading.RLock()
        self._accepted = self._seen = self._state()
        self._current = read(folder)
        self._problems: tuple[Problem, ...] = ()
        self._postings: Optional[PostgresPostings] = None
        self._stopped = threading.Event()

    @property
    def current(self) -> Knowledge:
        """The directory to answer from. Ask again for each request."""
        return self._current

    @property
    def overlay(self) -> Overlay:
        """What is laid over the files and in force."""
        return self._laid or NOTHING_LAID

    def lay(self, overlay: Overlay) -> None:
        """From now on these entries count instead of their files.

        They are checked with the files. With mistakes the last good directory goes on answering;
        at the first time there is none yet, and the entries without mistakes count.
        """
        with self._turn:
            if overlay == self._wanted:
                self._laid = self._laid or overlay
                return
            files, _ = self._seen
            self._wanted = overlay
            self._layings += 1
            state = self._seen = self._state()
            if state[0] == files:  # else a file may still be written: the next looks will do
                self._accept(state)

    def trial(self, changes: Overlay) -> Knowledge:
        """The directory as it would be with these changes. Raises InvalidKnowledge."""
        return read(self._folder, {**self.overlay, **changes})

    def on_disk(self, key: str) -> Optional[Document]:
        """What the file of an entry says, whatever is laid over it, in the form of `plain`."""
        return on_disk(self._folder, key)

    def search_in(self, database: str) -> None:
        """From now on the search keeps its words in PostgreSQL: an address as SQLAlchemy writes it.

        Memory stands in for a database that fails, until the next change of the files.
        """
        self._postings = PostgresPostings(database)
        self._prepare(self._current)

    def _prepare(self, knowledge: Knowledge) -> None:
        """Gets the search ready, so that no request has to."""
        if self._postings:
            knowledge.keep_search(self._postings.keep)
        knowledge.search("")

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why files or laid entries are not used as they are now; empty when they are."""
        return self._problems

    def watch(self, every: float = _EVERY) -> None:
        """Looks at the files in the background, until `stop`."""
        threading.Thread(target=self._watch, args=(every,), name="directory", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        if self._postings:
            self._postings.close()

    def hold(self) -> None:
        """Before this process is forked: nothing may be half done."""
        self._turn.acquire()

    def release(self) -> None:
        """In the process that was forked, afterwards."""
        self._turn.release()

    def go_on(self, every: float = _EVERY) -> None:
        """In the fork, which has only the thread that made it."""
        self.release()
        self.watch(every)

    def look(self) -> None:
        """One look at the files; reads them when they changed and have stopped changing."""
        with self._turn:
            state = self._state()
            settled = state == self._seen
            self._seen = state
            if settled and state != self._accepted:
                self._accept(state)

    def _accept(self, state: State) -> None:
        start = time.perf_counter()
        overlay = self._wanted
        fresh, problems = self._read(overlay)
        if problems and self._laid is None and overlay:
            overlay = self._sound(overlay, problems)
            fresh, _ = self._read(overlay)
        if self._state() != state:
            return  # changed while it was read: what was read is no state of the folder
        self._accepted = state
        self._problems = tuple(problems)
        for problem in problems:
            _log.error("directory_broken %s", problem)
        if fresh is None:
            _log.error("directory_kept problems=%d: the last good one answers", len(problems))
            return
        self._current, self._laid = fresh, overlay
        _log.info("directory_renewed seconds=%.2f", time.perf_counter() - start)

    def _read(self, overlay: Overlay) -> tuple[Optional[Knowledge], list[Problem]]:
        try:
            fresh = read(self._folder, overlay)
            self._check_model(fresh)
            self._prepare(fresh)
        except InvalidKnowledge as error:
            return None, error.problems
        except Exception as error:  # whatever a file can do: the old directory answers
            return None, [Problem(self._folder, 1, "folder", f"cannot be read: {error!r}")]
        return fresh, []

    def _sound(self, overlay: Overlay, problems: list[Problem]) -> Overlay:
        """Without the entries that have mistakes; nothing when that is not enough."""
        broken = {problem.file for problem in problems}
        sound = {k: v for k, v in overlay.items() if self._folder / f"{k}.yml" not in broken}
        return NOTHING_LAID if self._read(sound)[1] else sound

    def _check_model(self, fresh: Knowledge) -> None:
        """Needs are intents, which the trained model knows: none may go while it runs."""
        gone = sorted(self._current.needs.keys() - fresh.needs.keys())
        message = "is gone, but the running model knows it: train and start again"
        path = self._folder / "needs.yml"
        if gone:
            raise InvalidKnowledge([Problem(path, 1, name, message) for name in gone])

    def _state(self) -> State:
        found = set()
        for path in self._folder.rglob("*.yml"):
            try:
                about = path.stat()
            except OSError:
                continue  # deleted since it was listed: the next look sees the difference
            found.add((str(path), about.st_mtime_ns, about.st_size, about.st_ino))
        return frozenset(found), self._layings

    def _watch(self, every: float) -> None:
        while not self._stopped.wait(every):
            try:
                self.look()
            except Exception as error:  # a share that is away for a moment: the next look may do
                _log.error("directory_unseen %r", error)


@lru_cache(maxsize=1)
def directory() -> Directory:
    """The one of this process, watched from the first call on. Raises InvalidKnowledge."""
    opened = Directory()
    opened.watch()
    os.register_at_fork(
        before=opened.hold, after_in_parent=opened.release, after_in_child=opened.go_on
    )
    return opened
