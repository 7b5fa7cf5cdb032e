"""The words of the desk's pages, one file for each language."""

from pathlib import Path
from typing import Any

import yaml

from knowledge import Language, unbroken

FOLDER = Path(__file__).parent / "pages"


def catalogue(name: str, language: Language) -> dict[str, Any]:
    """The words of `<name>.<language>.yml`."""
    path = FOLDER / f"{name}.{language}.yml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return dict(unbroken(content))
