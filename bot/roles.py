"""The words for whoever answers a visitor instead of the assistant (bot/wording/roles.yml)."""

from pathlib import Path
from typing import Any, Optional

import yaml

_WORDS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "wording" / "roles.yml").read_text(encoding="utf-8")
)


def words(role: Optional[str], language: str) -> Optional[str]:
    """A role in a language; None where there is none, or no words for it."""
    said: Optional[str] = _WORDS.get(role or "", {}).get(language)
    return said
