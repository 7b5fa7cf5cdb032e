"""YAML with line numbers: reads fast, and finds the line of a field only when it is needed."""

from pathlib import Path
from typing import Any

import yaml

from knowledge._errors import InvalidKnowledge, Problem

Loc = tuple[Any, ...]


def read(path: Path) -> Any:
    """The content of a YAML file.

    Raises InvalidKnowledge when the file cannot be read, is not YAML, holds nothing, uses
    aliases, or names a key twice (plain YAML would silently keep the last one).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidKnowledge([Problem(path, 1, "file", f"cannot be read: {error}")]) from error
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise InvalidKnowledge([Problem(path, 1, "file", "is empty")])
        problems = _duplicates(path, node)
        if problems:
            raise InvalidKnowledge(problems)
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        message = getattr(error, "problem", None) or str(error)
        raise InvalidKnowledge([Problem(path, line, "file", f"not YAML: {message}")]) from error
    finally:
        loader.dispose()


def line_of(path: Path, loc: Loc) -> int:
    """The 1-based line of the field at `loc`, or of its nearest existing parent."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError):
        return 1  # changed or gone since it was read
    line = 1
    for key in loc:
        if isinstance(node, yaml.MappingNode):
            pairs = [(k, v) for k, v in node.value if k.value == str(key)]
            if not pairs:
                break
            line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            if key >= len(node.value):
                break
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _duplicates(path: Path, root: yaml.Node) -> list[Problem]:
    """Keys named twice, and parts used twice: those may be endless, or grow without limit."""
    problems: list[Problem] = []
    seen: set[int] = set()

    def visit(node: yaml.Node, at: Loc) -> None:
        if id(node) in seen:
            line, field = node.start_mark.line + 1, ".".join(map(str, at))
            message = "refers to another part (& and *): write it out"
            problems.append(Problem(path, line, field, message))
            return
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                if name in names:
                    field = ".".join([*map(str, at), name])
                    problems.append(Problem(path, key.start_mark.line + 1, field, "is named twice"))
                names.add(name)
                visit(value, (*at, name))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                visit(value, (*at, index))

    visit(root, ())
    return problems
