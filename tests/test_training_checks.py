"""The checks of the training sentences find what they are for, on sets broken in just that way."""

import numpy as np

from bot.nlu.reader import Example
from bot.settings import ROOT
from bot.training_checks import check_training_data, in_another_language, nearest_labels


def test_a_row_among_rows_of_another_label() -> None:
    rng = np.random.default_rng(0)
    ones = rng.normal([5, 0], 0.1, (20, 2))
    twos = rng.normal([-5, 0], 0.1, (20, 2))
    labels = ["one"] * 20 + ["two"] * 20
    labels[3] = "two"
    found = nearest_labels(np.vstack([ones, twos]), labels, 5)
    assert [i for i, (a, b) in enumerate(zip(labels, found)) if a != b] == [3]


def test_a_sentence_in_the_wrong_folder() -> None:
    german = ["ich habe Schulden und suche Hilfe", "wo ist das nächste Jugendhaus im Viertel"]
    french = ["je ne peux plus payer mon loyer", "où est la maison des jeunes du quartier"]
    sentences = [Example(f"{t} {i}", "de", "x") for i in range(20) for t in german]
    sentences += [Example(f"{t} {i}", "fr", "x") for i in range(20) for t in french]
    wrong = Example("je ne peux plus payer mon loyer du quartier", "de", "x")
    assert in_another_language([*sentences, wrong]) == [(wrong, "fr")]


def test_mixed_languages_are_no_mistake() -> None:
    sentences = [Example(f"ich suche ein Haus {i}", "de", "x") for i in range(30)]
    sentences += [Example(f"je cherche une maison {i}", "fr", "x") for i in range(30)]
    mixed = Example("ich suche une maison", "de", "x")
    assert in_another_language([*sentences, mixed]) == []


def test_hardly_a_training_sentence_teaches_the_wrong_thing() -> None:
    """Nearer to another intent than to its own, or in another language than its folder.

    Not zero: the 8-bit vectors of a text differ a little with the texts embedded together, and a
    sentence at a border falls to either side. The 2,460 sentences of danger and its look-alikes
    added on 28 November 2026 stand at that border on purpose, and so do those of 29 November on
    what none of ours is there for, hardly any of whose topics is like another; the encoder was not
    fitted to either yet (before them: 1.9 and 2.7 %; with them 3.04 %). Without the 216 or 347
    newest of these sentences the conversations failed more often. Of the 927 on danger that a note
    only implies, and on calm notes of the same looks, 174 stand at that border (3.34 %): with them
    nine kinds of danger of 650 more are heard at the desk, and four cries of 434 in the chat. With
    660 calm sentences that sound of danger it is 3.48 %.
    """
    sentences = sum(
        line.startswith("    - ")
        for path in (ROOT / "data" / "nlu").rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    problems = check_training_data()
    assert sum("reads like" in p for p in problems) / sentences <= 0.001
    assert sum("nearer to" in p for p in problems) / sentences <= 0.035
