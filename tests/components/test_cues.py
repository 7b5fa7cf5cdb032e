"""What a message says besides its question: insults, what to forget, unknown places."""

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.abuse import AbuseFinder
from bot.nlu.cues import CueReader
from bot.nlu.files import LEXICON, read_words
from bot.nlu.text import tokens
from bot.nlu.unknown_places import UnknownPlaceFinder
from tests.components.conftest import training_data

LANGUAGES = ("fr", "de", "lb")


@pytest.fixture(scope="module")
def abuse() -> AbuseFinder:
    return AbuseFinder(LEXICON / "abuse")


def _examples(kind: str) -> list[str]:
    found = []
    for language in LANGUAGES:
        words: Any = read_words(LEXICON / "abuse" / f"{language}.yml")
        found += [text for entry in words["directed"] for text in entry.get(kind, [])]
    return found


@pytest.mark.parametrize(
    "text",
    [
        *_examples("catches"),
        "connard",
        "connard, où est la crèche ?",
        "Idiot!",
        "Wo ist das Jugendhaus, du Arschloch?",
        "Wou ass d'Crèche, Topert?",
        "sale con",
    ],
)
def test_insults_are_heard(abuse: AbuseFinder, text: str) -> None:
    assert abuse.found(text)


@pytest.mark.parametrize(
    "text",
    [
        *_examples("not"),
        "mon mari me traite de conne",
        "il me dit : ta gueule, sale pute",
        "on m'a dit « va te faire foutre »",
        "mäi Mann seet ech wier eng Houer",
        "Hie rifft mech Drecksau virun de Kanner",
        "mein Mann nennt mich Schlampe",
        "Mein Chef schreit: du Idiot",
        "à l'école ils me crient sale pute",
        "Er schrieb mir: du Hure",
        "Je me sens con",
        "c'est con, je n'ai plus d'argent",
        "quelle merde, on me coupe le courant",
        "so ein Scheiß, ich habe keine Wohnung mehr",
    ],
)
def test_who_tells_of_insults_does_not_insult(abuse: AbuseFinder, text: str) -> None:
    assert not abuse.found(text)


@pytest.fixture
def cues(storage: LocalModelStorage, context: ExecutionContext) -> CueReader:
    resource = Resource("cues")
    created = CueReader.create(CueReader.get_default_config(), storage, resource, context)
    created.train(training_data())
    loaded = CueReader.load(CueReader.get_default_config(), storage, resource, context)
    assert isinstance(loaded, CueReader)
    return loaded


def _read(
    cues: CueReader, text: str, intent: str = "out_of_scope", asks: str | None = None, **found: Any
) -> Message:
    name = {"name": intent, "confidence": found.pop("confidence", 0.4)}
    data = {
        "text": text,
        "intent": name,
        "intent_ranking": [name],
        "metadata": {"asks": asks},
        "language": "fr",
        "entities": [],
        **found,
    }
    [message] = cues.process([Message(data)])
    return message


def _intent(message: Message) -> str:
    return str(message.get("intent")["name"])


def test_an_insult_alone_and_one_around_a_question(cues: CueReader) -> None:
    alone = _read(cues, "espèce d'idiot", "greet")
    assert alone.get("abuse") and _intent(alone) == "out_of_scope"
    asked = _read(cues, "idiot, je cherche une crèche", "childcare", needs=["childcare"])
    assert asked.get("abuse") and _intent(asked) == "childcare"
    danger = _read(cues, "espèce d'idiot", "crisis_suicide", crisis=["crisis_suicide"])
    assert not danger.get("abuse") and _intent(danger) == "crisis_suicide"


@pytest.mark.parametrize(
    "text",
    [
        "peu importe où",
        "oubliez le lieu",
        "n'importe quelle commune",
        "egal wo",
        "vergiss den Ort",
        "der Ort ist egal",
        "vergessen Sie die Gemeinde",
        "egal wou",
        "vergiess den Uert",
        "den Uert ass mer egal",
    ],
)
def test_the_place_is_to_be_forgotten(cues: CueReader, text: str) -> None:
    message = _read(cues, text, "ask_address")
    assert message.get("drops") == ["place"] and _intent(message) == "skip_question"


