"""Who answers a visitor instead of the assistant, and what is said when they stop.

The words stand in bot/wording/roles.yml and handoffs.yml.
"""

from pathlib import Path
from typing import Any, Optional

import yaml

_FOLDER = Path(__file__).parent / "wording"
_WORDS: dict[str, Any] = yaml.safe_load((_FOLDER / "roles.yml").read_text(encoding="utf-8"))
_ENDS: dict[str, Any] = yaml.safe_load((_FOLDER / "handoffs.yml").read_text(encoding="utf-8"))
#: Everything a visitor may be told of who answers.
ROLES = tuple(_WORDS)


def words(role: Optional[str], language: str) -> Optional[str]:
    """A role in a language; None where there is none, or no words for it."""
    said: Optional[str] = _WORDS.get(role or "", {}).get(language)
    return said


def ended(reason: Optional[str], language: str) -> list[dict[str, Any]]:
    """Why a person answers no more, as messages of the contract; none without a reason."""
    said: Optional[str] = _ENDS.get(reason or "", {}).get(language)
    return [{"type": "text", "text": said, "lang": language}] if said else []
