"""A tiny trilingual data set and a place to keep what components learn."""

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.reader import MessageReader

SENTENCES = [
    ("j'ai des dettes et des factures", "debt_help", "fr"),
    ("je ne peux plus payer mes rappels", "debt_help", "fr"),
    ("je cherche une maison des jeunes à Esch", "youth_house", "fr"),
    ("un endroit pour les ados de mon quartier", "youth_house", "fr"),
    ("ich habe Schulden und Rechnungen", "debt_help", "de"),
    ("der Gerichtsvollzieher kommt morgen", "debt_help", "de"),
    ("ich suche ein Jugendhaus in Bonneweg", "youth_house", "de"),
    ("wo treffen sich Jugendliche im Viertel", "youth_house", "de"),
    ("ech hu Scholden a vill Rechnungen", "debt_help", "lb"),
    ("den Huissier kënnt muer bei mech", "debt_help", "lb"),
    ("ech sichen e Jugendhaus zu Miersch", "youth_house", "lb"),
    ("wou treffe sech déi Jonk am Quartier", "youth_house", "lb"),
]


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}))


def training_data() -> TrainingData:
    return TrainingData(
        [
            Message.build(text, intent, intent_metadata={"language": language})
            for text, intent, language in SENTENCES
        ]
    )


@pytest.fixture
def reader(storage: LocalModelStorage, context: ExecutionContext) -> MessageReader:
    resource = Resource("reader")
    created = MessageReader.create(MessageReader.get_default_config(), storage, resource, context)
    created.train(training_data())
    return created


@pytest.fixture
def data(reader: MessageReader) -> TrainingData:
    """The tiny data set, already read."""
    return reader.process_training_data(training_data())


def message(text: str, **metadata: Any) -> Message:
    return Message({"text": text, "metadata": metadata})
