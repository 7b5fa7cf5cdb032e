"""Words that hint at a need: they count beside the model, and never alone."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.decision import Decision
from bot.nlu.files import LEXICON, read_words
from bot.nlu.intent import ALONE_SCORES, CLAUSE_SCORES, SCORES
from bot.nlu.told import HintedNeeds
from knowledge import load

CONFIG = Decision.get_default_config()
HINTS = LEXICON / "need_hints.yml"
TEXT = "Mir hunn Krediter oppen, an eist Bebee brauch eng Plaz"
LEAST, BACKED = CONFIG["hint_backed_from"], CONFIG["alone_backed_from"]


def _found(text: str, childcare: float, alone: float = 0.0) -> dict[str, float]:
    first = [("debt_help", 0.9), ("childcare", 0.01)]
    second = [("debt_help", 0.9 - childcare), ("childcare", childcare)]
    by_itself = [("childcare", alone)]
    found = HintedNeeds(HINTS, CONFIG).find(
        text, "debt_help", [first, second], [[], by_itself] if alone else []
    )
    return {name: at for name, at in found.items() if name != "debt_help"}


def test_a_hint_counts_where_a_clause_makes_the_need_likely() -> None:
    assert _found(TEXT, LEAST) == {"childcare": 0.5}
    assert _found(TEXT, BACKED, alone=LEAST) == {"childcare": 0.5}


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        (TEXT, LEAST / 2),
        ("Mir hunn Krediter oppen, an eis Kaz miaut de ganzen Dag", LEAST),
        ("Krediter, an eist Bebee", LEAST),
    ],
    ids=["the model does not think so", "no word says so", "too few words"],
)
def test_a_hint_alone_is_nothing(text: str, likely: float) -> None:
    assert _found(text, likely) == {}


def test_a_clause_alone_counts_only_where_its_message_allows_it() -> None:
    assert _found(TEXT, BACKED / 2, alone=0.9) == {}


def test_in_a_cry_for_help_no_hint_counts() -> None:
    """A need of it would be asked about as soon as the danger is over."""
    cry = Message({"text": "nebenan schreit eine frau, zwei kleine kinder sind drin"})
    clauses = [[("crisis_violence", 0.9)], [("crisis_violence", 0.5), ("childcare", 0.5)]]
    cry.set(SCORES, [("crisis_violence", 0.8), ("childcare", 0.1)])
    cry.set(CLAUSE_SCORES, [[*one, ("childcare", 0.0)][:2] for one in clauses])
    cry.set(ALONE_SCORES, [[], [("childcare", 0.7)]])
    [heard] = Decision(CONFIG).process([cry])
    assert heard.get("crisis") == ["crisis_violence"]
    assert heard.get("needs") == []


def test_hints_name_needs() -> None:
    assert set(read_words(HINTS)) <= set(load().needs)
