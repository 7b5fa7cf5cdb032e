"""Never the same sentence twice in a row, whatever is answered."""

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlg import Varied
from bot.settings import ROOT


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


def _after(domain: Domain, *events: Event) -> DialogueStateTracker:
    tracker = DialogueStateTracker("test", domain.slots)
    tracker.update_with_events(list(events), domain)
    return tracker


async def _say(domain: Domain, name: str, tracker: DialogueStateTracker, **gaps: str) -> str:
    said = await Varied(domain=domain).generate(name, tracker, "weeweiser", **gaps)
    assert said
    return str(said["text"])


async def test_the_first_variation_unless_it_was_just_said(domain: Domain) -> None:
    first = await _say(domain, "utter_thank", _after(domain, UserUttered("merci")))
    turn = (UserUttered("merci"), BotUttered(first), UserUttered("merci"))
    second = await _say(domain, "utter_thank", _after(domain, *turn))
    assert first != second
    third = await _say(
        domain, "utter_thank", _after(domain, *turn, BotUttered(second), UserUttered("merci"))
    )
    assert third == first
    between = (*turn, BotUttered(second), UserUttered("?"), BotUttered("…"), UserUttered("merci"))
    assert await _say(domain, "utter_thank", _after(domain, *between)) == first


async def test_the_text_is_compared_with_its_gaps_filled(domain: Domain) -> None:
    first = await _say(domain, "utter_results_place", _after(domain), place="Esch")
    just = _after(domain, BotUttered(first), UserUttered("et à Mersch ?"))
    assert await _say(domain, "utter_results_place", just, place="Mersch") != first
    assert "Mersch" in await _say(domain, "utter_results_place", just, place="Mersch")


async def test_nothing_for_an_unknown_response(domain: Domain) -> None:
    assert (
        await Varied(domain=domain).generate("utter_nothing", _after(domain), "weeweiser") is None
    )


#: What is said in answer to anything a person may send again and again.
REPEATED = (
    "greet", "help_menu", "goodbye", "thank", "anything_else", "bot_challenge", "complaint",
    "out_of_scope", "not_sure", "still_not_sure", "write_simply", "person_understands", "limit",
    "stay_polite", "no_words", "too_long", "ask_place", "ask_age", "unknown_place", "started_over",
    "association_reach", "which_service", "next_steps",
)  # fmt: skip


@pytest.mark.parametrize("name", REPEATED)
def test_whatever_may_be_said_again_has_a_second_wording(domain: Domain, name: str) -> None:
    assert len(domain.responses[f"utter_{name}"]) >= 6
