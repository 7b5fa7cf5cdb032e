"""From what was found to the final intent: crisis first, then rejection."""

import pytest

from bot.nlu.crisis import CrisisPatterns, plain
from bot.nlu.decision import Decision
from bot.nlu.files import LEXICON
from bot.nlu.intent import SCORES
from bot.nlu.reader import REST
from tests.components.conftest import message


@pytest.fixture(scope="module")
def decision() -> Decision:
    return Decision(Decision.get_default_config())


def _decide(decision: Decision, text: str, scores: dict[str, float], **found: object):
    built = message(text)
    built.set(SCORES, sorted(scores.items(), key=lambda s: -s[1]))
    built.set(REST, found.pop("rest", text.lower().split()))
    for key, value in found.items():
        built.set(key, value)
    [decided] = decision.process([built])
    return decided


def test_the_likeliest_intent(decision: Decision) -> None:
    found = _decide(decision, "dettes", {"debt_help": 0.8, "budget_help": 0.1})
    assert found.get("intent")["name"] == "debt_help"
    assert found.get("needs") == ["debt_help"]
    assert [r["name"] for r in found.get("intent_ranking")] == ["debt_help", "budget_help"]


@pytest.mark.parametrize(
    ("ages", "intent"),
    [
        ([], "youth_housing"),
        ([20], "youth_housing"),
        ([82], "affordable_housing"),
        ([82, 19], "youth_housing"),
    ],
)
def test_the_ages_told_rule_a_need_out(decision: Decision, ages: list[float], intent: str) -> None:
    scores = {"youth_housing": 0.6, "affordable_housing": 0.3}
    found = _decide(decision, "wunnt eleng, sicht eng Wunneng", scores, ages=ages)
    assert found.get("intent")["name"] == intent and found.get("needs")[0] == intent


def test_a_need_beside_a_place_or_an_age_is_answered(decision: Decision) -> None:
    scores = {"inform": 0.45, "senior_activities": 0.35}
    text = "ech si vill eleng, ech wunnen zu Wolz"
    assert _decide(decision, text, scores).get("intent")["name"] == "senior_activities"
    asked = _decide(decision, text, scores, metadata={"asks": "place"})
    assert asked.get("intent")["name"] == "inform", "the answer to a question"


def test_the_likelier_of_two_roofs_comes_before_the_other(decision: Decision) -> None:
    scores = {"youth_housing": 0.4, "job_insertion": 0.3, "emergency_housing": 0.25}
    needs = _decide(decision, "keng Plaz a keng Zäit", scores).get("needs")
    assert set(needs) == set(scores) and needs[-1] == "emergency_housing"


def test_unsure_is_a_fallback(decision: Decision) -> None:
    found = _decide(decision, "hm tja", {"debt_help": 0.2, "greet": 0.19})
    assert found.get("intent")["name"] == "nlu_fallback"
    assert found.get("intent_ranking")[1]["name"] == "debt_help"


def test_two_needs_are_both_kept(decision: Decision) -> None:
    found = _decide(decision, "dettes et faim", {"debt_help": 0.5, "food_help": 0.4})
    assert found.get("needs") == ["food_help", "debt_help"], "hunger cannot wait"


def test_one_word_is_one_need(decision: Decision) -> None:
    found = _decide(decision, "logement", {"affordable_housing": 0.5, "youth_housing": 0.4})
    assert found.get("needs") == ["affordable_housing"]


def test_a_note_is_read_clause_by_clause(decision: Decision) -> None:
    clauses = [
        [("debt_help", 0.9), ("budget_help", 0.05)],
        [("greet", 0.9)],
        [("childcare", 0.3)],
        [("emergency_housing", 0.97)],
    ]
    scores = {"debt_help": 0.8, "emergency_housing": 0.1}
    found = _decide(decision, "eng laang Notiz", scores, clause_scores=clauses)
    assert found.get("needs") == ["emergency_housing", "debt_help"], "the most urgent first"
    assert found.get("intent")["name"] == "emergency_housing"
    assert found.get("crisis") == []


def test_a_need_told_in_words_counts_though_the_model_hears_another(decision: Decision) -> None:
    scores = {"affordable_housing": 0.97, "job_insertion": 0.001}
    found = _decide(decision, "Job gesucht und eine billige Wohnung", scores)
    assert found.get("needs") == ["job_insertion", "affordable_housing"], "as they are told"
    assert found.get("intent")["name"] == "job_insertion"
    found = _decide(decision, "Schulden und nichts zu essen", {"debt_help": 0.97})
    assert found.get("needs") == ["food_help", "debt_help"], "hunger cannot wait"
    assert found.get("intent")["name"] == "food_help"
    found = _decide(decision, "Scholden hunn ech", {"debt_help": 0.3, "ask_cost": 0.3})
    assert found.get("intent")["name"] == "debt_help", "unsure, but told"


