"""What is kept to learn from when a visitor agrees, on the real store, with a stand-in parse."""

from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.channels.web import Learning
from bot.channels.web._turns import digest_of
from bot.store import Answers, Conversations, Review, State, States


class Parsing:
    """Says what a model would; `crisis` and `language` can be set."""

    def __init__(self) -> None:
        self.crisis: list[str] = []
        self.language = "fr"
        self.intent = "debt_help"

    async def parse(self, text: str) -> dict[str, Any]:
        ranking = [{"name": n} for n in ("nlu_fallback", "debt_help", "budget_help")]
        about = {"language": self.language, "crisis": self.crisis, "intent_ranking": ranking}
        return {"intent": {"name": self.intent}, **about}


class Visit:
    """A conversation with one answered message."""

    def __init__(self, engine: Engine) -> None:
        self.review = Review(engine)
        self.parsing = Parsing()
        self.states, self.answers = States(engine), Answers(engine)
        self.name, _ = Conversations(engine).create("fr")
        self._learning = Learning(
            self.parsing,  # type: ignore[arg-type]
            *(self.states, self.answers, self.review),
        )

    def say(self, text: str, *, kept: bool = True, **answer: Any) -> None:
        digest = digest_of(text, None)
        self.answers.claim(self.name, "m", digest, None, 0)
        answered = {"messages": [], "language": "fr", "crisis": False, "handoff": False, **answer}
        self.answers.complete(self.name, "m", digest, answered)
        said = [{"who": "visitor", "text": text, "lang": "fr"}] if kept else []
        self.states.save(self.name, State(said=said))

    async def agree(self, *, yes: bool = True) -> bool:
        return await self._learning.agree(self.name, "m", yes)

    def texts(self) -> list[str]:
        return [one.text for one in self.review.waiting()]


@pytest.fixture
def visit(engine: Engine) -> Visit:
    return Visit(engine)


async def test_it_is_masked(visit: Visit) -> None:
    visit.say("dettes, appelez le 621 123 456 ou a.b@pt.lu")
    assert await visit.agree()
    [one] = visit.review.waiting()
    assert one.text.startswith("dettes") and "621" not in one.text and "a.b" not in one.text
    assert one.reason == "rated_down" and one.guesses == ["debt_help", "budget_help"]


async def test_what_was_not_understood_is_marked(visit: Visit) -> None:
    visit.say("la capitale du Pérou")
    visit.parsing.intent = "nlu_fallback"
    assert await visit.agree()
    assert visit.review.waiting()[0].reason == "not_understood"


async def test_it_is_taken_back(visit: Visit) -> None:
    visit.say("mes dettes")
    await visit.agree()
    assert await visit.agree()  # twice is once
    assert visit.texts() == ["mes dettes"]
    assert not await visit.agree(yes=False)
    assert visit.texts() == []


@pytest.mark.parametrize("answer", [{"crisis": True}, {"handoff": True}], ids=str)
async def test_never_of_danger_and_not_beside_a_person(
    visit: Visit, answer: dict[str, Any]
) -> None:
    visit.say("mes dettes", **answer)
    assert not await visit.agree()
    assert visit.texts() == []


async def test_never_what_the_dialogue_did_not_keep(visit: Visit) -> None:
    """After a cry for help, and what is left for the office."""
    visit.say("rappelez Marie Weber", kept=False)
    assert not await visit.agree()
    assert visit.texts() == []


async def test_never_what_a_second_look_takes_for_a_cry(visit: Visit) -> None:
    visit.say("il me frappe")
    visit.parsing.crisis = ["crisis_violence"]
    assert not await visit.agree()
    assert visit.texts() == []


async def test_other_languages_teach_nothing(visit: Visit) -> None:
    visit.say("quiero trabajo")
    visit.parsing.language = "other"
    assert not await visit.agree()


async def test_an_unknown_message_is_none(visit: Visit) -> None:
    assert not await visit.agree()
