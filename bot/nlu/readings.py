"""What training sentences were read as, kept between trainings: a small change reads few anew."""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any, Dict, Iterable

from bot.nlu.files import read_json

_NAME = "readings"


class Readings:
    """Readings by content, for one state of the reader (its code, lexicons and places).

    Kept in a folder as one file; files of other states are removed when this one is saved.
    A missing or damaged file is an empty one.
    """

    def __init__(self, folder: Path, state: str) -> None:
        self._path = folder / f"{_NAME}-{state[:16]}.json"
        self._known: Dict[str, Any] = {}
        self._new = False
        with contextlib.suppress(OSError, ValueError, TypeError):
            self._known = dict(read_json(self._path))

    @staticmethod
    def key(text: str, doubtful: Iterable[str]) -> str:
        """Of a text and of those of its words that other sentences make doubtful as places."""
        told = json.dumps([text, sorted(doubtful)], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()

    def get(self, key: str) -> Any:
        """What was kept, or None."""
        return self._known.get(key)

    def put(self, key: str, reading: Any) -> None:
        self._known[key] = reading
        self._new = True

    def save(self) -> None:
        if not self._new:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._known, ensure_ascii=False), encoding="utf-8")
        part.replace(self._path)
        for other in self._path.parent.glob(f"{_NAME}-*.json"):
            if other != self._path:
                other.unlink()
