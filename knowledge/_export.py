"""Writes documents back as YAML files: only the fields that differ change."""

from pathlib import Path
from typing import Any, Iterator, Optional

import yaml

from knowledge._errors import KnowledgeError
from knowledge._overlay import Document, model_of, on_disk, plain
from knowledge._sheet.edit import Document as File

_WIDTH = 115
#: Written field by field, so that what did not change stays as it stands.
_NESTED = ("serves", "facts")
#: In this order a new file says who it is before all else.
_FIRST = ("id", "operator", "type", "name", "description", "needs", "crisis", "serves", "founded")


class NotWritten(KnowledgeError):
    """The written file would not say what it should."""


def write_document(base: Path, target: Path, key: str, content: Document) -> Path:
    """Writes an entry into the folder `target`, as the file in the folder `base` with changes.

    Comments and layout of what did not change stay. A new file where `base` has none. Gives the
    file. Raises NotWritten, NotEditable or OSError; nothing is written then.
    """
    content = plain(key, content)
    before = on_disk(base, key)
    text = _new(content) if before is None else _changed(base, key, before, content)
    if plain(key, yaml.safe_load(text)) != content:
        raise NotWritten(f"{key}: cannot be written as YAML")
    path = target / f"{key}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _new(content: Document) -> str:
    ordered = {k: content[k] for k in _FIRST if k in content}
    ordered |= {k: v for k, v in content.items() if k not in ordered and k != "facts"}
    names = model_of("services/").__fields__["facts"].type_.__fields__
    ordered["facts"] = {name: content["facts"].get(name) for name in names}
    text: str = yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text


def _changed(base: Path, key: str, before: Document, content: Document) -> str:
    file = File(base / f"{key}.yml")
    for loc in _places(before, content):
        value = _at(content, loc)
        if value != _at(before, loc):
            file.set(loc, _default(key, loc) if value is None else value)
    return file.text


def _places(before: Document, content: Document) -> Iterator[tuple[str, ...]]:
    for name in {**before, **content}:
        if name in _NESTED:
            for part in {**before.get(name, {}), **content.get(name, {})}:
                yield name, part
        else:
            yield (name,)


def _at(document: Document, loc: tuple[str, ...]) -> Optional[Any]:
    value: Any = document
    for name in loc:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _default(key: str, loc: tuple[str, ...]) -> Any:
    """What a field says that says nothing."""
    model = model_of(key)
    for name in loc[:-1]:
        model = model.__fields__[name].type_
    default = next(f for f in model.__fields__.values() if f.alias == loc[-1]).default
    return list(default) if isinstance(default, tuple) else default
