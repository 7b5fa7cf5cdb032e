"""Spelling variants: plausible, repeatable, and never touching what is hidden."""

import random

import pytest

from bot.nlu.files import LEXICON
from bot.nlu.variants import Variants, slips

TEXT = {
    "lb": "ech weess net, wou ech dës nuecht zu __place__ schlofe kann",
    "fr": "je n'ai plus d'argent pour payer le loyer à __place__",
    "de": "ich weiß nicht, wo ich heute nacht in __place__ schlafen soll",
}


@pytest.fixture(scope="module")
def variants() -> Variants:
    return Variants(LEXICON / "spelling.yml")


@pytest.mark.parametrize("language", sorted(TEXT))
def test_many_different_ones_of_the_same_sentence(variants: Variants, language: str) -> None:
    text = TEXT[language]
    written = [variants.write(text, language, random.Random(i)) for i in range(200)]
    assert len(set(written)) > 100
    for variant in written:
        assert "__place__" in variant
        assert abs(len(variant) - len(text)) < 16, variant


def test_the_same_seed_gives_the_same(variants: Variants) -> None:
    first = [variants.write(TEXT["lb"], "lb", random.Random(3)) for _ in range(2)]
    assert first[0] == first[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mir wëllen dat", {"mir wëlle dat"}),  # n-rule
        ("mäi kand", {"mai kand", "maei kand", "mei kand"}),  # accents and diphthongs
        ("ech hunn", {"ëch hunn", "ich hunn", "esch hunn", "ech hun"}),
        ("d'kanner", {"d kanner", "dkanner"}),  # the article run together with its word
        ("maachen", {"machen"}),  # doubled vowels
    ],
)
def test_luxembourgish_spellings_that_are_met(
    variants: Variants, text: str, expected: set[str]
) -> None:
    written = {variants.spelling(text, "lb", random.Random(i), rules=1) for i in range(600)}
    assert expected <= written, expected - written


def test_a_language_without_rules_stays_as_it_is(variants: Variants) -> None:
    assert variants.spelling("hello there", "en", random.Random(0)) == "hello there"


def test_slips_of_the_fingers() -> None:
    rng = random.Random(1)
    written = {slips("rechnung __age__", rng, count=1) for _ in range(300)}
    assert "rechnung __age__" not in written - {"rechnung __age__"}
    assert {"rchnung __age__", "rechnungg __age__"} <= written
    assert all(w.startswith("r") and w.endswith(" __age__") for w in written)
    assert slips("so an", rng, count=2) == "so an"
