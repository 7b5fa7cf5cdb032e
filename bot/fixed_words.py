"""Reads the fixed words of the conversation itself: data/lexicon/requests.yml, fillers.yml."""

import re
from functools import cache, lru_cache
from typing import Any

from bot.nlu.crisis import plain
from bot.nlu.files import LEXICON, read_words


def says(kind: str, text: str) -> bool:
    """Whether a text says what a group of requests.yml stands for."""
    words = plain(text)
    return any(pattern.search(words) for pattern in patterns()[kind])


@cache
def filling(group: str) -> frozenset[str]:
    """The words of a group of fillers.yml."""
    content: Any = read_words(LEXICON / "fillers.yml")
    return frozenset(map(plain, content[group]))


@lru_cache(maxsize=1)
def patterns() -> dict[str, list[re.Pattern[str]]]:
    """The patterns of requests.yml, by their group."""
    content: Any = read_words(LEXICON / "requests.yml")
    return {kind: [re.compile(e["pattern"]) for e in entries] for kind, entries in content.items()}
