"""The catalogues of this channel: words around an answer, and short titles of buttons."""

from typing import Any

import yaml

from bot.channels.messenger import _limits
from bot.channels.messenger._text import clean, shorten
from bot.settings import ROOT
from knowledge import LANGUAGES, Language

_FOLDER = ROOT / "bot" / "wording"


def catalogue(name: str) -> dict[str, Any]:
    """One file of `bot/wording`."""
    read: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    return read


_CARDS = catalogue("messenger_cards.yml")
_TITLES = catalogue("messenger_titles.yml")


def known(language: Any) -> Language:
    """The language itself when it is one of ours, else the first."""
    return next((code for code in LANGUAGES if code == language), LANGUAGES[0])


def word(language: Language, key: str, **gaps: object) -> str:
    """A text of `messenger_cards.yml`."""
    text: str = _CARDS[language][key]
    return text.format(**gaps)


def title(language: Language, full: str) -> tuple[str, bool]:
    """A button's title within the limit, and whether words of it were lost."""
    full = clean(full)
    short = _TITLES[language].get(full) or shorten(full, _limits.TITLE)
    return short, short.endswith("…") and not full.endswith("…")
