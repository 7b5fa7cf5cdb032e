"""The languages of the assistant: data, read once from `languages.yml`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from knowledge._errors import InvalidKnowledge, Problem
from knowledge._yaml import read


def _names(path: Path) -> dict[str, str]:
    """Code -> what the language calls itself, in order. Raises InvalidKnowledge."""
    found: Any = read(path)
    words = (*found, *found.values()) if isinstance(found, dict) else (None,)
    if not all(isinstance(word, str) for word in words):
        raise InvalidKnowledge([Problem(path, 1, "file", "must map codes of languages to names")])
    if "fr" not in found:
        # Names of places are compared in French, whoever asks.
        raise InvalidKnowledge([Problem(path, 1, "fr", "is missing: canonical names are French")])
    names: dict[str, str] = found
    return names


#: What each language calls itself.
LANGUAGE_NAMES = _names(Path(__file__).parent / "languages.yml")
#: Their codes; the first is taken when nothing is known.
LANGUAGES: tuple[str, ...] = tuple(LANGUAGE_NAMES)
if TYPE_CHECKING:
    Language = str
else:
    Language = Literal[LANGUAGES]
