"""What training sentences were read as is kept: used again, and never when it would be wrong."""

from pathlib import Path

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import reader
from bot.nlu.reader import AGES, MASKED, REST, UNNAMED, MessageReader
from bot.nlu.readings import Readings

TEXTS = ["Eng Crèche zu Miersch fir mäi Bouf, 3 Joer", "Jugendhaus Bonnevoie?", "dudelang"]


def read(texts: list[str], seen: dict[str, int] | None = None) -> list[Message]:
    config = MessageReader.get_default_config()
    data = TrainingData([Message({TEXT: text, INTENT: "inform"}) for text in texts])
    MessageReader(config, None, None, seen).process_training_data(data)
    return data.training_examples


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reader, "CACHE", tmp_path)
    return tmp_path


def test_a_second_training_reads_nothing_and_finds_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = read(TEXTS)
    monkeypatch.setattr(MessageReader, "_read", lambda *_: pytest.fail("read again"))
    second = read(TEXTS)
    for name in (MASKED, UNNAMED, REST, AGES):
        assert [m.get(name) for m in second] == [m.get(name) for m in first]
    assert first[0].get(MASKED) == "Eng Crèche zu __place__ fir mäi Bouf, __age__"
    assert first[0].get(AGES) == [3.0]


def test_a_word_that_has_become_common_is_read_anew() -> None:
    [before] = read(["dudelang"])
    [after] = read(["dudelang"], {"dudelang": 50})
    assert before.get(MASKED) == "__place__"
    assert after.get(MASKED) == "dudelang"


def test_another_state_of_the_reader_is_another_file(cache: Path) -> None:
    read(TEXTS)
    [old] = cache.glob("readings-*.json")
    readings = Readings(cache, "another state of code or lexicons")
    assert readings.get(Readings.key(TEXTS[0], [])) is None
    readings.put("key", {})
    readings.save()
    assert not old.exists() and len(list(cache.glob("readings-*.json"))) == 1


def test_a_damaged_file_is_an_empty_one(cache: Path) -> None:
    first = read(TEXTS)
    [path] = cache.glob("readings-*.json")
    path.write_text("[1, 2", encoding="utf-8")
    assert [m.get(MASKED) for m in read(TEXTS)] == [m.get(MASKED) for m in first]
