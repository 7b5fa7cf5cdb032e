"""What the encoder is fitted on: clauses keep their intent, the same sentences give the same."""

import pytest

from adaptation.texts import Writer
from bot.nlu.reader import Example

DEBT = Example("ech kann meng Rechnungen net méi bezuelen", "lb", "debt_help")
YOUTH = Example("wou ass e Jugendhaus zu __place__?", "lb", "youth_house")
TWO = Example("Je dors dehors, et il fait froid.", "fr", "winter_shelter")


def test_a_sentence_and_its_spellings() -> None:
    row = Writer().sentence(DEBT)
    assert row["intents"] == ["debt_help"]
    texts = [version["text"] for version in row["versions"]]
    assert texts[0] == DEBT.text.lower() and len(texts) > 3
    assert len(set(texts)) == len(texts)


def test_every_clause_of_a_sentence_has_its_intent() -> None:
    first = Writer().sentence(TWO)["versions"][0]
    said = [first["text"][start:end] for start, end, _ in first["parts"]]
    assert said == ["je dors dehors", "et il fait froid."]
    assert {intent for _, _, intent in first["parts"]} == {"winter_shelter"}


@pytest.mark.parametrize("seed", range(5))
def test_each_clause_of_a_joined_message_keeps_its_own(seed: int) -> None:
    writer = Writer()
    for _ in range(seed):
        writer.joined([DEBT, YOUTH])
    row = writer.joined([DEBT, YOUTH])
    [version] = row["versions"]
    assert row["intents"] == ["debt_help", "youth_house"]
    parts = version["parts"]
    assert [intent for _, _, intent in parts] == ["debt_help", "youth_house"]
    starts = [start for start, _, _ in parts]
    assert starts[0] == 0 and starts[1] > len(DEBT.text) / 2


def test_hidden_places_are_shortened() -> None:
    assert "__place__" not in Writer().sentence(YOUTH)["versions"][0]["text"]


def test_joined_messages_tell_different_needs() -> None:
    writer = Writer()
    hungry = Example("näischt z'iessen", "lb", "food_help")
    for _ in range(20):
        chosen = writer.choose({"lb": [DEBT, YOUTH, hungry]})
        assert len({e.intent for e in chosen}) == len(chosen) >= 2


def test_the_same_sentences_give_the_same_texts() -> None:
    assert Writer().sentence(DEBT) == Writer().sentence(DEBT)
