"""What can go wrong while the knowledge base is read.

KnowledgeError
 ├── InvalidKnowledge   one or more files break a rule; carries every Problem
 └── UnknownId          an id was asked for that no file defines
"""

from dataclasses import dataclass
from pathlib import Path


class KnowledgeError(Exception):
    """Base class of everything this package raises."""


@dataclass(frozen=True)
class Problem:
    """One broken rule: which file, which line (1-based), which field, and what to do."""

    file: Path
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class InvalidKnowledge(KnowledgeError):
    """The knowledge base may not be used; `problems` names every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


class UnknownId(KnowledgeError, KeyError):
    """No service, partner, helpline or place has this id."""


class SearchUnavailable(KnowledgeError):
    """The database of the search does not answer, or no longer holds the directory."""