def test_words_of_a_need_do_not_change_a_question_or_a_cry(decision: Decision) -> None:
    found = _decide(decision, "was kostet die Krippe", {"ask_cost": 0.9})
    assert found.get("intent")["name"] == "ask_cost"
    assert found.get("needs") == []
    found = _decide(decision, "je veux me tuer, j'ai des dettes", {"crisis_suicide": 0.9})
    assert found.get("intent")["name"] == "crisis_suicide"
    assert found.get("needs") == ["debt_help"]
    found = _decide(decision, "dettes", {"debt_help": 0.9}, metadata={"command": True})
    assert found.get("intent")["name"] == "nlu_fallback"


def test_a_clause_read_alone_adds_a_need(decision: Decision) -> None:
    within = [
        [("childcare", 0.9), ("debt_help", 0.05)],
        [("childcare", 0.8), ("homework_help", 0.1), ("food_help", 0.01)],
    ]
    alone = [[("debt_help", 0.7)], [("homework_help", 0.9)]]
    scores = {"childcare": 0.9}
    found = _decide(decision, "a. b.", scores, clause_scores=within, alone_scores=alone)
    assert found.get("needs") == ["childcare", "homework_help"], "sure alone, possible within"
    alone = [[("greet", 0.9)], [("food_help", 0.9)]]
    found = _decide(
        decision,
        "a. b.",
        scores,
        clause_scores=[[("childcare", 0.9), ("greet", 0.05)], within[1]],
        alone_scores=alone,
    )
    assert found.get("needs") == ["childcare"]


def test_a_cry_in_one_clause(decision: Decision) -> None:
    clauses = [[("debt_help", 0.9)], [("crisis_suicide", 0.98)]]
    scores = {"debt_help": 0.95, "crisis_suicide": 0.02}
    found = _decide(decision, "dettes. fini.", scores, clause_scores=clauses)
    assert found.get("crisis") == ["crisis_suicide"]
    assert found.get("needs") == ["debt_help"]


def test_a_clause_torn_from_its_message_is_no_cry(decision: Decision) -> None:
    clauses = [[("debt_help", 0.9)], [("crisis_suicide", 0.98)]]
    found = _decide(decision, "dettes. fini.", {"debt_help": 0.99}, clause_scores=clauses)
    assert found.get("crisis") == []


def test_a_crisis_wins_below_the_top(decision: Decision) -> None:
    scores = {"emergency_housing": 0.6, "crisis_violence": 0.35}
    assert _decide(decision, "il me bat", scores).get("intent")["name"] == "crisis_violence"


def test_a_pattern_wins_whatever_the_model_says(decision: Decision) -> None:
    found = _decide(decision, "je veux me tuer", {"greet": 0.99})
    assert found.get("intent")["name"] == "crisis_suicide"
    assert found.get("crisis") == ["crisis_suicide"]


def test_a_kind_of_service_that_nobody_of_this_age_asks_for(decision: Decision) -> None:
    """ "A father of 2, about media in the youth house": the 2 was read as an age."""
    kind = [{"entity": "kind", "value": "youth_house"}]
    scores = {"homework_help": 0.6, "youth_house": 0.3}
    text = "medien, elternabend im jugendhaus, vater von 2"
    found = _decide(decision, text, scores, entities=kind, ages=[2], unnamed="medien elternabend")
    assert found.get("intent")["name"] == "homework_help"


GOAL = "Ich kriege beim Elfmeterschießen jedes Mal einen Herzinfarkt"


@pytest.mark.parametrize(
    ("text", "danger", "in_a_clause", "crisis"),
    [
        (GOAL, 0.01, 0.01, []),  # words that ordinary messages use, too, and hardly any danger
        (GOAL, 0.06, 0.01, ["crisis_medical"]),  # it may be danger
        (GOAL, 0.01, 0.06, ["crisis_medical"]),  # … in one of its clauses
        (GOAL + ", bla" * 80, 0.01, 0.01, ["crisis_medical"]),  # more than the model reads
        (GOAL + ", bin lebensmüde", 0.01, 0.01, ["crisis_medical", "crisis_suicide"]),  # two
        ("D'Haus brennt, Feier!", 0.01, 0.01, ["crisis_medical"]),  # so few words say what they say
        ("mein Mann atmet nicht mehr", 0.01, 0.01, ["crisis_medical"]),  # says nothing else
    ],
)
def test_words_that_are_no_proof_alone(
    decision: Decision, text: str, danger: float, in_a_clause: float, crisis: list[str]
) -> None:
    scores = {"out_of_scope": 1 - danger, "crisis_medical": danger}
    clause = [("out_of_scope", 1 - in_a_clause), ("crisis_medical", in_a_clause)]
    found = _decide(decision, text, scores, clause_scores=[clause])
    assert found.get("crisis") == crisis
    assert _decide(decision, text, {}).get("crisis"), "where no model has read it, words count"


