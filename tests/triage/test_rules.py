"""The rules as data: what each must and must not catch, dates, ages, shortened words."""

from datetime import date
from typing import Optional

import pytest
import yaml

from bot.desk.triage._dates import Calendar
from bot.desk.triage._note import RULES, Reader, plain
from bot.desk.triage._parts import Said
from bot.desk.triage._people import People, of_whom
from bot.desk.triage._reading import Reader as NoteReader
from bot.desk.triage._reading import Reading
from bot.desk.triage._urgency import Urgencies, examples
from knowledge import load

TODAY = date(2026, 11, 24)  # a Tuesday
NOTES = Reader()


async def _nothing(text: str) -> dict[str, object]:
    raise AssertionError(f"the model is not asked here: {text}")


@pytest.mark.parametrize(("rule", "text", "catches"), list(examples()))
def test_a_rule_catches_what_it_says(rule: str, text: str, catches: bool) -> None:
    reading = Reading("fr", (Said("debt_help", 1.0), Said("food_help", 1.0)), (), None)
    found = Urgencies().judge(NOTES.read(text), reading, TODAY)
    assert (found.rule == rule) is catches


def _dangers() -> list[tuple[str, str, bool]]:
    content = yaml.safe_load((RULES / "crisis.yml").read_text(encoding="utf-8"))
    for name in ("unless", "grown", "children"):
        content.pop(name)
    entries = [(name, entry) for name, found in content.items() for entry in found]
    return [
        (name, text, key == "catches")
        for name, entry in entries
        for key in ("catches", "not")
        for text in entry.get(key, ())
    ]


@pytest.mark.parametrize(("name", "text", "catches"), _dangers())
def test_danger_is_heard_in_these_words_only(name: str, text: str, catches: bool) -> None:
    reader = NoteReader(_nothing, frozenset(load().needs))
    assert (name in reader.dangers(plain(text).text)) is catches


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Frau 19, Familie lässt sie nicht mehr hinaus", "crisis_violence"),
        ("Fille de 19 ans, père a pris son passeport", "crisis_violence"),
        ("Frau 34, ihr Kind darf nicht mehr hinaus", "crisis_child"),
        ("Jeune F. 19, père a pris son passeport", "crisis_violence"),
        ("Azubi 20, Familie lässt ihn nicht hinaus", "crisis_violence"),
        ("Meedchen 12, Papp léisst hatt net eraus", "crisis_child"),
        ("Meedchen 15 kritt Kaddoe vun engem Mann 45", "crisis_child"),
        ("Familie lässt sie nicht mehr hinaus", "crisis_child"),
    ],
)
async def test_danger_of_a_child_needs_a_child(text: str, heard: str) -> None:
    async def understand(_: str) -> dict[str, object]:
        likely = {"crisis_child": 0.5, "crisis_violence": 0.05}
        ranking = [{"name": name, "confidence": p} for name, p in likely.items()]
        return {"language": "de", "intent_ranking": ranking, "crisis": [], "crisis_guessed": False}

    reading = await NoteReader(understand, frozenset(load().needs)).read(NOTES.read(text))
    assert [said.name for said in reading.crisis] == [heard]


