"""Entries of the directory as editors change them: what holds, trying a change, saving it."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Optional, Union

from bot.desk.editor._changes import changed
from bot.desk.editor._problems import by_path
from bot.overlay import OverlayFollower
from bot.store import DirectoryEdits, Edit, EditKind, Outdated
from knowledge import (
    ASSOCIATION,
    KINDS,
    LUXEMBOURG,
    Directory,
    Document,
    Helpline,
    InvalidKnowledge,
    Knowledge,
    Laid,
    Problem,
    Service,
    audit,
    fingerprint,
    plain,
)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class UnknownEntry(LookupError):
    """Neither a file nor a version has this key."""


@dataclass(frozen=True)
class State:
    """An entry now. `content`: what counts. `number`: of its newest version, 0 without one.

    `conflict`: the file was changed otherwise since the newest version was made.
    """

    key: str
    content: Document
    number: int
    versions: list[Edit]
    on_disk: Optional[Document]
    conflict: bool

    @property
    def seen(self) -> str:
        """Differs when the content does: a form brings along what it began with."""
        return fingerprint(self.content)

    @property
    def retired(self) -> Optional[Document]:
        """Since when it is hidden, and why."""
        return self.content.get("retired")

    def before(self, seen: str) -> Optional[Document]:
        """The content a form began with, if it is still known."""
        known = [v.content for v in self.versions] + [v.base for v in self.versions if v.base]
        known += [self.on_disk] if self.on_disk else []
        return next((c for c in known if fingerprint(c) == seen), None)

    def until(self, number: int) -> Document:
        """The content before version `number`."""
        if number > 1:
            return self.versions[number - 2].content
        return self.versions[0].base or {}


@dataclass(frozen=True)
class Trial:
    """A change that was tried. Without `knowledge` it may not be saved.

    `errors`: keys of sentences by the path of the field; `others`: mistakes of other files.
    """

    document: Document
    knowledge: Optional[Knowledge] = None
    errors: dict[str, list[str]] = field(default_factory=dict)
    others: list[Problem] = field(default_factory=list)


class Entries:
    """Reads and changes entries by key: "association", "services/<id>" and the like."""

    def __init__(
        self, edits: DirectoryEdits, follower: OverlayFollower, directory: Directory
    ) -> None:
        self.edits = edits
        self._follower = follower
        self._directory = directory

    @property
    def knowledge(self) -> Knowledge:
        """The directory in force."""
        return self._directory.current

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why something is not used as it is now."""
        return self._directory.problems

    def state(self, key: str) -> State:
        """Raises UnknownEntry."""
        if not is_key(key):
            raise UnknownEntry(key)
        versions = self.edits.of(key)
        on_disk = self._directory.on_disk(key)
        newest = versions[-1] if versions and versions[-1].taken_in_at is None else None
        content = newest.content if newest else on_disk
        if content is None:
            raise UnknownEntry(key)
        conflict = bool(newest) and is_conflict(versions, on_disk)
        number = versions[-1].number if versions else 0
        return State(key, content, number, versions, on_disk, conflict)

    def newest(self) -> dict[str, Edit]:
        """The newest version of every entry that has one, taken in or not."""
        return self.edits.newest()

    def conflicts(self) -> set[str]:
        """The entries whose file was changed otherwise."""
        open_ = [key for key, edit in self.newest().items() if edit.taken_in_at is None]
        return {key for key in open_ if self.state(key).conflict}

    def exists(self, key: str) -> bool:
        return self._directory.on_disk(key) is not None or bool(self.edits.of(key))

    def try_out(self, key: str, document: Document) -> Trial:
        """Checks a change as the files are checked, and what the audit calls blocking."""
        at = datetime.now(timezone.utc)
        try:
            knowledge = self._directory.trial({key: Laid(document, at)})
        except InvalidKnowledge as error:
            return Trial(document, None, *by_path(error.problems, key))
        document = plain(key, document)
        kind = key.partition("/")[0].rstrip("s")
        for entry in audit(knowledge, at=at.astimezone(LUXEMBOURG)).entries:
            if (entry.kind, entry.id) == (kind, document["id"]) and "blocking" in entry.gaps:
                found = {f"facts.{name}": ["blocking"] for name in entry.gaps["blocking"]}
                return Trial(document, None, found)
        return Trial(document, knowledge)

    def save(
        self,
        state: Optional[State],
        key: str,
        document: Document,
        *,
        deed: EditKind,
        worker: int,
        undoes: Optional[int] = None,
    ) -> Optional[int]:
        """Keeps a change that was tried; it holds in this process at once.

        Gives the number of the new version, None when nothing differs. Raises Outdated when
        somebody saved meanwhile.
        """
        fields = changed(state.content if state else {}, document)
        if state and not fields and deed != "settled":
            return None
        number = (state.number if state else 0) + 1
        self.edits.add(
            key,
            number,
            document,
            deed=deed,
            base=self._directory.on_disk(key),
            changed=fields,
            worker=worker,
            undoes=undoes,
        )
        self._follower.look()
        return number


def is_key(key: str) -> bool:
    """Whether an entry may be called so."""
    kind, _, name = key.partition("/")
    return key == ASSOCIATION or (kind in KINDS and bool(_ID.fullmatch(name)))


def entry_of(knowledge: Knowledge, key: str) -> Union[Service, Helpline]:
    """The entry itself, retired ones too. Raises KeyError."""
    kind, _, name = key.partition("/")
    if key == ASSOCIATION:
        return knowledge.association
    if key in knowledge.retired:
        return knowledge.retired[key]  # type: ignore[return-value]
    held: Union[Service, Helpline] = getattr(knowledge, kind)[name]
    return held


def is_conflict(versions: list[Edit], on_disk: Optional[Document]) -> bool:
    """Whether the file is neither what a version was made from, nor what one says."""
    known = [v.content for v in versions] + [v.base for v in versions if v.base is not None]
    if on_disk is None:
        return any(v.base is not None for v in versions)
    return fingerprint(on_disk) not in set(map(fingerprint, known))


__all__ = ["Entries", "Outdated", "State", "Trial", "UnknownEntry", "entry_of", "is_key"]