def test_a_cry_inside_a_very_long_text(decision: Decision) -> None:
    text = "bla " * 2000 + "je veux me tuer " + "bla " * 500
    assert _decide(decision, text, {"greet": 0.9}).get("intent")["name"] == "crisis_suicide"
    assert _decide(decision, "bla " * 2000, {"greet": 0.9}).get("intent")["name"] == "too_long"


@pytest.mark.parametrize("text", ["", "  ", "😭😭", "?!…", "\u200b"])
def test_no_words(decision: Decision, text: str) -> None:
    assert _decide(decision, text, {"greet": 0.9}).get("intent")["name"] == "no_words"


def test_only_a_place_is_information(decision: Decision) -> None:
    place = [{"entity": "place", "value": "Mersch"}]
    found = _decide(decision, "à Mersch", {"youth_house": 0.9}, rest=["a"], entities=place)
    assert found.get("intent")["name"] == "inform"
    found = _decide(decision, "crèche Mersch", {"childcare": 0.9}, rest=["creche"], entities=place)
    assert found.get("intent")["name"] == "childcare"


def test_a_place_in_doubt_is_information(decision: Decision) -> None:
    place = [{"entity": "place", "value": "Mersch"}]
    text, scores = "et à Mersch, ma tante y vit ?", {"out_of_scope": 0.45, "inform": 0.3}
    assert _decide(decision, text, scores, entities=place).get("intent")["name"] == "inform"
    assert _decide(decision, text, scores).get("intent")["name"] == "out_of_scope"
    sure = {"out_of_scope": 0.6, "inform": 0.3}
    found = _decide(decision, text, sure, entities=place)
    assert found.get("intent")["name"] == "out_of_scope"


def test_a_saying_is_no_crisis(decision: Decision) -> None:
    for text in ("ech laache mech dout", "je suis mort de rire"):
        found = _decide(decision, text, {"crisis_suicide": 0.8, "greet": 0.1})
        assert found.get("crisis") == [], text
    assert _decide(decision, "ech sinn doud", {"crisis_suicide": 0.8}).get("crisis")


def test_a_bare_age_is_no_crisis(decision: Decision) -> None:
    age = [{"entity": "age", "value": 3}]
    found = _decide(
        decision, "mäi Kand huet 3 Joer", {"crisis_child": 0.9}, rest=["kand"], entities=age
    )
    assert found.get("intent")["name"] == "inform"


def test_another_language(decision: Decision) -> None:
    found = _decide(decision, "I need help", {"debt_help": 0.9}, language="other")
    assert found.get("intent")["name"] == "other_language"


def test_the_language_asked_for(decision: Decision) -> None:
    written = [{"entity": "language", "value": "fr"}]
    scores = {"change_language": 0.9}
    found = _decide(decision, "en allemand svp", scores, entities=written)
    assert [e["value"] for e in found.get("entities")] == ["de"]
    found = _decide(decision, "autre langue", scores, entities=written)
    assert [e["value"] for e in found.get("entities")] == ["fr"]


def _cases(kind: str) -> list[tuple[str, str, str]]:
    from bot.nlu.files import read_words

    found = []
    for path in sorted((LEXICON / "crisis").glob("*.yml")):
        for name, entries in read_words(path).items():
            for entry in entries:
                if isinstance(entry, dict):
                    found += [(path.stem, name, text) for text in entry.get(kind, [])]
    return found


def test_every_pattern_catches_what_it_promises() -> None:
    patterns = CrisisPatterns(LEXICON / "crisis")
    cases = [c for c in _cases("catches") if c[1] != "idioms"]
    assert len(cases) > 100
    missed = [c for c in cases if c[1] not in patterns.find(c[2])]
    assert not missed


def test_no_pattern_catches_an_idiom() -> None:
    patterns = CrisisPatterns(LEXICON / "crisis")
    cases = [c for c in _cases("not") if c[1] != "idioms"]
    cases += [c for c in _cases("catches") if c[1] == "idioms"]
    assert cases
    alarmed = [(c, patterns.find(c[2])) for c in cases if patterns.find(c[2])]
    assert not alarmed


