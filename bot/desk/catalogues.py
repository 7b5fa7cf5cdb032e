"""The words of the desk's pages, one file for each language."""

import re
from pathlib import Path
from typing import Any

import yaml

from knowledge import Language

FOLDER = Path(__file__).parent / "pages"
#: French sets a space before and inside these signs; a narrow screen must not break a line there.
_FRENCH_GAP = re.compile(r" (?=[?!:;»])|(?<=«) ")
_NO_BREAK = "\u00a0"


def catalogue(name: str, language: Language) -> dict[str, Any]:
    """The words of `<name>.<language>.yml`."""
    path = FOLDER / f"{name}.{language}.yml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _unbroken(content) if language == "fr" else content


def _unbroken(words: Any) -> Any:
    if isinstance(words, dict):
        return {key: _unbroken(value) for key, value in words.items()}
    if isinstance(words, list):
        return [_unbroken(value) for value in words]
    return _FRENCH_GAP.sub(_NO_BREAK, words) if isinstance(words, str) else words
