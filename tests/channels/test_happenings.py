"""What happens at the desk, in the visitor's words: on the website and for Messenger."""

from pathlib import Path
from typing import Any

import pytest

from bot import roles
from bot.channels.messenger._desk import Desk
from bot.channels.web._happenings import told
from bot.channels.web._transcript import told_of
from bot.store import Handoffs, open_database
from tests.conftest import LANGUAGES

CARD = {
    "type": "service", "id": "x", "lang": "lb", "name": "Hëllef", "summary": "", "phones": [
        {"number": "26 48 00 00", "label": None}], "website": "javascript:1", "map_url": None,
}  # fmt: skip


class Said:
    """The assistant's words, by the names of the responses."""

    def words(self, response: str, language: str, **gaps: str) -> list[dict[str, Any]]:
        return [{"type": "text", "text": f"{response} {language}", "lang": language}]


@pytest.fixture
def handoffs(tmp_path: Path) -> Handoffs:
    return Handoffs(open_database(f"sqlite:///{tmp_path / 'store.db'}"))


def texts(handoffs: Handoffs, name: str) -> list[str]:
    """What the website's visitor reads of the newest happening."""
    _, data = told(Said(), handoffs.happenings(name)[-1])  # type: ignore[arg-type]
    return [message["text"] for message in data["messages"]]


def test_a_card_of_a_person(handoffs: Handoffs) -> None:
    handoffs.take("m-1", "educator")
    handoffs.write("m-1", None, "lb", "educator", message=CARD)
    happening = handoffs.happenings("m-1")[-1]
    kind, data = told(Said(), happening)  # type: ignore[arg-type]
    assert kind == "message" and data == {**CARD, "role": "Educatrice"}
    shown = told_of(happening.id, kind, data)
    assert shown and shown.said.who == "person" and shown.said.role == "Educatrice"
    [card] = shown.said.messages
    assert card["name"] == "Hëllef" and card["phones"][0]["dialled"] == "+35226480000"
    assert card["website"] is None, "only a web address is a link"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_end_is_told(handoffs: Handoffs, language: str) -> None:
    name = f"c-{language}"
    handoffs.ask(name, language=language)
    handoffs.claim(name, 1)
    handoffs.put_back(name, "left", worker=1)
    words = [m["text"] for reason in ("left", "closed") for m in roles.ended(reason, language)]
    assert texts(handoffs, name) == words[:1] and words[0]
    handoffs.claim(name, 2)
    handoffs.give_back(name, worker=2, reason="closed")
    assert texts(handoffs, name) == [words[1], f"utter_automated_again {language}"]


def test_messenger_gets_the_same_and_knows_who_says_it(handoffs: Handoffs) -> None:
    handoffs.ask("m-1", language="lb")
    handoffs.claim("m-1", 1, "educator")
    handoffs.write("m-1", "Moien", "lb", worker=1)
    handoffs.write("m-1", None, "lb", worker=1, message=CARD)
    handoffs.put_back("m-1", worker=1)
    handoffs.claim("m-1", 2)
    handoffs.give_back("m-1", worker=2)
    handoffs.ask("website", language="lb")
    handoffs.claim("website", 1)
    news = list(Desk(handoffs, Said(), lambda person: None).news(0))
    assert {told.person for told in news} == {"m-1"}
    assert [(told.by_person, told.messages[0].get("text")) for told in news] == [
        (True, "utter_person_answers_role lb"),
        (True, "Moien"),
        (True, None),
        # Not a person's words: a day later Messenger must not be told that they are.
        (False, roles.ended("queue", "lb")[0]["text"]),
        (True, "utter_person_answers lb"),
    ]
    assert news[2].messages == [CARD]
