"""Every word shown to people is spelled right, in each language."""

import os
import re

import pytest

from tests.conftest import LANGUAGES
from tests.words.spelling import Spelling, missing_dictionaries
from tests.words.texts import Text, texts


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    missing = missing_dictionaries()
    if missing:
        # CI has npm: there, a missing dictionary is an error of the set-up, not a reason to skip.
        assert os.environ.get("CI") != "true", f"scripts/dictionaries brought no {missing}"
        pytest.skip(f"no dictionaries {missing}: scripts/dictionaries gets them, with npm")
    return Spelling()


def test_every_word_is_known(spelling: Spelling) -> None:
    unknown = [f"{t.where}: {w}" for t in texts() for w in spelling.unknown(t)]
    assert not unknown, (
        "correct these, or add them to tests/words/allowed.yml when they are right:\n"
        + "\n".join(unknown)
    )


def test_no_entry_of_our_lists_is_useless(spelling: Spelling) -> None:
    for text in texts():
        spelling.unknown(text)
    useless = {name: sorted(spelling.allowed[name] - spelling.used[name]) for name in spelling.used}
    useless = {name: words for name, words in useless.items() if words}
    assert not useless, f"remove from tests/words/allowed.yml: {useless}"


@pytest.mark.parametrize(
    ("language", "text", "wrong"),
    [
        ("fr", "Vous appellez un bezoin à Luxembourg.", ["appellez", "bezoin"]),
        ("de", "Rufen Sie vorher ann. Die Öffnungszeiten.", ["ann"]),
        ("lb", "D'Ëffnungszeite kennt ech nett", ["D'Ëffnungszeite", "nett"]),
        ("lb", "D'Noutënnerkonft ass zu Lëtzebuerg-Beggen, z'iessen 45 45 45.", []),
    ],
)
def test_wrong_words_are_found(
    spelling: Spelling, language: str, text: str, wrong: list[str]
) -> None:
    assert spelling.unknown(Text("made up", language, text)) == wrong


def test_other_languages_only_where_they_are_spoken(spelling: Spelling) -> None:
    said = "I can answer in French. Posso responder em francês."
    where = "domain.yml/responses/utter_other_language/0/text"
    assert spelling.unknown(Text(where, "fr", said)) == []
    assert "answer" in spelling.unknown(Text("domain.yml/responses/utter_greet/0", "fr", said))


def test_every_catalogue_has_texts_in_all_languages() -> None:
    found: dict[str, set[str]] = {}
    for text in texts():
        file = re.match(r".*?\.(?:yml|js)", text.where)
        assert file
        found.setdefault(re.sub(r"\b(fr|de|lb)\.", "", file[0]), set()).add(text.language)
    lacking = {name: codes for name, codes in found.items() if codes != set(LANGUAGES)}
    assert len(found) > 100
    assert not lacking