@pytest.mark.parametrize(
    ("violence", "heard"),
    [(0.19, ["crisis_medical"]), (0.2, ["crisis_medical", "crisis_violence"])],
)
async def test_danger_of_two_kinds_nearly_as_likely_is_said_of_both(
    violence: float, heard: list[str]
) -> None:
    async def understand(_: str) -> dict[str, object]:
        likely = {"crisis_medical": 1.0, "crisis_violence": violence}
        ranking = [{"name": name, "confidence": p / 2} for name, p in likely.items()]
        return {"language": "de", "intent_ranking": ranking, "crisis": [], "crisis_guessed": False}

    reading = await NoteReader(understand, frozenset(load().needs)).read(NOTES.read("liegt da"))
    assert [said.name for said in reading.crisis] == heard


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("Gewalt in 1. Ehe, vor 20 Jahren, heute glücklich", True),
        ("violences conjugales il y a 12 ans, va bien", True),
        ("violences conjugales il y a 2 ans, il la retrouve", False),
        ("vun der Leeder gefall am Februar, erëm fit", True),
        ("vun der Leeder gefall am Februar, läit nach do", False),
        ("plus en danger, cherche un cours", True),
        ("Ausstellung zu Gewalt in der Familie", True),
        ("meurt d'envie de travailler", True),
        ("étouffe sous les factures", True),
        ("étouffe dans sa chambre", False),
        ("wird von Inkasso verfolgt", True),
        ("wird vom Ex verfolgt", False),
    ],
)
async def test_what_is_over_or_only_said_so_is_calm(text: str, calm: bool) -> None:
    """Unless the model is quite sure of danger all the same."""

    async def heard(sure: float) -> bool:
        async def understand(_: str) -> dict[str, object]:
            ranking = [{"name": "crisis_violence", "confidence": sure}]
            return {"language": "de", "intent_ranking": ranking, "crisis": []}

        reader = NoteReader(understand, frozenset(load().needs))
        return bool((await reader.read(NOTES.read(text))).crisis)

    assert await heard(0.85) is not calm
    assert await heard(0.99)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("KM verl. sucht f. Kd. Platz im 5. Stock. Mann weg.", 2),
        ("Dame dem. aide p. Noël. Loyer ok. Va bien.", 3),
        ("Loyer de 900. Mari parti.", 2),
        ("Er kam am 3. Er ging.", 0),
    ],
)
def test_a_shortened_word_ends_no_sentence(text: str, sentences: int) -> None:
    assert len(NOTES.read(text).parts()[0]) == sentences


@pytest.mark.parametrize(
    "text",
    [
        "Stagiaire de l'atelier bois, le mari la frappe",
        "Intervention police hier, Partner hat sie gewürgt",
        "Formation annulée, fille battue par le père",
    ],
)
def test_a_course_beside_danger_hides_none(text: str) -> None:
    assert NoteReader(_nothing, frozenset(load().needs)).dangers(plain(text).text)


@pytest.mark.parametrize(
    "text",
    [
        "Formation prévention des violences familiales, 12 inscrits",
        "Mme dit que les factures l'étranglent",
        "Junge vermisst seine Fahrkarte",
        "No Schlaganfall 2015 gutt erholl",
        "propriétaire menace de résilier",
    ],
)
def test_what_only_sounds_of_danger_is_none(text: str) -> None:
    assert not NoteReader(_nothing, frozenset(load().needs)).dangers(plain(text).text)


def test_rules_name_needs_that_exist_and_end_with_one_that_always_holds() -> None:
    needs = set(load().needs)
    named = set(yaml.safe_load((RULES / "needs.yml").read_text(encoding="utf-8")))
    assert named == needs | {"who_reports"}
    rules = yaml.safe_load((RULES / "urgency.yml").read_text(encoding="utf-8"))
    for rule in rules:
        assert set(rule.get("needs", ())) <= needs, rule["id"]
        assert set(rule["why"]) == {"fr", "de", "lb"}
    assert set(rules[-1]) == {"id", "level", "risk", "why"}
    assert len({rule["id"] for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Räumung am 25.", [1]),
        ("expulsion le 1er décembre", [7]),
        ("Räumung 15.12., bis den 15.12.", [21]),
        ("coupure demain", [1]),
        ("muer kënnt den Huissier", [1]),
        ("jusqu'à vendredi", [3]),
        ("bis Mëttwoch", [1]),
        ("seit Dienstag", []),
        ("dans deux semaines", [14]),
        ("Jeune de 20 ans", []),
        ("le 31 février", []),
        ("am 3. kam er", [9]),
    ],
)
def test_days_are_counted_from_today(text: str, days: list[int]) -> None:
    found = Calendar().find(plain(text).text, TODAY)
    assert sorted({day.days for day in found}) == days


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("Kinder (3 und 6)", [3, 6]),
        ("Jong (7) a Mamm", [7]),
        ("Frau, 44 J., Räumung am 15.", [44]),
        ("bébé de 8 mois", [0.67]),
        ("violence il y a 2 ans", []),
        ("le 20, huissier", []),
        ("Dame, 81 ans, 2 filles", [81]),
    ],
)
def test_ages_of_people_only(text: str, ages: list[float]) -> None:
    assert People().ages(NOTES.read(text), []) == ages