def test_forgetting_beside_a_need_leaves_the_need(cues: CueReader) -> None:
    message = _read(cues, "une crèche, peu importe où", "childcare", needs=["childcare"])
    assert message.get("drops") == ["place"] and _intent(message) == "childcare"
    message = _read(cues, "vergiss das Alter und den Ort", "restart")
    assert message.get("drops") == ["age"] or set(message.get("drops")) == {"age", "place"}


def test_a_named_place_is_forgotten(cues: CueReader) -> None:
    place = {"entity": "place", "value": "Esch-sur-Alzette", "start": 8, "end": 12}
    message = _read(cues, "oubliez Esch", entities=[place])
    assert message.get("drops") == ["place"] and not message.get("entities")


@pytest.mark.parametrize(
    "text",
    [
        "je ne sais pas",
        "ça m'est égal",
        "je préfère ne pas dire l'âge",
        "weiß nicht",
        "das möchte ich nicht sagen",
        "ech weess net",
        "dat wëll ech net soen",
    ],
)
def test_never_mind_is_an_answer_to_a_question_only(cues: CueReader, text: str) -> None:
    assert _intent(_read(cues, text, "deny", "place")) == "skip_question"
    assert _intent(_read(cues, text, "deny")) == "deny"


@pytest.mark.parametrize(
    "text",
    [
        "je préfère ne pas dire où j'habite",
        "ça ne vous regarde pas",
        "geht Sie nichts an",
        "muss ich das sagen?",
        "dat soen ech net",
        "dat geet Iech näischt un",
    ],
)
def test_nobody_has_to_say_it(cues: CueReader, text: str) -> None:
    message = _read(cues, text, "complaint", "age")
    assert message.get("refuses") and _intent(message) == "skip_question"
    assert not _read(cues, text, "complaint").get("refuses"), "nothing was asked"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("j'habite à Foobar et je cherche une crèche", "Foobar"),
        ("une crèche à Foobar", "Foobar"),
        ("dans la commune de Foobar", "Foobar"),
        ("non, à Foobar", "Foobar"),
        ("et à foobar ?", "foobar"),
        ("j'habite à Foo-sur-Barre", None),
        ("j'habite à Foobar-sur-Bazaar", "Foobar-sur-Bazaar"),
        ("à côté", None),
        ("je vis en couple", None),
        ("j'habite à l'hôtel", None),
        ("Hôtel à Esch", None),
    ],
)
def test_unknown_places_in_french(text: str, place: str | None) -> None:
    assert _place(text, "fr") == place


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("Ich wohne in Foobar", "de", "Foobar"),
        ("nein, in Foobar", "de", "Foobar"),
        ("ich wohne in Miete", "de", None),
        ("ich bin in Elternzeit und suche eine Krippe", "de", None),
        ("Ech wunnen zu Foobar", "lb", "Foobar"),
        ("nee, zu Foobar", "lb", "Foobar"),
        ("eng Crèche zu Foobar", "lb", "Foobar"),
        ("Mobbing a Bedreeungen", "lb", None),
        ("Hilfe bei Schulden in Foobar", "de", "Foobar"),
        ("Hëllef bei Scholden zu Foobar", "lb", "Foobar"),
    ],
)
def test_unknown_places_elsewhere(text: str, language: str, place: str | None) -> None:
    assert _place(text, language) == place


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wir sind in Not", "de"),
        ("Ich bin in Rente und habe Schulden", "de"),
        ("mein Sohn ist in Behandlung", "de"),
        ("ich zahle in Monatsraten", "de"),
        ("er sitzt in Untersuchungshaft", "de"),
        ("meine Mutter lebt in Deutschland", "de"),
        ("Ich wohne in Trier", "de"),
        ("une voiture à Crédit", "fr"),
        ("Appelez à l'Aide", "fr"),
        ("je pars à Noël", "fr"),
        ("ma famille est à Thionville", "fr"),
        ("mon mari est au Portugal, à Lisbonne", "fr"),
        ("ech ginn zu Fouss", "lb"),
        ("mir sinn zu Zwee", "lb"),
        ("en ass zu Däitschland", "lb"),
        ("ech wunnen zu Arel", "lb"),
    ],
)
def test_ordinary_words_and_places_abroad_are_no_unknown_places(text: str, language: str) -> None:
    assert _place(text, language) is None