def test_no_idiom_hides_a_cry() -> None:
    """What stands under `not` of a saying sounds like it, and is a cry for help."""
    patterns = CrisisPatterns(LEXICON / "crisis")
    cries = [c for c in _cases("not") if c[1] == "idioms"]
    assert len(cries) >= 12
    assert not [c for c in cries if not patterns.find(c[2])]


@pytest.mark.parametrize(
    ("text", "cry"),
    [
        ("J'ai fait une overdose de chocolat à Noël", []),
        ("il a fait une overdose", ["crisis_medical"]),
        ("Je ne veux plus vivre, les dettes s'entassent", ["crisis_suicide"]),
        ("Je ne veux plus vivre à la campagne", []),
        ("Ich will nicht mehr leben. Überall Mahnungen", ["crisis_suicide"]),
        ("Ich will nicht mehr leben wie ein Student", []),
        ("Ech wëll net méi liewen, iwwerall Scholden", ["crisis_suicide"]),
        ("Eng Wespel huet mech an de Fouss gepickt", []),
        ("Elle chante faux, j'ai envie de sauter par la fenêtre", []),
        ("J'ai envie de sauter par la fenêtre", ["crisis_suicide"]),
        ("Das Ei ist in der Mikrowelle explodiert", []),
        ("Mon chef m'a poignardé dans le dos", []),
        ("Il m'a poignardé dans le dos", ["crisis_violence"]),
    ],
)
def test_a_mishap_or_a_saying_beside_a_cry(text: str, cry: list[str]) -> None:
    assert CrisisPatterns(LEXICON / "crisis").find(text) == cry


def test_patterns_hear_through_spelling() -> None:
    patterns = CrisisPatterns(LEXICON / "crisis")
    for text in ("Je VEUX me TUER!!!", "je veux   me… tuer", "jé véux mé tuér"):
        assert patterns.find(text) == ["crisis_suicide"], plain(text)


PLACE = [{"entity": "place", "value": "Mersch", "start": 0, "end": 6}]


@pytest.mark.parametrize(
    ("text", "scores", "found", "intent"),
    [
        ("Guten Tag, eine Krippe", {"greet": 0.6, "childcare": 0.3}, {}, "childcare"),
        ("Guten Tag zusammen", {"greet": 0.8, "childcare": 0.1}, {}, "greet"),
        ("nee, ech brauch Iessen", {"deny": 0.5, "food_help": 0.4}, {}, "food_help"),
        ("nee, net méi", {"deny": 0.7, "food_help": 0.25}, {}, "deny"),
        ("non pardon, à Mersch", {"deny": 0.8}, {"entities": PLACE}, "inform"),
        ("non, pas à Mersch", {"deny": 0.8}, {"entities": PLACE}, "deny"),
        ("moien aus Mersch", {"greet": 0.8}, {"entities": PLACE}, "greet"),
        (
            "na gut, in Mersch",
            {"greet": 0.8},
            {"entities": PLACE, "metadata": {"asks": "place"}},
            "inform",
        ),
    ],
)
def test_what_follows_a_greeting_or_a_no_is_meant(
    decision: Decision, text: str, scores: dict[str, float], found: dict, intent: str
) -> None:
    words = text.lower().replace(",", "").split()
    rest = [word for word in words if word != "mersch"]
    assert _decide(decision, text, scores, rest=rest, **found).get("intent")["name"] == intent


@pytest.mark.parametrize(
    ("intent", "text", "entities", "meant"),
    [
        ("affirm", "ok et pour trouver du taf", [], "job_insertion"),
        ("ask_address", "wou ass eng Plaz fir ze iessen", ["place"], "food_help"),
        # About the service named, or about what was shown.
        (
            "ask_address",
            "wou fannen ech eng Plaz fir ze iessen",
            ["place", "service"],
            "ask_address",
        ),
        ("ask_address", "wou ass dat", ["place"], "ask_address"),
        ("ask_address", "adress vun enger Plaz fir ze iessen", ["place"], "ask_address"),
    ],
)
def test_a_need_told_in_words_is_meant(
    decision: Decision, intent: str, text: str, entities: list[str], meant: str
) -> None:
    given = [{"entity": kind, "value": "x"} for kind in entities]
    found = _decide(decision, text, {intent: 0.6, "food_help": 0.1}, entities=given)
    assert found.get("intent")["name"] == meant
