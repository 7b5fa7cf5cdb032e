"""The language of a message: sure, doubtful, none of ours; train, persist, load."""

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.language import LanguageIdentifier
from bot.nlu.reader import MessageReader
from tests.components.conftest import message


@pytest.fixture
def identifier(
    data: TrainingData, storage: LocalModelStorage, context: ExecutionContext
) -> LanguageIdentifier:
    created = LanguageIdentifier.create(
        LanguageIdentifier.get_default_config(), storage, Resource("language"), context
    )
    created.train(data)
    return created


def _find(reader: MessageReader, identifier: LanguageIdentifier, text: str, **metadata: object):
    [found] = identifier.process(reader.process([message(text, **metadata)]))
    entity = next((e["value"] for e in found.get("entities") if e["entity"] == "language"), None)
    return found.get("language"), entity


def test_sure(reader: MessageReader, identifier: LanguageIdentifier) -> None:
    assert _find(reader, identifier, "je ne peux plus payer mes factures") == ("fr", "fr")
    assert _find(reader, identifier, "der Gerichtsvollzieher kommt und ich suche Hilfe")[0] == "de"
    assert _find(reader, identifier, "ech hu vill Scholden am Quartier")[0] == "lb"


@pytest.mark.parametrize("text", ["Esch", "14", "Bonneweg 3 Joer", "😭"])
def test_a_place_or_number_changes_nothing(
    reader: MessageReader, identifier: LanguageIdentifier, text: str
) -> None:
    for prior in ("fr", "de", "lb"):
        assert _find(reader, identifier, text, language=prior) == (prior, None)


def test_ok_keeps_the_conversation(reader: MessageReader, identifier: LanguageIdentifier) -> None:
    assert _find(reader, identifier, "ok", language="lb") == ("lb", None)


def test_a_first_message_takes_the_likeliest(
    reader: MessageReader, identifier: LanguageIdentifier
) -> None:
    language, entity = _find(reader, identifier, "Rechnungen", language=None)
    assert entity == language


@pytest.mark.parametrize(
    ("text", "language"), [("Jugendhaus zu Miersch", "lb"), ("Jugendhaus in Bonneweg", "de")]
)
def test_the_spelling_of_a_place_tells_the_language(
    reader: MessageReader, identifier: LanguageIdentifier, text: str, language: str
) -> None:
    assert _find(reader, identifier, text, language=None) == (language, language)
    assert _find(reader, identifier, text, language="fr")[0] == "fr", "the conversation's stays"


@pytest.mark.parametrize(("text", "language"), [("Hallo", "de"), ("salut", "fr"), ("moien", "lb")])
def test_a_shared_word_has_a_home(
    reader: MessageReader, identifier: LanguageIdentifier, text: str, language: str
) -> None:
    assert _find(reader, identifier, text, language=None)[0] == language
    assert _find(reader, identifier, text, language="lb")[0] == "lb"


@pytest.mark.parametrize("text", ["asdkjh qwpoe", "jdkeif ekdi woe"])
def test_slips_and_nonsense_are_no_foreign_language(
    reader: MessageReader, identifier: LanguageIdentifier, text: str
) -> None:
    assert _find(reader, identifier, text, language="fr") == ("fr", None)


@pytest.mark.parametrize("text", ["I need help", "preciso de ajuda", "não tenho casa"])
def test_a_short_cry_in_another_language(
    reader: MessageReader, identifier: LanguageIdentifier, text: str
) -> None:
    assert _find(reader, identifier, text, language="fr") == ("other", None)


def test_other(reader: MessageReader, identifier: LanguageIdentifier) -> None:
    found, entity = _find(reader, identifier, "please help me I need a place to sleep tonight")
    assert (found, entity) == ("other", None)


def test_a_button_is_left_alone(reader: MessageReader, identifier: LanguageIdentifier) -> None:
    [found] = identifier.process(reader.process([message("/greet")]))
    assert found.get("language") is None


def test_what_was_learnt_survives(
    reader: MessageReader,
    identifier: LanguageIdentifier,
    storage: LocalModelStorage,
    context: ExecutionContext,
) -> None:
    loaded = LanguageIdentifier.load(
        LanguageIdentifier.get_default_config(), storage, Resource("language"), context
    )
    for text in ("j'ai des dettes", "ich habe Schulden", "ech hu Scholden", "moien"):
        assert _find(reader, loaded, text) == _find(reader, identifier, text)
