"""What is heard in fixed words: each pattern with the sentences it must and must not catch."""

from typing import Any

import pytest

from bot import hearing, retorts
from bot.fixed_words import says
from bot.nlu.files import LEXICON, read_words

CONTENT: Any = read_words(LEXICON / "requests.yml")


def sentences(key: str) -> list[Any]:
    return [
        pytest.param(kind, entry, sentence, id=f"{kind}: {sentence}")
        for kind, entries in CONTENT.items()
        for entry in entries
        for sentence in entry.get(key, [])
    ]


@pytest.mark.parametrize(("kind", "entry", "sentence"), sentences("catches"))
def test_a_pattern_catches_its_sentences(kind: str, entry: Any, sentence: str) -> None:
    import re

    from bot.nlu.crisis import plain

    assert re.search(entry["pattern"], plain(sentence)), plain(sentence)


@pytest.mark.parametrize(("kind", "entry", "sentence"), sentences("not"))
def test_what_is_not_meant_is_not_heard(kind: str, entry: Any, sentence: str) -> None:
    if kind == "delete_data":
        assert not hearing.wants_erasure(sentence)
    else:
        assert not says(kind, sentence)


@pytest.mark.parametrize(
    "text",
    [
        "efface tout, il regarde mon téléphone",
        "supprime tout vite il arrive",
        "j'ai parlé de mes dettes, effacez tout",
        "mein Mann kontrolliert mein Handy, bitte löschen Sie diesen Chat",
        "er kommt, schnell alles weg",
        "läscht alles, hie kuckt op mäin Handy",
    ],
)
def test_an_order_to_delete_is_heard_in_a_longer_message(text: str) -> None:
    assert hearing.wants_erasure(text)


@pytest.mark.parametrize(
    "text", ["dann läscht hien alles", "und dann löscht er alles", "mon mari efface tout"]
)
def test_what_somebody_else_deletes_is_no_order(text: str) -> None:
    assert not hearing.wants_erasure(text)


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("mon voisin bat sa femme", "other"),
        ("mon mari me bat", None),
        ("mein Nachbar schlägt seine Frau", "other"),
        ("mein Mann schlägt mich", None),
        ("mäin Noper schléit seng Fra", "other"),
        ("mäi Mann schléit mech", None),
        ("je veux mourir", None),
        ("ma copine veut se suicider", "other"),
        ("meine Freundin will sich umbringen", "other"),
        ("meng Frëndin wëll sech ëmbréngen", "other"),
        ("mein Vater schlägt mich", "minor"),
        ("mon père me bat", "minor"),
        ("mäi Papp schléit mech", "minor"),
        ("mon amie me dit qu'elle veut mourir", "other"),
        ("oben schlagen sie sich, man hört die Kinder weinen", "other"),
        ("on les entend se battre à travers le mur", "other"),
        ("mir héieren eis Nopere sech schloen", "other"),
        ("ich mache mir Sorgen um meine Nachbarin", "other"),
    ],
)
def test_whom_a_cry_for_help_is_about(text: str, whom: str | None) -> None:
    assert hearing.whom(text) == whom


def test_a_young_age_makes_a_child() -> None:
    assert hearing.whom("il me frappe", 15) == "minor"
    assert hearing.whom("il me frappe", 35) is None
    assert hearing.whom("le voisin bat son fils", 8) == "other", "the age of the one who is beaten"


@pytest.mark.parametrize(
    "text",
    [
        "Please help me, police!",
        "помогите, полиция",
        "É uma EMERGÊNCIA",
        "my boyfriend locked me in the room",
        "Someone is following me home",
        "me están pegando",
        "ho paura di lui",
        "o vizinho bateu-me ontem",
        "hij slaat me elke avond",
    ],
)
def test_danger_in_other_languages(text: str) -> None:
    assert hearing.may_be_emergency(text)


@pytest.mark.parametrize(
    "text",
    [
        "I am looking for a crèche",
        "preciso de ajuda com papéis",
        "Help me with my rent please",
        "busco trabajo, tengo dos hijos",
    ],
)
def test_no_danger_in_other_languages(text: str) -> None:
    assert not hearing.may_be_emergency(text)


