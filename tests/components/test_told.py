"""Needs told in plain words, in three languages; what only sounds like one is none."""

import pytest

from bot.nlu.files import LEXICON
from bot.nlu.told import ToldNeeds
from knowledge import load


@pytest.fixture(scope="module")
def told() -> ToldNeeds:
    return ToldNeeds(LEXICON / "needs.yml")


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("J'ai des dettes, et je cherche du boulot", ["debt_help", "job_insertion"]),
        ("Krippe und Hausaufgabenhilfe", ["childcare", "homework_help"]),
        ("keng Aarbecht an näischt z'iessen", ["job_insertion", "food_help"]),
        ("LOYER TROP CHER!!! et plus rien à manger", ["affordable_housing", "food_help"]),
        ("d'Wunneng ass ze deier, ech hu Scholden", ["affordable_housing", "debt_help"]),
        ("bezahlbare Wohnung gesucht, bin arbeitslos gemeldet", ["affordable_housing"]),
        ("ich bin 17 und meine eltern haben mich rausgeschmissen", ["emergency_housing"]),
        ("mon copain m'a mise à la porte avec le bébé", ["emergency_housing"]),
        ("mäi Papp huet mech virun d'Dier gesat", ["emergency_housing"]),
        ("mein Chef hat mich rausgeschmissen", []),
        ("mes parents m'ont pas mis dehors", []),
        ("je n'ai pas de dettes", []),
        ("ich habe keine Schulden", []),
        ("ech si frou mat menger Aarbecht", []),
        ("le propriétaire est gentil", []),
        ("", []),
    ],
)
def test_told_in_words(told: ToldNeeds, text: str, needs: list[str]) -> None:
    found = told.find(text)
    assert sorted(found, key=lambda name: found[name]) == needs


def test_where_it_is_told(told: ToldNeeds) -> None:
    found = told.find("une crèche pour la petite et du soutien scolaire pour le grand")
    assert 0 <= found["childcare"] < 0.2 < found["homework_help"] < 1


def test_who_works_in_a_house_does_not_look_for_it(told: ToldNeeds) -> None:
    text = "In der Krippe, in der ich arbeite, suchen wir eine Fortbildung"
    assert list(told.find(text, "professional_training")) == ["professional_training"]
    assert "childcare" in told.find(text, "budget_help")


def test_every_need_of_the_file_exists(told: ToldNeeds) -> None:
    assert set(told._names) <= set(load().needs)
