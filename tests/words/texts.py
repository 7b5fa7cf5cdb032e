"""Every text shown to people, with its language and the place it stands at."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.settings import ROOT
from tests.conftest import LANGUAGES

HERE = Path(__file__).parent
#: Catalogues: one file per language (`words.fr.yml`, `fr.yml`) or the languages as keys inside.
CATALOGUES = (
    "domain.yml",
    "bot/**/*.yml",
    "bot/web/widget/catalogue.js",
    "knowledge/*.yml",
    "knowledge/wording/*.yml",
    "knowledge/services/*.yml",
    "knowledge/partners/*.yml",
    "knowledge/helplines/*.yml",
)
#: Not shown: what people may type, misspellings included; lists of codes.
_HIDDEN = {"knowledge/search.yml"}
_CODES = {"language_codes", "payload", "path", "condition"}
#: The variations of a response stand language by language, in the same order.
_VARIATION = re.compile(r"^(domain\.yml/responses/\w+/)(\d+)")
_LOCALE = re.compile(r"(fr|de|lb)(?:_[A-Z]{2})?$")
#: Lists of languages, by their codes.
_LANGUAGES = "/choices/wanted"
_GAP = re.compile(r"{(\w+)}")


class Text(NamedTuple):
    """`where` names file and key; `text` still holds its {gaps}."""

    where: str
    language: str
    text: str

    @property
    def key(self) -> str:
        """The same for the same text in another language."""
        key = re.sub(r"(?<=[./])(fr|de|lb)(?=[./]|$)", "*", self.where)
        return _VARIATION.sub(lambda m: f"{m[1]}{int(m[2]) // len(LANGUAGES)}", key)


@cache
def texts() -> tuple[Text, ...]:
    paths = [path for pattern in CATALOGUES for path in sorted(ROOT.glob(pattern))]
    named = [(path, path.relative_to(ROOT).as_posix()) for path in paths]
    return tuple(t for path, name in named if name not in _HIDDEN for t in _file(path, name))


def _file(path: Path, name: str) -> Iterator[Text]:
    content: Any = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        content = json.loads(re.sub(r"^export default |;\s*$", "", content))
    else:
        content = yaml.safe_load(content)
    whole = path.stem.rpartition(".")[2]
    yield from _walk(content, name, whole if whole in LANGUAGES else None)


def _walk(node: Any, where: str, language: str | None) -> Iterator[Text]:
    if isinstance(node, str):
        if language and node.strip():
            yield Text(where, language, node)
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from _walk(part, f"{where}/{number}", language)
    elif isinstance(node, dict):
        language = _own_language(node) or language
        for key, part in node.items():
            if key not in _CODES and part not in LANGUAGES:
                # In a list of languages the codes are what the texts tell of.
                code = None if where.endswith(_LANGUAGES) else _LOCALE.match(str(key))
                yield from _walk(part, f"{where}/{key}", code[1] if code else language)


def _own_language(node: dict[str, Any]) -> str | None:
    """Of a variation of a response in domain.yml, of a button in messenger_profile.yml."""
    if conditions := node.get("condition"):
        return str(conditions[0]["value"])
    return node["language"] if node.get("language") in LANGUAGES else None


def in_one_word(text: str) -> str:
    """The text, each name of several words (`phrases` in allowed.yml) written as one word."""
    return phrases().sub(lambda found: re.sub(r"\W", "", found[0]), text)


@cache
def phrases() -> re.Pattern[str]:
    """Names of several words, the longest first."""
    listed = yaml.safe_load((HERE / "allowed.yml").read_text(encoding="utf-8"))["phrases"]
    longest_first = sorted(listed, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b")


def gaps(text: str) -> list[str]:
    """The names of the gaps that the program fills in."""
    return _GAP.findall(text)
