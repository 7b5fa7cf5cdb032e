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
    "bot/web/**/*.json",
    "knowledge/*.yml",
    "knowledge/wording/*.yml",
    "knowledge/services/*.yml",
    "knowledge/partners/*.yml",
    "knowledge/helplines/*.yml",
)
#: Not shown: what people may type, misspellings included; lists of codes.
_HIDDEN = {"knowledge/search.yml"}
_CODES = {"language_codes"}
#: The variations of a response stand language by language, in the same order.
_VARIATION = re.compile(r"^(domain\.yml/responses/\w+/)(\d+)")
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
    content = json.loads(content) if path.suffix == ".json" else yaml.safe_load(content)
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
        language = _condition(node) or language
        for key, part in node.items():
            if key in {"condition", "payload"} or key in _CODES:
                continue
            yield from _walk(part, f"{where}/{key}", key if key in LANGUAGES else language)


def _condition(node: dict[str, Any]) -> str | None:
    """The language of a variation of a response in domain.yml."""
    conditions = node.get("condition")
    return conditions[0]["value"] if conditions else None


def gaps(text: str) -> list[str]:
    """The names of the gaps that the program fills in."""
    return _GAP.findall(text)
