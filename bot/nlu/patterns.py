"""Which of several hundred regular expressions occur in a text, without trying each.

Every expression is first looked through for letters it cannot do without; an automaton (Aho and
Corasick 1975, "Efficient string matching") finds all of these in one pass over the text, and only
the expressions whose letters stand there are searched.
"""

import re

# Python's own parser of expressions, of the one Python version that Rasa runs on.
import sre_constants as code
import sre_parse
from typing import Any, Iterable, List, Optional, Set

import ahocorasick


class Patterns:
    """Expressions by number, for lower-case text. Raises re.error when one is broken."""

    def __init__(self, sources: Iterable[str]) -> None:
        self.compiled = [re.compile(source) for source in sources]
        self._always: Set[int] = set()
        self._automaton: Any = ahocorasick.Automaton()
        by_letters: dict[str, Set[int]] = {}
        for number, pattern in enumerate(self.compiled):
            needed = needed_letters(pattern)
            if needed is None:
                self._always.add(number)
            for letters in needed or ():
                by_letters.setdefault(letters, set()).add(number)
        for letters, numbers in by_letters.items():
            self._automaton.add_word(letters, numbers)
        self._automaton.make_automaton()

    def occurring(self, text: str) -> List[int]:
        """The numbers of those that occur, in ascending order."""
        possible = set(self._always)
        if len(self._automaton):
            for _, numbers in self._automaton.iter(text):
                possible |= numbers
        return [number for number in sorted(possible) if self.compiled[number].search(text)]


def needed_letters(pattern: "re.Pattern[str]") -> Optional[Set[str]]:
    """Sequences of letters of which one stands in every match; None when none is sure to."""
    if pattern.flags & re.IGNORECASE:
        return None
    return _of_sequence(sre_parse.parse(pattern.pattern))


def _of_sequence(items: Any) -> Optional[Set[str]]:
    """All items have to match, one after the other: the most telling one is enough."""
    found: List[Set[str]] = []
    run = ""
    for kind, value in items:
        if kind == code.LITERAL:
            run += chr(value)
            continue
        if run:
            found.append({run})
            run = ""
        inside = _of_item(kind, value)
        if inside is not None:
            found.append(inside)
    if run:
        found.append({run})
    return max(found, key=lambda letters: min(map(len, letters)), default=None)


def _of_item(kind: Any, value: Any) -> Optional[Set[str]]:
    if kind == code.SUBPATTERN:
        return None if value[1] & re.IGNORECASE else _of_sequence(value[3])
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT) and value[0] > 0:
        return _of_sequence(value[2])
    if kind == code.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        sure = [letters for letters in branches if letters is not None]
        return set().union(*sure) if len(sure) == len(branches) else None
    return None
