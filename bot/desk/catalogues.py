"""The words of the desk's pages, one file for each language."""

import re
from pathlib import Path
from typing import Any

import yaml

from knowledge import Language

FOLDER = Path(__file__).parent / "pages"
#: French sets a space beside these signs; a narrow screen must not break a line there.
_GAP = re.compile(r" (?=[?!:;»])|(?<=«) ")
_NO_BREAK = "\u00a0"


def catalogue(name: str, language: Language) -> dict[str, Any]:
    """The words of `<name>.<language>.yml`."""
    path = FOLDER / f"{name}.{language}.yml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return dict(unbroken(content))


def unbroken(words: Any) -> Any:
    """Texts, or whatever holds them, with spaces that do not break beside signs."""
    if isinstance(words, dict):
        return {key: unbroken(value) for key, value in words.items()}
    if isinstance(words, list):
        return [unbroken(value) for value in words]
    return _GAP.sub(_NO_BREAK, words) if isinstance(words, str) else words