@pytest.mark.parametrize(
    "text",
    [
        "pourquoi cette question ?",
        "wieso wollen Sie das wissen",
        "wofür brauchen Sie das?",
        "firwat?",
    ],
)
def test_why_something_is_asked(cues: CueReader, text: str) -> None:
    message = _read(cues, text, "about_association", "place", needs=["about_association"])
    assert message.get("asks_why") and _intent(message) == "inform" and not message.get("needs")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pourquoi vous me demandez ça ?", True),
        ("pourquoi toutes ces questions", True),
        ("warum fragen Sie das?", True),
        ("wozu wollt ihr das wissen", True),
        ("firwat frot Dir dat?", True),
        ("firwat wëllt Dir dat wëssen", True),
        ("firwat?", False),
        ("pourquoi la crèche demande un certificat ?", False),
        ("warum ist die Krippe geschlossen?", False),
        ("firwat ass d'Crèche zou", False),
    ],
)
def test_why_something_was_asked_before(cues: CueReader, text: str, why: bool) -> None:
    message = _read(cues, text, "about_association", needs=["about_association"])
    assert bool(message.get("asks_why")) == why
    assert _intent(message) == ("inform" if why else "about_association")


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("mon fils de 15 ans est dans une bande", "youth_house"),
        ("ma fille a de mauvaises fréquentations", "youth_house"),
        ("Meine Tochter hat schlechten Umgang", "youth_house"),
        ("unser Sohn ist in einer Gang", "youth_house"),
        ("eise Jong huet déi falsch Frënn", "youth_house"),
        ("mein Sohn kifft jeden Tag", "street_work"),
        ("mon fils se drogue, fume des joints", "street_work"),
        ("meng Duechter hëlt Drogen", "street_work"),
        # Of the street, and of a corridor.
        ("die Jungs ziehen hier in einer Bande herum", None),
        ("mein Sohn steht im Gang", None),
    ],
)
def test_a_parent_worries(cues: CueReader, text: str, need: str | None) -> None:
    message = _read(cues, text, "public_space_concern", needs=["public_space_concern"])
    assert bool(message.get("worried_parent")) == bool(need)
    assert message.get("needs") == [need or "public_space_concern"]
    danger = _read(cues, text, "crisis_child", crisis=["crisis_child"])
    assert not danger.get("worried_parent") and _intent(danger) == "crisis_child"


def test_two_courtesies_are_courtesy(cues: CueReader) -> None:
    ranking = [{"name": "goodbye", "confidence": 0.5}, {"name": "thank", "confidence": 0.45}]
    found: dict[str, Any] = {"intent_ranking": ranking, "confidence": 0.5}
    assert _intent(_read(cues, "ech ech ech ech ech", "goodbye", **found)) == "goodbye"


@pytest.mark.parametrize("text", ["je ne sais pas", "keine Ahnung", "ech weess net wou ufänken"])
def test_who_does_not_know_what_to_say(cues: CueReader, text: str) -> None:
    assert _read(cues, text, "deny").get("unsure")
    assert not _read(cues, f"{text} a Scholden hunn ech och", "deny").get("unsure")


