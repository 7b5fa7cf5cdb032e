"""Spaces that do not break: French sets one beside some signs, and no line may begin with them."""

import re
from typing import Any

_GAP = re.compile(r" (?=[?!:;»])|(?<=«) ")
_NO_BREAK = "\u00a0"


def unbroken(words: Any) -> Any:
    """Texts as they are shown, or whatever holds them: a narrow screen breaks no line there."""
    if isinstance(words, dict):
        return {key: unbroken(value) for key, value in words.items()}
    if isinstance(words, (list, tuple)):
        return type(words)(unbroken(value) for value in words)
    return _GAP.sub(_NO_BREAK, words) if isinstance(words, str) else words
