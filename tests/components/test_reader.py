"""Places, ages and names, in the forms people write; learnt words survive a reload."""

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource

from bot.nlu.reader import MASKED, MessageReader
from tests.components.conftest import message


def _read(reader: MessageReader, text: str) -> dict[str, object]:
    [read] = reader.process([message(text)])
    return {e["entity"]: e["value"] for e in read.get("entities")}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Wo ist das nächste Jugendhaus in Bonneweg?", "Bonnevoie"),
        ("ech wunnen zu Bouneweg", "Bonnevoie"),
        ("op der Gare", "Gare"),
        ("à la gare", "Gare"),
        ("d'Escher Jugendhaus", "Esch-sur-Alzette"),
        ("z'Esch", "Esch-sur-Alzette"),
        ("à Esch-sur-Sûre", "Esch-sur-Sûre"),
        ("in Düdelingen", "Dudelange"),
        ("zu Diddeleng", "Dudelange"),
        ("dudelang", "Dudelange"),
        ("ich wohne in Ettelbrueck", "Ettelbruck"),
        ("zu Ettelbreck", "Ettelbruck"),
        ("j'habite a bonevoie", "Bonnevoie"),
        ("Pétange svp", "Pétange"),
        ("zu Déifferdeng", "Differdange"),
        ("in Differdingn", "Differdange"),
        ("ich wohne im Grund", "Grund"),
        ("nee, net zu Esch, zu Miersch", "Mersch"),
        ("Luxemburg-Bonneweg", "Bonnevoie"),
        ("quartier Centre Ville", "Ville-Haute"),
        ("an der Stad", "Luxembourg"),
        ("j'habite Schieren et j'ai des dettes", "Schieren"),
        ("Keller zu Stroosse raumen", "Strassen"),
        ("Ech-sur-Alzete svp", "Esch-sur-Alzette"),
        ("ech wunnen zu Rouspret-Mompech", "Rosport-Mompach"),
        ("une crèche à Diferdange", "Differdange"),
        ("La petite d'en face, à Kayle", "Kayl"),
        ("un club à Esch, enfin non à Wiltz", "Wiltz"),
        ("in Bonneweg, Quatsch, in Clausen meine ich", "Clausen"),
        ("zu Esch, nee, zu Sandweiler", "Sandweiler"),
        ("à Esch et non à Wiltz", "Esch-sur-Alzette"),
        ("à Esch ou à Mersch, non ?", "Esch-sur-Alzette"),
        ("und in der Hauptstadt?", "Luxembourg"),
        ("Net dat vun Déifferdeng, ech mengen d'Jugendhaus zu Peiteng", "Pétange"),
    ],
)
def test_places(reader: MessageReader, text: str, place: str) -> None:
    assert _read(reader, text).get("place") == place


@pytest.mark.parametrize(
    "text",
    [
        "aus diesem Grund",
        "50 cents",
        "J'habite au Luxembourg depuis 2 ans",
        "ich brauche einen Hammer",
        "eich hun eng Fro",
        "ganz Luxemburg",
        "Escherichia",
        "ech hu kee Geld",
    ],
)
def test_words_that_are_no_place(reader: MessageReader, text: str) -> None:
    assert "place" not in _read(reader, text)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("mon fils a 3 ans", 3),
        ("elle a deux ans et demi", 2.5),
        ("mäi Bouf ass 14", 14),
        ("Mäi Kand huet 3 Joer", 3),
        ("mein 15-jähriger Sohn", 15),
        ("er ist fünfzehn", 15),
        ("e Kand vun 18 Méint", 1.5),
        ("16", 16),
        ("ich bin 17 Jahre alt", 17),
        ("dräi Joer", 3),
        ("quatre-vingt-deux ans", 82),
        ("ma mère a 78ans", 78),
        ("j'ai deux filles de 3 et 5 ans", 3),
        ("mein Opa (84) ist allein", 84),
        ("ech si schon siwwenanzwanzeg", 27),
        ("mein Enkel ist fünfeinhalb", 5.5),
        ("ein Jahr und neun Monate", 1.75),
        ("er wird im Mai 12", 12),
        ("Elle souffle ses huit bougies", 8),
        ("Geld zum Siebzigsten", 70),
        ("wann ech 70 ginn", 70),
        ("une crèche pour un petit de 9 mois", 0.75),
        ("eine Krippe für mein Baby in Mersch, 8 Monate", 0.67),
        ("mäi Jong, hien huet véierzéng Méint", 1.17),
    ],
)
def test_ages(reader: MessageReader, text: str, age: float) -> None:
    assert _read(reader, text).get("age") == age


