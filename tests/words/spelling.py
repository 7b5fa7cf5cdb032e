"""Words of a text that no dictionary and no list of ours knows."""

import re
from functools import cache
from pathlib import Path

import yaml
from hunspell import Hunspell

from bot.settings import ROOT
from knowledge import load
from tests.conftest import LANGUAGES
from tests.words.texts import HERE, Text, phrases

DICTIONARIES = ROOT / ".cache" / "dictionaries" / "node_modules"
#: Said to people who write none of our three languages.
_FOREIGN = {"other_language": ("en", "pt"), "foreign": ("en", "pt")}
#: A name or an address may keep the words of another language of the country.
_NAMED = re.compile(r"/(name|address)/")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ELIDED = frozenset({"d'", "l'", "z'", "s'", "n'", "qu'", "j'", "c'", "m'", "t'"})
#: What an API calls a thing stands in quotation marks.
_PARAMETER = re.compile(r"[«„]\s?[\w.]+\s?[»“]")
_NOT_WORDS = re.compile(r"https?://\S*|\S+@\S+|{\w+}")


def missing_dictionaries() -> list[str]:
    wanted = [*LANGUAGES, *(code for codes in _FOREIGN.values() for code in codes)]
    return [code for code in wanted if not _files(code).with_suffix(".dic").is_file()]


class Spelling:
    """Looks words up; `used` collects the entries of our own lists that were needed."""

    def __init__(self) -> None:
        content = yaml.safe_load((HERE / "allowed.yml").read_text(encoding="utf-8"))
        self.allowed: dict[str, set[str]] = {k: set(v) for k, v in content.items()}
        self.used: dict[str, set[str]] = {name: set() for name in self.allowed}
        self._places = {word for name in _place_names() for word in _WORD.findall(name)}

    def unknown(self, text: Text) -> list[str]:
        """The words of this text that are in no dictionary and in no list."""
        words = _NOT_WORDS.sub(" ", text.text).replace("’", "'")
        if text.where.startswith("bot/wording/problems.yml"):
            words = _PARAMETER.sub(" ", words)
        languages: tuple[str, ...] = (text.language,)
        if _NAMED.search(text.where):
            languages = LANGUAGES
        for part, codes in _FOREIGN.items():
            if part in text.where:
                languages = (*languages, *codes)
        words = phrases().sub(self._seen, words)
        return [w for w in _WORD.findall(words) if not self._known(w, languages)]

    def _seen(self, found: re.Match[str]) -> str:
        self.used["phrases"].add(found[0])
        return " "

    def _known(self, word: str, languages: tuple[str, ...]) -> bool:
        if self._right(word, languages):
            return True
        # "d'Noutënnerkonft", "Luxembourg-Gare": each part for itself.
        parts = [p for p in re.split(r"(?<=')|-", word) if p.lower() not in _ELIDED]
        return parts != [word] and all(self._right(part, languages) for part in parts)

    def _right(self, word: str, languages: tuple[str, ...]) -> bool:
        return any(_lookup(word, code) for code in languages) or self._listed(word, languages)

    def _listed(self, word: str, languages: tuple[str, ...]) -> bool:
        if word in self._places:
            return True
        for name in ("names", "technical", *languages):
            if word in self.allowed.get(name, ()):
                self.used[name].add(word)
                return True
        return False


@cache
def _lookup(word: str, language: str) -> bool:
    return bool(_dictionary(language).spell(word))


@cache
def _dictionary(language: str) -> Hunspell:
    files = _files(language).resolve()
    return Hunspell(files.name, hunspell_data_dir=str(files.parent))


def _files(language: str) -> Path:
    return DICTIONARIES / f"dictionary-{language}" / "index"


def _place_names() -> set[str]:
    return {
        name
        for place in load().places.values()
        for name in (place.fr, place.de, place.lb, *place.other_names)
    }
