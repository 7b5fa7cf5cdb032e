"""YAML with line numbers: reads fast, and finds the line of a field only when it is needed."""

from pathlib import Path
from typing import Any

import yaml

from knowledge._errors import InvalidKnowledge, Problem

Loc = tuple[Any, ...]


def read(path: Path) -> Any:
    """The content of a YAML file.

    Raises InvalidKnowledge when the file cannot be read, is not YAML, holds nothing, or
    names a key twice (plain YAML would silently keep the last one) or holds itself.
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
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
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
    """Keys named twice, and aliases that lead back into themselves; each node is seen once."""
    problems: list[Problem] = []
    seen: set[int] = set()

    def visit(node: yaml.Node, at: Loc, parents: frozenset[int]) -> None:
        if id(node) in parents:
            field = ".".join(map(str, at))
            line = node.start_mark.line + 1
            problems.append(Problem(path, line, field, "is an alias of what it stands in"))
        if id(node) in seen:
            return
        seen.add(id(node))
        below = parents | {id(node)}
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                if name in names:
                    field = ".".join([*map(str, at), name])
                    problems.append(Problem(path, key.start_mark.line + 1, field, "is named twice"))
                names.add(name)
                visit(value, (*at, name), below)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                visit(value, (*at, index), below)

    visit(root, (), frozenset())
    return problems