@pytest.mark.parametrize(
    "text",
    [
        "ech waarde schonn, 8 Méint",
        "depuis 3 ans",
        "seit 2 Jahren",
        "zënter 5 Joer",
        "50 euros",
        "um 14 Auer",
        "il y a 4 ans",
        "j'ai 20 ans d'expérience",
        "ech hunn zwanzeg Joer Erfarung",
        "trois mois de loyer en retard",
        "enceinte de sept mois",
        "on est 5 à table",
        "Heute ist der 28. und ich habe noch 3 Euro",
        "am 20. ist nichts mehr da",
    ],
)
def test_numbers_that_are_no_age(reader: MessageReader, text: str) -> None:
    assert "age" not in _read(reader, text)


def test_several_children_and_names(reader: MessageReader) -> None:
    [read] = reader.process([message("3 ans et 7 ans, Obenthalt")])
    assert read.get("ages") == [3, 7]
    assert _read(reader, "Wou ass den Obenthalt?")["service"] == "foyer-obenthalt"
    assert _read(reader, "wann hat das Jugendhaus auf")["kind"] == "youth_house"


def test_places_and_ages_are_hidden_from_the_classifier(reader: MessageReader) -> None:
    [read] = reader.process([message("une crèche à Esch-sur-Alzette pour 3 ans")])
    assert read.get(MASKED) == "une crèche à __place__ pour __age__"


@pytest.mark.parametrize("text", ["", "   ", "😭", "\x00\x07", "/greet", "?!", "a" * 20_000])
def test_odd_texts_are_read(reader: MessageReader, text: str) -> None:
    [read] = reader.process([message(text)])
    assert read.get("entities", []) == []


@pytest.mark.parametrize("text", ["3 et", "mon fils a 3 ans et", "3,", "2 Joer an", "12 -", "(7"])
def test_a_number_at_the_very_end(reader: MessageReader, text: str) -> None:
    _read(reader, text)


def test_what_was_learnt_survives(
    reader: MessageReader, storage: LocalModelStorage, context: ExecutionContext
) -> None:
    loaded = MessageReader.load(
        MessageReader.get_default_config(), storage, Resource("reader"), context
    )
    for text in ("in Bonneweg", "zu Mersh", "mit 15 Jahren"):
        assert _read(loaded, text) == _read(reader, text)


def test_common_words_are_no_misspelt_places(
    storage: LocalModelStorage, context: ExecutionContext
) -> None:
    config = {**MessageReader.get_default_config(), "common_from": 2}
    created = MessageReader.create(config, storage, Resource("other"), context)
    assert _read(created, "mensch") == {"place": "Mersch"}
    from rasa.shared.nlu.training_data.training_data import TrainingData

    created.train(TrainingData([message_with("ein mensch"), message_with("kein mensch")]))
    assert _read(created, "mensch") == {}


def message_with(text: str):
    built = message(text)
    built.set("intent", "x")
    return built


def test_a_name_of_everyday_words_needs_its_capitals(reader: MessageReader) -> None:
    for text, named in (
        ("Coup de Pouce, c'est combien le loyer ?", True),
        ("il me faudrait un coup de pouce", False),
        ("was kostet die miete bei coup de pouce", True),
    ):
        [found] = reader.process([message(text)])
        services = [e["value"] for e in found.get("entities") if e["entity"] == "service"]
        assert services == (["coup-de-pouce"] if named else []), text