@pytest.mark.parametrize(
    "text",
    ["je sais pas quoi dire", "keine Ahnung was ich sagen soll", "ech weess net wat ech soe soll"],
)
def test_who_does_not_know_is_shown_no_topics_at_once(cues: CueReader, text: str) -> None:
    assert _intent(_read(cues, text, "help_menu")) == "nlu_fallback"
    assert _intent(_read(cues, text, "restart", "place")) != "nlu_fallback", "an answer"


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("je reprends le travail et il me faut une crèche", False),
        ("ich arbeite nachts und brauche eine Krippe", False),
        ("ech fänken erëm un ze schaffen a brauch eng Crèche", False),
        ("je reprendrais bien un emploi mais qui garde le bébé", True),
        ("je cherche du travail et une crèche", True),
        ("ich arbeite nicht und brauche eine Krippe", True),
        ("ech sichen eng Aarbecht an eng Crèche", True),
    ],
)
def test_work_is_a_reason_or_looked_for(cues: CueReader, text: str, looks: bool) -> None:
    message = _read(cues, text, "job_insertion", needs=["job_insertion", "childcare"])
    assert ("job_insertion" in message.get("needs")) == looks
    assert _intent(message) == ("job_insertion" if looks else "childcare")
    alone = _read(cues, text, "job_insertion", needs=["job_insertion"])
    assert alone.get("needs") == ["job_insertion"]


def _place(text: str, language: str) -> str | None:
    small: Any = read_words(LEXICON / "fillers.yml")
    known = ["creche", "esch", "couple", "hotel", "krippe", "suche", "bin", "und"]
    finder = UnknownPlaceFinder(
        LEXICON / "unknown_places.yml", known, [*small["around_a_detail"], *small["courtesy"]]
    )
    found = finder.find(tokens(text), language)
    return found[0] if found else None


def test_a_name_alone_is_a_place_when_one_was_asked_for(cues: CueReader) -> None:
    message = _read(cues, "Foobar", "affirm", "place")
    assert message.get("unknown_place") == "Foobar" and _intent(message) == "inform"
    assert _read(cues, "Foobar", "affirm").get("unknown_place") is None
    sure = _read(cues, "Foobar", "thank", "place", confidence=0.95)
    assert sure.get("unknown_place") is None and _intent(sure) == "thank"


def test_a_name_alone_is_a_place_whatever_need_it_sounds_like(cues: CueReader) -> None:
    message = _read(cues, "et à Foobar ?", "nlu_fallback", needs=["food_help"])
    assert _intent(message) == "inform" and not message.get("needs")
    message = _read(cues, "et à Foobar ?", "food_help", needs=["food_help"])
    assert _intent(message) == "food_help"


def test_a_name_after_a_kind_of_service(cues: CueReader) -> None:
    kind = {"entity": "kind", "value": "youth_house", "start": 4, "end": 14}
    found: dict[str, Any] = {"needs": ["youth_house"], "entities": [kind], "language": "de"}
    message = _read(cues, "Ein Jugendhaus in Foobar", "youth_house", **found)
    assert message.get("unknown_place") == "Foobar" and _intent(message) == "youth_house"
    message = _read(cues, "Ein Jugendhaus gegen Foobar", "youth_house", **found)
    assert message.get("unknown_place") is None


def test_a_question_with_an_unknown_place_stays_what_it_is(cues: CueReader) -> None:
    message = _read(cues, "Il est quelle heure à Tokyo ?", "out_of_scope")
    assert message.get("unknown_place") == "Tokyo" and _intent(message) == "out_of_scope"


@pytest.mark.parametrize(
    ("text", "household"),
    [
        ("je suis une femme et je dors dehors", "woman"),
        ("Ich bin ein Mann ohne Wohnung", "man"),
        ("mat mengen zwee Kanner op der Strooss", "family"),
        ("mon mari et moi n'avons plus de toit", "couple"),
        ("je suis sage-femme", None),
        ("elle a deux petits", "family"),
        ("wir müssen raus, drei Kinder", "family"),
        ("ech hu mäi Klengen dobäi", "family"),
        ("bonjour", None),
    ],
)
def test_the_household(cues: CueReader, text: str, household: str | None) -> None:
    entities = _read(cues, text).get("entities")
    assert [e["value"] for e in entities if e["entity"] == "household"] == (
        [household] if household else []
    )


