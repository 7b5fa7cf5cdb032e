"""Files the components read beside the graph, and how they store what they learnt (no pickle)."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
LEXICON = DATA / "lexicon"
#: What one training computes and the next can use again.
CACHE = ROOT / ".cache"
#: The components themselves and the encoder: Rasa's cache does not see when these change.
CODE = ROOT / "bot" / "nlu"


def file_fingerprint(*paths: Path) -> str:
    """A digest of this package and of the content of files and folders."""
    digest = hashlib.sha256()
    for path in (CODE, *paths):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode())
                about = file.stat()
                digest.update(_digest(file, about.st_mtime_ns, about.st_size))
    return digest.hexdigest()


@lru_cache(maxsize=1024)
def _digest(file: Path, _changed: int, _size: int) -> bytes:
    """Of a file as it was last changed: every component asks for the encoder's."""
    return hashlib.sha256(file.read_bytes()).digest()


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_words(path: Path) -> Any:
    """A lexicon file. Every value stays text: in YAML the word "no" would become false."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CBaseLoader)  # noqa: S506  builds only strings
