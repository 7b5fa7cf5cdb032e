"""Cutting a message into clauses: sentences, conjunctions in three languages, no crumbs."""

import pytest

from bot.nlu.clauses import Clauses
from bot.nlu.files import LEXICON


@pytest.fixture(scope="module")
def clauses() -> Clauses:
    return Clauses(LEXICON / "clauses.yml")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ech hunn Honger", []),
        ("", []),
        ("Bonjour, merci", []),
        (
            "Ech hunn näischt z'iessen an ech hu vill Scholden",
            ["Ech hunn näischt z'iessen", "ech hu vill Scholden"],
        ),
        (
            "Wir müssen am Montag raus und haben Mietschulden. Was tun wir jetzt?",
            ["Wir müssen am Montag raus", "haben Mietschulden", "Was tun wir jetzt?"],
        ),
        (
            "Mme ne paie plus le loyer et cherche une crèche",
            ["Mme ne paie plus le loyer", "cherche une crèche"],
        ),
        ("Ech wunnen an der Stad zënter e puer Joer", []),
        ("il y a une place à __place__ pour mon fils", []),
    ],
)
def test_cut(clauses: Clauses, text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in clauses.spans(text)] == parts


def test_a_very_long_text_costs_little(clauses: Clauses) -> None:
    assert len(clauses.spans("das ist ein Satz. " * 2000)) == 16
