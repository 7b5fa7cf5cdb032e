"""When the files of a directory were last changed, kept beside them.

A copy of the files (a new checkout, a restored backup) has times of its own on the disk. Each line
of `changed.tsv` says of one file when its content, known by its SHA-256, became as it is. A file
changed since has the time of the disk, until `renew` notes it.
"""

import csv
import hashlib
from datetime import datetime, timezone
from pathlib import Path

_FILE = "changed.tsv"


class Changes:
    """What is noted for a folder; lines that cannot be read count as not written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._noted: dict[str, tuple[str, datetime]] = {}
        try:
            text = (folder / _FILE).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return
        for line in csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
            try:
                name, content, moment = line
                self._noted[name] = content, _utc(datetime.fromisoformat(moment))
            except ValueError:
                continue

    def of(self, path: Path) -> datetime:
        """When a file of the folder was last changed, in UTC."""
        content, moment = self._noted.get(_name(self._folder, path), ("", None))
        if moment and content == _content(path):
            return moment
        return datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)

    def noted(self, path: Path) -> bool:
        """Whether the present content of a file is noted."""
        return self._noted.get(_name(self._folder, path), ("",))[0] == _content(path)


def unnoted(folder: Path) -> list[Path]:
    """The files whose last change is not noted yet."""
    changes = Changes(folder)
    return [path for path in _files(folder) if not changes.noted(path)]


def renew(folder: Path) -> list[Path]:
    """Notes every change, also of files that are gone; returns the files changed since."""
    changes, fresh = Changes(folder), unnoted(folder)
    lines = [
        f"{_name(folder, path)}\t{_content(path)}\t{changes.of(path):%Y-%m-%dT%H:%M:%S+00:00}\n"
        for path in _files(folder)
    ]
    (folder / _FILE).write_text("".join(lines), encoding="utf-8")
    return fresh


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.yml"))


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
