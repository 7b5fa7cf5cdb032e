"""The validator of the words is itself tested: each rule on a domain broken in just that way."""

from pathlib import Path

import pytest

from bot.checks import check_domain
from bot.settings import ROOT

RULES = ROOT / "data" / "rules.yml"


def _broken(tmp_path: Path, old: str, new: str) -> list[str]:
    text = (ROOT / "domain.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "domain.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_domain(path, RULES)


def test_the_real_domain_is_whole() -> None:
    assert check_domain() == []


GOODBYE_LB = "Äddi. Dir kënnt ëmmer erëmkommen."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f'"{GOODBYE_LB}"', '""', "utter_goodbye: has no text in 'lb'"),
        (f'"{GOODBYE_LB}"', '"Au revoir. Vous pouvez revenir à tout moment."', "translated?"),
        (f'"{GOODBYE_LB}"', f'"{GOODBYE_LB} {{phone}}"', "different gaps"),
        (f'text: "{GOODBYE_LB}"', f'text: "{GOODBYE_LB}"\n    channel: facebook', "channel"),
        ("payload: /debt_help}", "payload: /debt_hlep}", "names no intent"),
        ("payload: /debt_help}", "payload: /food_help}", "different buttons"),
        (
            "  utter_goodbye:\n  - condition: [{type: slot, name: language, value: fr}]\n",
            "  utter_goodbye:\n  - condition: [{type: slot, name: language, value: de}]\n",
            "more variations in one language",
        ),
        (
            "  utter_goodbye:\n  - condition: [{type: slot, name: language, value: fr}]\n",
            "  utter_goodbye:\n  - condition: []\n",
            "exactly one condition",
        ),
        ("- debt_help: {use_entities: []}\n", "", "unknown intent"),
        ("- action_hand_off\n", "", "unknown action 'action_hand_off'"),
        ("- greet: {", "- surprise: {use_entities: []}\n- greet: {", "no rule answers"),
    ],
)
def test_each_rule(tmp_path: Path, old: str, new: str, message: str) -> None:
    problems = _broken(tmp_path, old, new)
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  polygone:", "  polygon:", "'polygon' is no service"),
        ("  youth_house:", "  youth_hose:", "'youth_hose' is no need"),
    ],
)
def test_a_name_of_nobody(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (ROOT / "data" / "lexicon" / "names.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "names.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(message in problem for problem in check_domain(names=path))
