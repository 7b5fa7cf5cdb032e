"""Many expressions searched at once: the same as each of them searched alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation import read_cases
from bot.nlu.crisis import plain
from bot.nlu.files import DATA, LEXICON, read_words
from bot.nlu.patterns import Patterns, needed_letters

EXPRESSIONS = [
    "abc",
    "ab?c",
    "a(?:b|c)+d",
    "(?:ab|c?)d?",
    "(?:ab|)",
    "[ab]c",
    "ab{0,2}",
    "(?:ab){2,}",
    "a(?!b)",
    "a(?=bc)",
    "(?<!a)b",
    "(a|bc)d\\1",
    "^ab|ca$",
    "(?i)AB",
    "(?i:AB)c",
    "a.c",
    "[^a]b",
    "(?:a|b(?:cd|d))a",
]


@given(st.text("abcd", max_size=12))
def test_like_each_alone(text: str) -> None:
    alone = [n for n, source in enumerate(EXPRESSIONS) if re.search(source, text)]
    assert Patterns(EXPRESSIONS).occurring(text) == alone


def test_our_expressions_and_messages() -> None:
    """Every pattern of danger and of needs, on messages of the development set."""
    sources = []
    for path in [*sorted((LEXICON / "crisis").glob("*.yml")), LEXICON / "needs.yml"]:
        for entries in read_words(path).values():
            sources += [str(e["pattern"] if isinstance(e, dict) else e) for e in entries]
    patterns = Patterns(sources)
    found = 0
    for path in sorted((DATA / "dev").glob("*.tsv")):
        for case in read_cases(path)[::12]:
            words = plain(case["text"])
            alone = [n for n, p in enumerate(patterns.compiled) if p.search(words)]
            assert patterns.occurring(words) == alone, words
            found += len(alone)
    assert found > 20


@pytest.mark.parametrize(
    ("source", "letters"),
    [
        ("ab?cde", {"cde"}),
        ("(?:abc|de)f?", {"abc", "de"}),
        ("(?:abc|d?)", None),
        ("(?:abc)*", None),
        ("(?i)abc", None),
        ("(?i:ABC)d", {"d"}),
        ("[ab]", None),
    ],
)
def test_the_letters_needed(source: str, letters: "set[str] | None") -> None:
    assert needed_letters(re.compile(source)) == letters


def test_nothing_to_search() -> None:
    assert Patterns([]).occurring("abc") == []


def test_a_broken_expression() -> None:
    with pytest.raises(re.error):
        Patterns(["a("])
