"""A choice said instead of pressed: which one is meant, and when none is."""

from typing import Any

import pytest

from bot.choosing import CHOICES, chosen, shown
from bot.reply import Reply

CHOICE = {"type": "choices", "text": "…", "lang": "fr"}
TOPICS = ["/debt_help", "/childcare", "/youth_house", "/help_menu"]


def found(**more: Any) -> dict[str, Any]:
    return {"entities": [], "intent": {"name": "inform"}, **more}


@pytest.mark.parametrize(
    ("text", "which", "wanted"),
    [
        ("2", [], "/childcare"),
        ("Nr. 1", [], "/debt_help"),
        ("numéro 3", [], "/youth_house"),
        ("le deuxième svp", [2], "/childcare"),
        ("den Drëtten", [3], "/youth_house"),
        # The way to all topics is none of them.
        ("das letzte", [-1], "/youth_house"),
        ("9", [], None),
        ("2 ans", [], None),
        ("oui", [], None),
        ("le premier mois du loyer est déjà payé", [1], None),
    ],
)
def test_which_one_is_meant(text: str, which: list[int], wanted: str | None) -> None:
    assert chosen({CHOICES: TOPICS}, text, found(which=which)) == wanted


def test_the_other_one_of_two_is_the_second() -> None:
    assert chosen({CHOICES: TOPICS[:2]}, "l'autre", found(which=[2, -1])) == "/childcare"


@pytest.mark.parametrize(
    "heard",
    [
        {"crisis": ["crisis_suicide"]},
        {"needs": ["food_help"]},
        {"intent": {"name": "ask_address"}},
        {"entities": [{"entity": "place", "value": "Mersch"}]},
        {"entities": [{"entity": "service", "value": "eimab"}]},
    ],
)
def test_what_says_something_else_points_at_nothing(heard: dict[str, Any]) -> None:
    assert chosen({CHOICES: TOPICS}, "le premier", {**found(which=[1]), **heard}) is None


def test_a_number_is_the_age_where_that_is_asked() -> None:
    assert chosen({CHOICES: TOPICS, "asks": "age"}, "2", found()) is None
    assert chosen({CHOICES: TOPICS, "asks": "place"}, "2", found()) == "/childcare"


def test_nothing_was_offered() -> None:
    assert chosen({}, "2", found()) is None
    assert chosen({CHOICES: ["/help_menu"]}, "das letzte", found(which=[-1])) is None


def test_beside_cards_and_after_a_cry_nothing_is_pointed_at() -> None:
    choices = {**CHOICE, "choices": [{"title": "a", "payload": "/debt_help"}]}
    card = {"type": "service", "name": "x", "lang": "fr"}
    assert shown(Reply("fr", "x", [choices])) == ["/debt_help"]
    assert shown(Reply("fr", "x", [card, choices])) == []
    assert shown(Reply("fr", "x", [card, choices], crisis=True)) == []
    # "A person can talk to you, too": a yes takes that.
    assert shown(Reply("fr", "x", [choices], crisis=True)) == ["/debt_help"]
    assert shown(Reply("fr", "x", [{"type": "text", "text": "a", "lang": "fr"}])) == []


@pytest.mark.parametrize("payload", ["/delete_data", "/restart", "/help_menu"])
def test_nothing_is_deleted_by_a_number(payload: str) -> None:
    """After "what do you store?" there is one button, which deletes everything."""
    assert chosen({CHOICES: [payload, "/debt_help"]}, "1", found()) is None
    assert chosen({CHOICES: [payload, "/debt_help"]}, "2", found()) == "/debt_help"


@pytest.mark.parametrize("step", ["message", "reach", "contact", "consent"])
def test_what_is_dictated_is_no_choice(step: str) -> None:
    """A number is part of the message, and consent is no "the first one"."""
    slots = {CHOICES: ["/agree", "/cancel"], "leaving": step}
    assert chosen(slots, "1", found()) is None
    assert chosen(slots, "le premier", found(which=[1])) is None


@pytest.mark.parametrize(
    ("choices", "more", "wanted"),
    [
        (["/leave_message"], {}, "/leave_message"),
        (["/human_handoff"], {}, "/human_handoff"),
        # Nothing is undone by a yes.
        (["/delete_data"], {}, None),
        (["/restart"], {}, None),
        # Two were offered, or the only one leaves the question that is open.
        (["/leave_message", "/help_menu"], {}, None),
        (["/skip_question"], {"asks": "age"}, None),
        (["/cancel"], {"leaving": "message"}, None),
    ],
)
def test_a_yes_takes_the_only_choice(
    choices: list[str], more: dict[str, str], wanted: str | None
) -> None:
    assert chosen({CHOICES: choices, **more}, "oui", found(says_yes=True)) == wanted
    assert chosen({CHOICES: choices, **more}, "ok", found(says_yes=False)) is None
