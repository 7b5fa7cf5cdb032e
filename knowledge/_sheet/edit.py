"""Changes single fields of YAML files. All other bytes stay as they are, comments included."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

import yaml

from knowledge._base import read
from knowledge._errors import KnowledgeError

_WIDTH = 115

Data = dict[str, Any]


class NotEditable(KnowledgeError):
    """A file is not laid out as the directory's files are, or was changed meanwhile."""


class Document:
    """One file, edited in memory. `text` is its new content; `before` its bytes on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.before = path.read_bytes()
        self.text = self.before.decode("utf-8")
        self._data: Data = self._parsed()

    def set(self, loc: tuple[str, ...], value: Any) -> None:
        """Writes the field at `loc`, a path of keys; adds it where the last key is missing."""
        *above, key = loc
        holder = self._data
        for name in above:
            holder = holder[name]
        holder[key] = value
        lines = self._lines()
        start, end, column = self._place(loc)
        self._write([*lines[:start], *_block({key: value}, column), *lines[end:]])

    def replace_facts(self, name: str, new: list[Data], because: str) -> None:
        """Puts new facts first; those in use until now stay, marked as superseded.

        A season stays in use: it is not among what a sheet says.
        """
        old: Optional[list[Data]] = self._data["facts"].get(name)
        if not old:
            if new:
                self.set(("facts", name), new)
            return
        lines = self._lines()
        items = self._field(name)
        _, end, _ = self._place(("facts", name))
        starts = [item.start_mark.line for item in items.value]
        for fact, item, below in reversed(list(zip(old, items.value, [*starts[1:], end]))):
            if not (fact.get("superseded") or fact.get("season")):
                fact["superseded"] = because
                at = _without_comments(lines, below)
                lines[at:at] = _block({"superseded": because}, item.start_mark.column)
        if new:
            lines[starts[0] : starts[0]] = _block(new, items.start_mark.column)
        self._data["facts"][name] = new + old
        self._write(lines)

    def _write(self, lines: list[str]) -> None:
        self.text = "".join(lines)
        try:
            as_meant = self._parsed() == self._data
        except yaml.YAMLError:
            as_meant = False
        if not as_meant:
            raise NotEditable(f"{self.path}: is not in the usual layout; change it by hand")

    def _parsed(self) -> Data:
        data: Data = yaml.load(self.text, yaml.CSafeLoader)
        return data

    def _lines(self) -> list[str]:
        return self.text.splitlines(keepends=True)

    def _place(self, loc: tuple[str, ...]) -> tuple[int, int, int]:
        """First line, line after the last, and column of the field at `loc`."""
        lines = self._lines()
        node = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        end, start, column = len(lines), len(lines), 0
        for depth, name in enumerate(loc):
            if not isinstance(node, yaml.MappingNode):
                raise NotEditable(f"{self.path}: is not in the usual layout; change it by hand")
            keys = [key for key, _ in node.value]
            column = keys[0].start_mark.column
            index = next((i for i, key in enumerate(keys) if key.value == name), None)
            if index is None and depth == len(loc) - 1:
                end = _without_comments(lines, end)
                return end, end, column
            if index is None:
                raise NotEditable(f"{self.path}: has no '{name}'")
            start = keys[index].start_mark.line
            end = keys[index + 1].start_mark.line if index + 1 < len(keys) else end
            node = node.value[index][1]
        return start, _without_comments(lines, end), column

    def _field(self, name: str) -> yaml.SequenceNode:
        node: Any = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        for step in ("facts", name):
            node = next(value for key, value in node.value if key.value == step)
        assert isinstance(node, yaml.SequenceNode)
        return node


def _block(value: Any, column: int) -> list[str]:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return [f"{' ' * column}{line}" for line in text.splitlines(keepends=True)]


def _without_comments(lines: list[str], end: int) -> int:
    """Comments and blank lines before `end` belong to what follows."""
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def write_all(folder: Path, documents: list[Document]) -> None:
    """Writes every document or none: first into a copy of the folder, which must load.

    Raises InvalidKnowledge when the directory would not load, NotEditable when a file was
    changed since it was read, OSError when the disk refuses; the files are then as before.
    """
    if not documents:
        return
    new = {d.path: d.text.encode("utf-8") for d in documents}
    _try_in_copy(folder, new)
    for document in documents:
        if document.path.read_bytes() != document.before:
            raise NotEditable(f"{document.path}: was changed meanwhile; import the sheet again")
    _replace(new, {d.path: d.before for d in documents})


def _try_in_copy(folder: Path, new: Mapping[Path, bytes]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        ignored = shutil.ignore_patterns("*.py", "_*", ".*")
        copy = Path(shutil.copytree(folder, Path(scratch) / folder.name, ignore=ignored))
        for path, content in new.items():
            (copy / path.relative_to(folder)).write_bytes(content)
        read(copy)


def _replace(new: Mapping[Path, bytes], before: Mapping[Path, bytes]) -> None:
    replaced: list[Path] = []
    try:
        for path, ready in list(_prepared(new)):
            ready.replace(path)
            replaced.append(path)
    except BaseException:
        for path, ready in list(_prepared({p: before[p] for p in replaced})):
            ready.replace(path)
        raise
    finally:
        for path in new:
            _beside(path).unlink(missing_ok=True)


def _prepared(contents: Mapping[Path, bytes]) -> Iterator[tuple[Path, Path]]:
    """Each content on the disk, in a file beside the one it is for."""
    for path, content in contents.items():
        ready = _beside(path)
        with ready.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, ready)
        yield path, ready


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")
