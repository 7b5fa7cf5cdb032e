"""The directory in the Human Services Data Specification (HSDS 3.1), in every language.

Objects are dictionaries ready for JSON; `docs/hsds.md` says what they hold and what they leave out.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Mapping

from knowledge._base import Knowledge
from knowledge._hsds._filters import Filters, Selector, UnknownValue
from knowledge._hsds._objects import Kind, Objects, with_translations
from knowledge._hsds._package import FolderTaken, Form, write_package
from knowledge._hsds._rows import Builder
from knowledge._languages import LANGUAGES, Language

__all__ = [
    "PROFILE",
    "VERSION",
    "Filters",
    "FolderTaken",
    "Hsds",
    "Kind",
    "Objects",
    "UnknownValue",
]

VERSION = "3.1"
#: What we add to HSDS, as data.
PROFILE: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "profile.json").read_text(encoding="utf-8")
)


class Hsds:
    """All objects of one directory as they are on one day in Luxembourg, that of `at`."""

    def __init__(self, knowledge: Knowledge, *, at: datetime) -> None:
        tables = {language: Builder(knowledge, language, at).tables() for language in LANGUAGES}
        self._objects = {
            language: Objects(with_translations(tables, language)) for language in LANGUAGES
        }
        self._selector = Selector(knowledge, self._objects)

    def in_(self, language: Language) -> Objects:
        """The objects with their texts in a language."""
        return self._objects[language]

    def select(self, kind: Kind, filters: Filters) -> list[str]:
        """The ids that pass all filters, in the order of the directory. Raises UnknownValue."""
        return self._selector.select(kind, filters)

    def write(self, folder: Path, language: Language, *, form: Form = "all") -> list[Path]:
        """Writes the directory as files; see `write_package`. Raises FolderTaken."""
        return write_package(self._objects[language], PROFILE, folder, form=form)
