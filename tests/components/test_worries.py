"""What somebody tells that no service of ours is there for, after the decision."""

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.files import LEXICON, read_words
from bot.nlu.worries import Worries, WorryReader
from knowledge import load

CONTENT: Any = read_words(LEXICON / "worries.yml")


def sentences(key: str) -> list[Any]:
    return [
        pytest.param(name, sentence, bool(entry.get("outside")), id=f"{name}: {sentence}")
        for name, group in CONTENT.items()
        for entry in group["patterns"]
        for sentence in entry.get(key, [])
    ]


@pytest.fixture(scope="module")
def worries() -> Worries:
    return Worries()


@pytest.mark.parametrize(("name", "sentence", "outside"), sentences("catches"))
def test_a_pattern_catches_its_sentences(
    worries: Worries, name: str, sentence: str, outside: bool
) -> None:
    assert worries.find(sentence, outside=outside) == name


@pytest.mark.parametrize(("name", "sentence", "outside"), sentences("not"))
def test_what_is_not_meant_is_no_worry(
    worries: Worries, name: str, sentence: str, outside: bool
) -> None:
    assert worries.find(sentence, outside=outside) is None


def test_loose_words_are_heard_only_where_nothing_of_ours_is() -> None:
    text = "mon patron ne me paie pas"
    assert _heard(_read(text, "out_of_scope")) == ("wage", "out_of_scope", None)
    assert _heard(_read(text, "nlu_fallback")) == ("wage", "out_of_scope", None)
    doubtful = _read(text, "nlu_fallback", needs=["debt_help"])
    assert doubtful.get("worry") == "wage" and doubtful.get("needs") == [], "no need beside it"
    assert _read(text, "job_insertion", needs=["job_insertion"]).get("worry") is None
    cry = _read(text, "nlu_fallback", crisis=["crisis_violence"], crisis_guessed=False)
    assert cry.get("worry") is None


def test_what_its_own_words_tell_goes_before_loose_ones(worries: Worries) -> None:
    assert worries.find("ich trinke zu viel, mein Arzt schimpft", outside=True) == "addiction"
    assert worries.find("mein Arzt schimpft, weil ich rauche", outside=True) == "health"


def test_every_worry_has_somebody_to_call() -> None:
    known = load()
    assert set(CONTENT) == set(known.worries)
    for name, worry in known.worries.items():
        assert any(known.helplines[line].facts.get("phone") for line in worry.helplines), name


def _read(text: str, intent: str, **noted: Any) -> Message:
    message = Message({"text": text, "intent": {"name": intent, "confidence": 0.6}})
    message.data["intent_ranking"] = [{"name": intent, "confidence": 0.6}]
    for key, value in noted.items():
        message.set(key, value)
    [read] = WorryReader(WorryReader.get_default_config()).process([message])
    return read


def _heard(message: Message) -> tuple[Any, ...]:
    return (message.get("worry"), message.get("intent")["name"], message.get("crisis"))


def test_a_guess_in_few_words_gives_way() -> None:
    guess = {"crisis": ["crisis_medical"], "crisis_guessed": True}
    read = _read("mein Vater trinkt", "crisis_medical", **guess)
    assert _heard(read) == ("drinking_parent", "crisis_child", ["crisis_child"])
    read = _read(
        "mon mari boit trop", "crisis_medical", crisis=["crisis_medical"], crisis_guessed=1
    )
    assert _heard(read) == ("addiction", "street_work", []) and read.get("needs") == ["street_work"]


def test_a_cry_in_fixed_words_goes_before() -> None:
    text = "mein Vater trinkt und schlägt mich"
    read = _read(text, "crisis_child", crisis=["crisis_child"], crisis_guessed=False)
    assert _heard(read) == (None, "crisis_child", ["crisis_child"])


def test_a_guess_in_many_words_is_kept_unless_it_is_poisoning() -> None:
    text = "mein Mann trinkt seit Jahren und heute abend habe ich große Angst vor ihm"
    read = _read(text, "crisis_violence", crisis=["crisis_violence"], crisis_guessed=True)
    assert _heard(read) == (None, "crisis_violence", ["crisis_violence"])
    read = _read(text, "crisis_medical", crisis=["crisis_medical"], crisis_guessed=True)
    assert _heard(read) == ("addiction", "street_work", [])


def test_beside_a_separation_the_need_is_what_is_asked() -> None:
    text = "mon mari m'a quittée, je n'ai plus d'argent"
    noted = {"crisis": ["crisis_violence"], "crisis_guessed": True, "needs": ["budget_help"]}
    assert _heard(_read(text, "crisis_violence", **noted)) == (None, "budget_help", [])
    alone = _read("je veux divorcer", "out_of_scope", needs=[])
    assert _heard(alone) == ("separation", "out_of_scope", [])


def test_what_a_worry_sounds_like_is_no_need_and_another_need_is() -> None:
    text = "ma fille de 13 ans se fait harceler à l'école"
    read = _read(text, "violence_prevention", needs=["violence_prevention"])
    assert _heard(read) == ("school", "out_of_scope", []) and read.get("needs") == []
    text = "mon fils ne veut plus aller à l'école, il cherche un stage ou un travail"
    assert _heard(_read(text, "job_insertion", needs=["job_insertion"]))[:2] == (
        None,
        "job_insertion",
    )
