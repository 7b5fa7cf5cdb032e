"""The sentences an installation has learnt: a file of training data in Rasa's format.

Data of the installation, not of the project; one block for each intent and language.
"""

import fcntl
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Iterator

import yaml

FILE = "nlu.yml"
_VERSION = "3.1"
_HEAD = (
    "# Learnt from visitors' messages, each sentence chosen by an editor. Written by the desk.\n"
)
#: The marks of masked numbers, and what Rasa would read as an annotation.
_MARKS = re.compile(r"\[[^\]]*\]|[\[\](){}]")


@dataclass(frozen=True)
class Learnt:
    """A sentence and what it means."""

    text: str
    language: str
    intent: str


def plain(text: str) -> str:
    """A text as one training sentence: on one line, without marks."""
    return " ".join(_MARKS.sub(" ", text).split()).lstrip("-# ").strip()


def read(path: Path) -> list[Learnt]:
    """The sentences of a file; none when there is no file. Raises ValueError for another form."""
    if not path.is_file():
        return []
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [
            Learnt(line[1:].strip(), block["metadata"]["language"], block["intent"])
            for block in content["nlu"]
            for line in block["examples"].splitlines()
        ]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no file of learnt sentences") from error


def add(path: Path, sentence: Learnt) -> None:
    """Adds a sentence, in turn with whoever else writes."""
    with _alone(path):
        write(path, [*read(path), sentence])


def remove(path: Path, sentence: Learnt) -> None:
    """Takes a sentence out again."""
    with _alone(path):
        write(path, [one for one in read(path) if one != sentence])


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(path: Path, sentences: Iterable[Learnt]) -> None:
    """Writes the file anew, all or nothing."""
    blocks: dict[tuple[str, str], list[str]] = {}
    for one in sentences:
        blocks.setdefault((one.intent, one.language), []).append(one.text)
    lines = [f'{_HEAD}version: "{_VERSION}"\nnlu:' + ("" if blocks else " []")]
    for (intent, language), texts in sorted(blocks.items()):
        lines.append(f"- intent: {intent}\n  metadata:\n    language: {language}\n  examples: |")
        lines += [f"    - {text}" for text in texts]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    part.replace(path)