@pytest.mark.parametrize(
    ("text", "lives"),
    [
        ("femme enceinte de 7 mois, dort dans sa voiture", "pregnant"),
        ("Frau, 24, schwanger, zwei Kinder", "pregnant"),
        ("Fra ass schwanger a weess net wuer", "pregnant"),
        ("future maman cherche une chambre", "pregnant"),
        ("elle n'est pas enceinte, deux enfants", "family"),
        ("Frau, nicht schwanger", "woman"),
        ("un homme couché dans l'enceinte de la gare", "man"),
        ("cherche une chambre", None),
    ],
)
def test_with_whom_somebody_lives(text: str, lives: Optional[str]) -> None:
    assert People().household(NOTES.read(text)) == lives


@pytest.mark.parametrize(
    ("text", "need", "risk"),
    [
        ("enceinte, hébergée chez une amie jusqu'à vendredi", "emergency_housing", "B"),
        ("accouche dans deux semaines, hébergée chez une amie", "emergency_housing", "B"),
        ("schwanger, wohnt bei einer Freundin", "emergency_housing", "B"),
        ("schwanger, wunnt bei enger Frëndin", "emergency_housing", "B"),
        ("hébergée chez une amie", "emergency_housing", "C"),
        ("enceinte, cherche une crèche", "childcare", "E"),
    ],
)
def test_pregnant_without_a_home_does_not_wait(text: str, need: str, risk: str) -> None:
    reading = Reading("fr", (Said(need, 1.0),), (), None)
    assert Urgencies().judge(NOTES.read(text), reading, TODAY).risk == risk


def test_whose_age_decides() -> None:
    assert of_whom([34, 3, 6], child=True) == 3
    assert of_whom([34, 3, 6], child=False) == 34
    assert of_whom([34], child=True) is None


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("Kl., 34 J.", "Klient, 34 Jahre"),
        ("Hr. M. 39", "Herr 39"),
        ("M. âgé", "Monsieur âgé"),
        ("GV u. RA", "Gerichtsvollzieher und Rechtsanwalt"),
        ("SDF, 50 a.", "sans domicile fixe, 50 ans"),
        ("KM m. 2 Kd.", "Mutter mit 2 Kinder"),
        ("Kd. sucht Whg.", "Kunde sucht Wohnung"),
        ("hört Kd. weinen", "hört Kind weinen"),
        ("F. 33 a pris ses gouttes", "femme 33 a pris ses gouttes"),
        ("Fils 16a mis dehors", "Fils 16 ans mis dehors"),
        ("F. 33 a, ms seule pr tt", "femme 33 ans, mais seule pour tout"),
        ("KV holt Kd. 4 J.", "Vater holt Kind 4 Jahre"),
        ("keine KV", "keine KV"),
        ("V.a. KWG lt. Lehrerin", "Verdacht auf Kindeswohlgefährdung laut Lehrerin"),
        ("Cl. enc. de 8 mois, conj. parti", "Client enceinte de 8 mois, conjoint parti"),
    ],
)
def test_shortened_words_are_written_out(written: str, full: str) -> None:
    note = NOTES.read(written)
    assert note.full == full
    assert note.quote(0, len(note.full)).rstrip(".") == written.rstrip(".")
