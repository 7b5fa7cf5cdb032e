"""The widget's words: the same keys and gaps in every language, short and in their language."""

import json
import re

import pytest

from bot.settings import ROOT
from knowledge import LANGUAGES

FOLDER = ROOT / "bot" / "web" / "widget"
#: The same in two languages because the word is.
SAME: set[str] = set()


def words(language: str) -> dict[str, str]:
    """The widget's words in a language."""
    text = (FOLDER / "catalogue.js").read_text(encoding="utf-8")
    found = json.loads(text.removeprefix("export default ").rstrip().rstrip(";"))
    return {key: texts[language] for key, texts in found.items() if language in texts}


CATALOGUES = {language: words(language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_keys_and_gaps(language: str) -> None:
    def gaps(catalogue: dict[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in catalogue.items()}

    assert gaps(CATALOGUES[language]) == gaps(CATALOGUES["fr"])


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    code = "".join(
        p.read_text(encoding="utf-8") for p in FOLDER.glob("*.js") if p.name != "catalogue.js"
    )
    used = {key for key in CATALOGUES["fr"] if re.search(rf'["`]{key}["`]|\b{key}\b: "', code)}
    made = {f"size_{n}" for n in (1, 2)} | {f"theme_{t}" for t in ("auto", "light", "dark")}
    assert set(CATALOGUES["fr"]) - used - made == set()
    asked = set(re.findall(r'(?:word|say)\("(\w+)"', code)) | set(
        re.findall(r'"data-t(?:-label)?": "(\w+)"', code)
    )
    assert asked - set(CATALOGUES["fr"]) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_sentences(language: str) -> None:
    long = [
        sentence
        for text in CATALOGUES[language].values()
        for sentence in re.split(r"(?<=[.?!]) ", text)
        if len(sentence.split()) > 12
    ]
    assert long == []


def test_translated() -> None:
    for one, other in (("fr", "de"), ("fr", "lb"), ("de", "lb")):
        same = {key for key, text in CATALOGUES[one].items() if CATALOGUES[other][key] == text}
        assert {key for key in same if len(CATALOGUES[one][key].split()) > 1} <= SAME


def test_the_n_rule() -> None:
    """Final -n of these words falls except before n, d, t, z, h and vowels."""
    wrong = []
    for key, text in CATALOGUES["lb"].items():
        for word, following in re.findall(r"\b(\w+) (\w)", text):
            before = following.lower() in "ndtzhaeiouyäëéöüè"
            if word.lower() in ("de", "e", "keen", "an", "vun", "den", "en", "neien", "ären"):
                ends = word.lower().endswith("n")
                if word.lower() in ("keen",):
                    continue
                if ends != before and not (word.lower() in ("de", "e") and not before):
                    wrong.append((key, word, following))
    assert wrong == []
