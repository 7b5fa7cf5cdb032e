"""Whether every language of `knowledge/languages.yml` has all of its data outside `knowledge/`.

What lacks something in `knowledge/` is said when it is loaded, what lacks a response by `checks`.
"""

import json
from pathlib import Path
from typing import Any, Iterable

import yaml

from bot.settings import ROOT
from knowledge import LANGUAGES

_REFERENCE = "fr"
_PAGES = ("bot/web/pages", "bot/desk/pages")
_WIDGET = Path("bot/web/widget/catalogue.js")


def check_languages(root: Path = ROOT) -> list[str]:
    """Every problem, as "file: what is wrong"; empty when all is well."""
    problems = [*_slot(root), *_catalogues(root), *_wordings(root), *_widget(root)]
    for language in LANGUAGES:
        problems += _understanding(root, language)
    return problems


def _slot(root: Path) -> Iterable[str]:
    values = _read(root / "domain.yml")["slots"]["language"]["values"]
    if set(values) != set(LANGUAGES):
        yield f"domain.yml: the slot language has the values {values}, not {list(LANGUAGES)}"


def _catalogues(root: Path) -> Iterable[str]:
    for folder in _PAGES:
        for path in sorted((root / folder).glob(f"*.{_REFERENCE}.yml")):
            wanted = _keys(_read(path))
            for language in LANGUAGES:
                other = path.with_name(f"{path.name.split('.')[0]}.{language}.yml")
                name = other.relative_to(root)
                if not other.is_file():
                    yield f"{name}: is missing"
                    continue
                found = _keys(_read(other))
                for key in sorted(wanted ^ found):
                    yield f"{name}: {key}: stands in one language only"


def _wordings(root: Path) -> Iterable[str]:
    """Files that hold all languages together: what has French, has all."""
    for path in sorted((root / "bot" / "wording").glob("*.yml")):
        yield from (f"{path.relative_to(root)}: {p}" for p in _everywhere(_read(path), ()))


def _everywhere(value: Any, at: tuple[str, ...]) -> Iterable[str]:
    if isinstance(value, dict):
        if _REFERENCE in value:
            for language in LANGUAGES:
                if language not in value:
                    yield f"{'/'.join((*at, language))}: is missing"
        for key, inner in value.items():
            yield from _everywhere(inner, (*at, str(key)))


def _widget(root: Path) -> Iterable[str]:
    text = (root / _WIDGET).read_text(encoding="utf-8")
    catalogue = json.loads(text.removeprefix("export default ").rstrip().rstrip(";"))
    for key, texts in catalogue.items():
        for language in LANGUAGES:
            if not texts.get(language):
                yield f"{_WIDGET}: {key}: has no text in '{language}'"


def _understanding(root: Path, language: str) -> Iterable[str]:
    """Sentences to learn from, cries for help, and nothing that calls the language foreign."""
    data = root / "data"
    needed = [
        data / "nlu" / language / p.name for p in sorted((data / "nlu" / _REFERENCE).glob("*.yml"))
    ]
    needed += [data / "lexicon" / kind / f"{language}.yml" for kind in ("crisis", "abuse")]
    needed.append(data / "dev" / f"{language}.tsv")
    for path in needed:
        if not path.is_file():
            yield f"{path.relative_to(root)}: is missing"
    insults = data / "lexicon" / "abuse"
    if (own := insults / f"{language}.yml").is_file():
        for key in sorted(_read(insults / f"{_REFERENCE}.yml").keys() - _read(own).keys()):
            yield f"{own.relative_to(root)}: {key}: is missing"
    foreign = data / "language" / f"{language}.txt"
    if foreign.is_file():
        yield f"{foreign.relative_to(root)}: says that the language is none of ours"


def _keys(value: Any, at: str = "") -> set[str]:
    """The paths of all texts of a catalogue."""
    if isinstance(value, dict):
        return {key for name, inner in value.items() for key in _keys(inner, f"{at}/{name}")}
    return {at}


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
