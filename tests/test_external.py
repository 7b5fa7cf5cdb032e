"""The adapter for other people's data sets: reads each of Rasa's formats, and really trains."""

import os
from pathlib import Path

import pytest

from tests.external import cross_validate, read_rasa

MARKDOWN = """## intent:lost_card
- j'ai perdu ma [carte](card)
- where is my card

## lookup:cards
- visa

## intent:balance
- wéi vill Suen hunn ech
"""
YAML = """version: "3.1"
nlu:
- intent: balance
  examples: |
    - combien reste-t-il sur mon [compte]{"entity": "account"}
"""


def test_reads_each_format_and_the_language_of_the_path(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "nlu.md").write_text(MARKDOWN, encoding="utf-8")
    (tmp_path / "nlu_de.yml").write_text(YAML, encoding="utf-8")
    (tmp_path / "README.txt").write_text("- no example", encoding="utf-8")
    rows = read_rasa(tmp_path)
    assert ("j'ai perdu ma carte", "lost_card", "fr") in rows
    assert ("combien reste-t-il sur mon compte", "balance", "de") in rows
    assert len(rows) == 4


def test_trains_and_measures(tmp_path: Path) -> None:
    for intent, words in {"card": "carte perdue volée", "money": "argent compte solde"}.items():
        lines = [f"- {w} {o} numéro {i}" for i, w in enumerate(words.split()) for o in "abcd"]
        path = tmp_path / f"{intent}_fr.md"
        path.write_text(f"## intent:{intent}\n" + "\n".join(lines), encoding="utf-8")
    result = cross_validate(read_rasa(tmp_path), "none")
    assert result["examples"] == 24
    assert result["fr"]["accuracy"] > 0.8


def test_a_data_set_given_by_path() -> None:
    path = os.environ.get("WEEWEISER_TEST_RASA_DATA")
    if not path:
        pytest.skip("WEEWEISER_TEST_RASA_DATA names no data set in Rasa's format")
    assert cross_validate(read_rasa(Path(path)))["accuracy"] > 0.75
