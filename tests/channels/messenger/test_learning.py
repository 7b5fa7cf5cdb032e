"""Who was not helped is asked whether the message may be kept; two buttons, nothing else."""

from pathlib import Path
from typing import Any

import pytest

from bot.channels.learning import Lessons
from bot.channels.messenger._payloads import RATE_DOWN, RATE_UP
from bot.channels.messenger._turn import Turn
from bot.store import Conversations, Review, State, States, open_database
from bot.store.messenger import Ask
from tests.channels.messenger.graph import said
from tests.channels.messenger.test_render import taps

PERSON = "messenger:one"
TEXT = "Ech heeschen Jos, 621 123 456, ech brauch en Dreem"


class Assistant:
    """Understands nothing, or hears a cry for help."""

    crisis: list[str] = []

    async def parse(self, text: str) -> dict[str, Any]:
        about = {"language": "lb", "crisis": self.crisis, "intent_ranking": []}
        return {"intent": {"name": "out_of_scope"}, **about}


class Person:
    """What a person taps, and what comes back."""

    def __init__(self, folder: Path) -> None:
        engine = open_database(f"sqlite:///{folder / 'weeweiser.db'}")
        self.review, self.states = Review(engine), States(engine)
        self.assistant = Assistant()
        lessons = Lessons(self.assistant, self.states, self.review)
        shown: Any = self.assistant
        self._turn = Turn(shown, Conversations(engine), lessons=lessons)
        self.wrote(TEXT)

    def wrote(self, text: str) -> None:
        self.states.save(PERSON, State(said=[{"who": "visitor", "text": text, "lang": "lb"}]))

    async def tap(self, payload: str) -> list[dict[str, Any]]:
        about: dict[str, Any] = {"content": {"payload": payload}, "language": "lb"}
        none = {"id": 1, "once": "o", "address": "a", "choices": None, "told_write_at": 0}
        idle = {"last": False, "silent": False, "returns": False}
        answer = await self._turn.answer(Ask(person=PERSON, kind="choice", **about, **none, **idle))
        return [one.body for one in answer.outgoing]


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)


async def test_asked_and_agreed(person: Person) -> None:
    [asked] = await person.tap(RATE_DOWN)
    yes, no = taps([asked])
    assert "Däerfe mir" in said(asked) and person.review.count() == 0
    [thanks] = await person.tap(yes)
    [one] = person.review.waiting()
    assert one.text == "Ech heeschen [name], [phone], ech brauch en Dreem"
    assert (one.language, one.reason) == ("lb", "not_understood")
    assert "bleift gespäichert" in said(thanks)
    # Thinking better of it takes it back; a button may be tapped long after.
    person.wrote("eppes anescht")
    [gone] = await person.tap(no)
    assert person.review.count() == 0 and "net benotzt" in said(gone)
    assert "näischt dobäi" in said((await person.tap(yes))[0])
    assert person.review.count() == 0


async def test_who_was_helped_is_not_asked(person: Person) -> None:
    assert taps(await person.tap(RATE_UP)) == []


@pytest.mark.parametrize("last", ["/debt_help", None])
async def test_a_button_teaches_nothing(person: Person, last: "str | None") -> None:
    person.states.save(PERSON, State())
    if last:
        person.wrote(last)
    [thanks] = await person.tap(RATE_DOWN)
    assert taps([thanks]) == [] and "Merci" in said(thanks)


async def test_never_a_cry_for_help(person: Person) -> None:
    [asked] = await person.tap(RATE_DOWN)
    person.assistant.crisis = ["crisis_violence"]
    assert taps(await person.tap(RATE_DOWN)) == []
    await person.tap(taps([asked])[0])
    assert person.review.count() == 0
