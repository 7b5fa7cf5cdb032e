"""Words that hint at a need: they count beside the model, and never alone."""

import pytest

from bot.nlu.decision import Decision
from bot.nlu.files import LEXICON, read_words
from bot.nlu.told import HintedNeeds
from knowledge import load

CONFIG = Decision.get_default_config()
HINTS = LEXICON / "need_hints.yml"
TEXT = "Mir hunn Krediter oppen, an eist Bebee brauch eng Plaz"
LEAST = CONFIG["hint_backed_from"]


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
    assert _found(TEXT, 0.0, alone=LEAST) == {"childcare": 0.5}


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


def test_hints_name_needs() -> None:
    assert set(read_words(HINTS)) <= set(load().needs)