@pytest.mark.parametrize(
    ("text", "way"),
    [("par téléphone", "phone"), ("per Mail", "email"), ("téléphone ou mail", None), ("jo", None)],
)
def test_the_way_to_be_reached(text: str, way: str | None) -> None:
    assert hearing.way(text) == way


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("mail?", "email"),
        ("lieber telefon", "phone"),
        ("léiwer per Mail", "email"),
        ("je vais les appeler", None),
        ("Ma question est longue, je vous l'écris plutôt par mail", None),
    ],
)
def test_a_way_to_be_reached_that_was_not_asked_for(text: str, way: str | None) -> None:
    assert hearing.offered_way(text) == way


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("et la nuit, on peut leur écrire ?", ["write", "hours"]),
        ("ist da nachts jemand, und kostet das etwas?", ["hours", "cost"]),
        ("ass do een, deen Lëtzebuergesch schwätzt?", ["languages"]),
        ("merci", []),
    ],
)
def test_what_is_asked_about_helplines(text: str, topics: list[str]) -> None:
    assert hearing.about_lines(text) == topics


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Also auf Deutsch: wo ist das Jugendhaus?", "wo ist das Jugendhaus?"),
        ("En français : où est la crèche ?", "où est la crèche ?"),
        ("Ich sage es so: ich brauche Hilfe", "Ich sage es so: ich brauche Hilfe"),
        ("Deutsch: ja", "Deutsch: ja"),
    ],
)
def test_a_language_named_before_a_question(text: str, rest: str) -> None:
    assert hearing.after_preface(text) == rest


@pytest.mark.parametrize("text", ["621 123 456", "+352 49 26 60", "26480000", "(621) 12-34-56"])
def test_a_phone_number_alone(text: str) -> None:
    assert hearing.is_phone_number(text)


@pytest.mark.parametrize("text", ["4010", "113", "31.12.24", "621 123 456 svp", "", "......"])
def test_no_phone_number(text: str) -> None:
    assert not hearing.is_phone_number(text)


@pytest.mark.parametrize("text", ["parlez-vous anglais ?", "kënnt Dir Portugisesch?", "Arabisch?"])
def test_a_language_that_is_not_spoken_is_asked_for(text: str) -> None:
    assert hearing.asks_foreign_language(text)
    assert not hearing.asks_foreign_language("parlez-vous allemand ?")
    assert not hearing.asks_foreign_language(
        f"{text} je cherche une crèche pour ma fille de deux ans"
    )


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("nee, dat ass ze wäit", True),
        ("non, ils m'ont refusé", True),
        ("nein die nehmen uns nicht", True),
        ("nein danke, das reicht für heute", False),
        ("non merci, c'est tout pour aujourd'hui", False),
        ("nee merci, dat geet duer", False),
        ("non", False),
    ],
)
def test_a_no_may_say_more(text: str, more: bool) -> None:
    assert retorts.says_more(text) == more


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("merci, an hutt dir och eppes fir mäi Bouf", True),
        ("danke, und wo bekomme ich Windeln?", True),
        ("merci beaucoup pour votre aide", False),
        ("merci, vous m'avez sauvé la vie", False),
        ("Danke, schönen Abend noch", False),
    ],
)
def test_a_thank_you_may_ask_for_more(text: str, asks: bool) -> None:
    assert retorts.asks_besides(text) == asks


@pytest.mark.parametrize(
    ("text", "takes_back"),
    [
        ("merci, mais ils m'ont déjà dit non", True),
        ("danke, aber die haben uns abgewiesen", True),
        ("merci mee dat ass eis ze wäit", True),
        ("merci mais ça va", False),
        ("merci beaucoup pour tout", False),
        ("je cherche une crèche mais pas à Esch", False),
    ],
)
def test_a_thank_you_may_be_taken_back(text: str, takes_back: bool) -> None:
    assert retorts.takes_back(text) == takes_back


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("oui", True),
        ("ja gern", True),
        ("jo gär", True),
        ("ok", False),
        ("d'accord merci", False),
        ("oui mais pas mon numéro", False),
    ],
)
def test_ok_only_takes_note(text: str, yes: bool) -> None:
    assert retorts.says_yes(text) == yes


def test_whoever_asks_for_a_name_hides_no_plan() -> None:
    assert hearing.hides_a_plan("niemand darf wissen was ich heute nacht mache")
    assert not hearing.hides_a_plan("muss ich meinen Namen sagen, wenn ich anrufe?")
    assert not hearing.hides_a_plan("kann ich anonym bleiben?")
