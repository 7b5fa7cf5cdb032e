"""The catalogues: every word shown around a fact, per language. No sentence stands in Python."""

from pathlib import Path
from typing import Any

from knowledge._errors import InvalidKnowledge, Problem
from knowledge._languages import LANGUAGES, Language
from knowledge._yaml import line_of, read


class Wording:
    """Texts by key. `wording("fr", "to_confirm", year=2019)` fills the named gaps."""

    def __init__(self, folder: Path, prefix: str = "") -> None:
        """Reads `{prefix}{language}.yml` of each language. Raises InvalidKnowledge."""
        self._texts: dict[str, dict[str, str]] = {}
        problems: list[Problem] = []
        for language in LANGUAGES:
            path = folder / f"{prefix}{language}.yml"
            data: Any = read(path)
            if not isinstance(data, dict):
                raise InvalidKnowledge([Problem(path, 1, "file", "must map keys to texts")])
            self._texts[language] = {str(k): str(v) for k, v in data.items()}
        reference = self._texts["fr"].keys()
        for language in LANGUAGES:
            path = folder / f"{prefix}{language}.yml"
            for key in sorted(reference - self._texts[language].keys()):
                problems.append(Problem(path, 1, key, "is missing, other languages have it"))
            for key in sorted(self._texts[language].keys() - reference):
                line = line_of(path, (key,))
                problems.append(Problem(path, line, key, f"is missing in {prefix}fr.yml"))
        if problems:
            raise InvalidKnowledge(problems)

    def __call__(self, language: Language, key: str, **gaps: object) -> str:
        return self._texts[language][key].format(**gaps)
