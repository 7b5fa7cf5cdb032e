"""Entries laid over the files of the directory while it runs, and their content in one form."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Mapping, Optional, Type

from pydantic import ValidationError

from knowledge._errors import InvalidKnowledge
from knowledge._model import Helpline, Service
from knowledge._yaml import read

#: The content of one entry, as its file would hold it.
Document = dict[str, Any]
ASSOCIATION = "association"
KINDS = ("services", "partners", "helplines")


@dataclass(frozen=True)
class Laid:
    """What counts instead of a file, or where there is none, and since when (with a zone)."""

    content: Document
    at: datetime


#: By "association", "services/<id>", "partners/<id>" or "helplines/<id>": the file without `.yml`.
Overlay = Mapping[str, Laid]
NOTHING_LAID: Overlay = {}


def model_of(key: str) -> Type[Any]:
    """The record an entry is read as."""
    return Helpline if key.startswith("helplines/") else Service


def plain(key: str, content: Any) -> Document:
    """The content in one form: the same for the same meaning. Raises pydantic's ValidationError."""
    record = model_of(key).parse_obj(content)
    document: Document = json.loads(record.json(by_alias=True, exclude_defaults=True))
    return document


def on_disk(folder: Path, key: str) -> Optional[Document]:
    """What the file of an entry says, in that form; None without a file that can be read."""
    path = folder / f"{key}.yml"
    if not path.is_file():
        return None
    try:
        return plain(key, read(path))
    except (InvalidKnowledge, ValidationError):
        return None


def fingerprint(document: Document) -> str:
    """The same for the same document in the form of `plain`."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