@pytest.mark.parametrize(
    ("text", "which"),
    [("et la deuxième ?", [2]), ("das letzte", [-1]), ("déi éischt", [1]), ("Premier Appel", [])],
)
def test_which_of_those_shown(cues: CueReader, text: str, which: list[int]) -> None:
    assert _read(cues, text).get("which") == which


def test_what_is_asked_beside_an_insult_is_answered(cues: CueReader) -> None:
    ranking = [
        {"name": "out_of_scope", "confidence": 0.8},
        {"name": "food_help", "confidence": 0.2},
    ]
    message = _read(cues, "Idiot, wo gibt es Essen?", intent_ranking=ranking)
    assert _intent(message) == "food_help" and message.get("needs") == ["food_help"]
    ranking[1]["confidence"] = 0.05
    assert _intent(_read(cues, "Idiot, hallo?", intent_ranking=ranking)) == "out_of_scope"
    # "Leck mech" is no wish for a person, however near it sounds.
    assert _intent(_read(cues, "leck mech", "human_handoff")) == "out_of_scope"
    assert _intent(_read(cues, "du Idiot, e Mënsch", "human_handoff", confidence=0.9)) == (
        "human_handoff"
    )


def test_a_word_that_is_none_is_no_small_talk(cues: CueReader) -> None:
    assert _intent(_read(cues, "zork", "restart")) == "nlu_fallback"
    assert _intent(_read(cues, "zork", "restart", confidence=0.9)) == "restart"
    assert _intent(_read(cues, "ech", "greet")) == "greet"
    assert _intent(_read(cues, "ech", "greet", "place")) == "nlu_fallback"
    assert _intent(_read(cues, "zork", "debt_help")) == "debt_help"
    assert _intent(_read(cues, "ech ech ech ech ech", "goodbye")) == "nlu_fallback"
    assert _intent(_read(cues, "ech ech ech ech", "goodbye")) == "goodbye"


def test_a_correction_with_a_place_gives_the_place(cues: CueReader) -> None:
    place = [{"entity": "place", "value": "Mersch", "start": 31, "end": 37}]
    text = "non pardon, je voulais dire à Mersch"
    assert _intent(_read(cues, text, "deny", entities=place)) == "inform"
    assert _intent(_read(cues, "non pardon", "deny")) == "deny"


def test_a_kind_of_service_in_hardly_a_sentence_is_wanted(cues: CueReader) -> None:
    kind = [{"entity": "kind", "value": "childcare", "start": 14, "end": 20}]
    message = _read(cues, "ok zurück zur Krippe", "nlu_fallback", entities=kind)
    assert _intent(message) == "childcare" and message.get("needs") == ["childcare"]
    assert _intent(_read(cues, "Krippe", "ask_hours", entities=kind)) == "ask_hours"


def test_a_name_that_sounds_like_a_question_is_a_place_where_one_was_asked(cues: CueReader) -> None:
    assert _intent(_read(cues, "Zoubidou", "ask_hours", "place", confidence=0.5)) == "inform"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("il ne veut parler à personne", False),
        ("je veux voir personne", False),
        ("er will mit niemandem reden", False),
        ("hie wëll mat kengem schwätzen", False),
        ("je veux parler à une personne", True),
        ("je veux parler personne", True),
        ("pas à un robot, je veux parler à une personne", True),
        ("ich will mit keinem Roboter reden", True),
        ("ech wëll mat kengem Programm schwätzen", True),
        ("ech wëll mat engem Mënsch schwätzen", True),
    ],
)
def test_who_wants_nobody_asks_for_no_person(cues: CueReader, text: str, wanted: bool) -> None:
    heard = _intent(_read(cues, text, "human_handoff", confidence=0.95))
    assert (heard == "human_handoff") is wanted
