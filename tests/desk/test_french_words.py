"""No French sign of the desk begins a line: the space before it does not break."""

import re

import pytest

from bot.desk.catalogues import FOLDER, catalogue
from tests.words.texts import texts

BREAKS = re.compile(r" [?!:;»]|« ")
NAMES = sorted(path.name.removesuffix(".fr.yml") for path in FOLDER.glob("*.fr.yml"))


def _said(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _said(value)]
    if isinstance(node, list):
        return [text for value in node for text in _said(value)]
    return [node] if isinstance(node, str) else []


@pytest.mark.parametrize("name", NAMES)
def test_the_space_before_a_sign_does_not_break(name: str) -> None:
    french = _said(catalogue(name, "fr"))
    assert french and not [text for text in french if BREAKS.search(text)]


def test_nothing_else_is_changed() -> None:
    """Of French only these spaces; of the other languages nothing."""
    written = {t.where: t.text for t in texts() if t.where.startswith("bot/desk/pages/")}
    for name in NAMES:
        for language in ("fr", "de", "lb"):
            said = _said(catalogue(name, language))  # type: ignore[arg-type]
            kept = [t for where, t in written.items() if f"/{name}.{language}.yml" in where]
            plain = [text.replace("\u00a0", " ") for text in said] if language == "fr" else said
            assert set(kept) <= set(plain)
    assert catalogue("inbox", "fr")["deletes"].startswith("«\u00a0C'est fait\u00a0»")
