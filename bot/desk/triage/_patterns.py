"""Regular expressions of the rules, on folded text."""

import re
from typing import Any, Iterable, Optional

from bot.desk.triage._note import Span

Patterns = tuple["re.Pattern[str]", ...]


def compiled(sources: Optional[Iterable[Any]]) -> Patterns:
    """The patterns of a list in a rules file. Raises re.error when one is broken."""
    return tuple(re.compile(str(source)) for source in sources or ())


def hits(patterns: Patterns, text: str) -> list[Span]:
    """Where any of the patterns is found, in the order of the text."""
    found = {m.span() for p in patterns for m in p.finditer(text) if m.end() > m.start()}
    return sorted(found)


def near(first: Iterable[Span], second: Iterable[Span], reach: int) -> Optional[tuple[Span, Span]]:
    """A piece of each that are at most `reach` signs apart, the nearest two."""
    others = list(second)
    pairs = [(_apart(a, b), a, b) for a in first for b in others]
    close = min((p for p in pairs if p[0] <= reach), default=None)
    return (close[1], close[2]) if close else None


def _apart(a: Span, b: Span) -> int:
    return max(0, b[0] - a[1], a[0] - b[1])
