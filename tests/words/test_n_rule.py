"""The n-rule in every Luxembourgish text shown to people."""

import re

import pytest

from tests.words.n_rule import breaches
from tests.words.texts import in_one_word, texts

#: Pairs that only look like words of a sentence: a list of codes.
EXCEPTIONS = {"de oder"}
#: Names and addresses, mostly French; what is said in other languages.
OTHERS = re.compile(r"/name/|/address/|other_language|foreign")


def test_every_luxembourgish_text_keeps_the_n_rule() -> None:
    ours = [t for t in texts() if t.language == "lb" and not OTHERS.search(t.where)]
    broken = [f"{t.where}: {pair}" for t in ours for pair in breaches(in_one_word(t.text))]
    broken = [line for line in broken if line.rpartition(": ")[2] not in EXCEPTIONS]
    assert len(ours) > 800
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mir hunn Plaz fir den Service.", ["hunn Plaz", "den Service"]),
        ("Mir hu Plaz. De Service, den Dag, den Auto, d'Zäiten hei.", []),
        ("En Dag mat e Auto, vu Esch a hei.", ["e Auto", "vu Esch", "a hei"]),
        ("vun 11:30 bis 15 Auer, vu 8:00 un, vun 10:00 un", ["vu 8:00"]),
        ("vun 8:00 bis 9:00; vun 7:00 un; vun 14 Auer un", ["vun 7:00", "vun 14"]),
        ("vun 112, vun 300, vun 400, vu 2025, vun 36", ["vun 400", "vu 2025", "vun 36"]),
        ("D'Associatioun fir Iech, den Hëllefstelefon fir Elteren", []),
        ("wann se kommen, wa se kommen, a Saison fir", []),
        ("Ech ruffen. Kommt! Mat {name} schwätzen {value}", []),
    ],
)
def test_breaches_are_found(text: str, found: list[str]) -> None:
    assert list(breaches(text)) == found
