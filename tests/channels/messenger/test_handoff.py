"""The assistant beside people: the page's inbox, the desk, and who says so; with the real model."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.store import Handoffs, open_database
from tests.channels.messenger.graph import PAGE_INBOX
from tests.channels.messenger.page import PAGE, Running, running, until

ONE = "7000000000000001"
AGAIN = {
    "fr": "Je suis de nouveau",
    "de": "wieder der automatische",
    "lb": "nees den automateschen",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("page"), assistant) as started:
        yield started


@pytest.fixture
def person(page: Running) -> str:
    return page.graph.person(str(time.time_ns()))


def by_hand(page: Running, person: str, mid: str = "hand") -> None:
    """Somebody of the page writes in its inbox; Meta tells us by an echo."""
    echo = {"mid": f"{person}-{mid}", "is_echo": True, "app_id": PAGE_INBOX, "text": "Bonjour"}
    to = {"sender": {"id": PAGE}, "recipient": {"id": person}}
    assert page.event(**to, message=echo) == 200


def write(page: Running, person: str, text: str, mid: str = "") -> list[str]:
    """What the assistant says to that."""
    before = len(page.graph.texts(person))
    page.write(person, f"{person}-{mid or text}", text=text)
    page.settle()
    return page.graph.texts(person)[before:]


def test_words_written_by_hand_silence_the_assistant(page: Running, person: str) -> None:
    assert write(page, person, "Bonjour")
    by_hand(page, person)
    assert write(page, person, "J'ai trop de dettes") == []
    picture = {"mid": f"{person}-p", "attachments": [{"type": "image"}]}
    assert page.event(sender={"id": person}, message=picture) == 200
    page.settle()
    assert write(page, person, "merci") == []


def test_a_cry_for_help_is_answered_even_then(page: Running, person: str) -> None:
    by_hand(page, person)
    said = write(page, person, "Ech wëll net méi liewen")
    assert any("45 45 45" in text for text in said)
    assert write(page, person, "J'ai trop de dettes") == [], "nothing else is"


def test_a_cry_for_help_added_to_a_message_is_heard_once(page: Running, person: str) -> None:
    assert write(page, person, "Moien", mid="m")
    by_hand(page, person)
    before = len(page.graph.texts(person))
    edit = {"mid": f"{person}-m", "text": "Ech wëll net méi liewen", "num_edit": 1}
    for _ in range(2):
        assert page.event(sender={"id": person}, message_edit=edit) == 200
    page.settle()
    said = page.graph.texts(person)[before:]
    assert sum("45 45 45" in text for text in said) == 1, said


def test_given_back_it_says_that_it_is_automated(page: Running, person: str) -> None:
    assert write(page, person, "Ech hu Scholden")
    by_hand(page, person)
    taken = {"previous_owner_app_id": "1", "new_owner_app_id": str(PAGE_INBOX)}
    assert page.event(sender={"id": person}, take_thread_control=taken) == 200
    given = {"new_owner_app_id": "1", "previous_owner_app_id": str(PAGE_INBOX)}
    assert page.event(sender={"id": person}, pass_thread_control=given) == 200
    said = write(page, person, "Ech brauch Iessen")
    assert AGAIN["lb"] in said[0] and len(said) > 1
    assert not any(AGAIN["lb"] in text for text in write(page, person, "Ech hunn Honger"))


def test_in_standby_nobody_hears_from_us(page: Running, person: str) -> None:
    for text in ("J'ai des dettes", "Je veux mourir"):
        content = {"mid": f"{person}-{text}", "text": text}
        assert page.event(channel="standby", sender={"id": person}, message=content) == 200
    page.settle()
    assert page.graph.texts(person) == []
    said = write(page, person, "J'ai des dettes", "after")
    assert AGAIN["fr"] in said[0], "what comes to us is for us"


def test_the_desk_takes_over_and_gives_back(page: Running, person: str) -> None:
    handoffs = Handoffs(open_database(page.settings.database))
    shared: Any = page.channel._desk._assistant
    assert write(page, person, "Ech hu Scholden")
    name = page.channel.door.person(person)
    # The tests share an assistant whose conversations are not in the page's database.
    inside = shared._dialogue._handoffs
    for where in (handoffs, inside):
        assert where.take(name, "social_worker")
    handoffs.write(name, "Moien, hei ass d'Madame Weber", "lb")
    until(lambda: any("Weber" in text for text in page.graph.texts(person)))
    words = page.graph.texts(person)[-2:]
    assert "Elo äntwert Iech" in words[0] and "Weber" in words[1]
    assert write(page, person, "Ech hu keng Wunneng méi") == []
    for where in (handoffs, inside):
        where.give_back(name)
    said = write(page, person, "Ech brauch Iessen")
    assert AGAIN["lb"] in said[0]
    time.sleep(2.2)  # the desk is looked at every second
    assert len([t for t in page.graph.texts(person) if "Weber" in t]) == 1


def test_the_desk_may_still_write_after_a_day(page: Running, person: str) -> None:
    handoffs = Handoffs(open_database(page.settings.database))
    two_days = int((time.time() - 2 * 24 * 3600) * 1000)
    page.graph.person(person, hours_ago=48)
    content = {"mid": f"{person}-old", "text": "Bonjour"}
    assert page.event(sender={"id": person}, timestamp=two_days, message=content) == 200
    page.settle()
    assert page.graph.texts(person) == [], "the assistant may not any more"
    handoffs.write(page.channel.door.person(person), "Nous avons une place", "fr")
    until(lambda: page.graph.texts(person) == ["Nous avons une place"])
    sent = [c for c in page.graph.calls if "message" in (c.body or {})][-1]
    assert (sent.body["messaging_type"], sent.body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_a_person_is_found_in_the_pages_inbox_where_that_is_set(
    tmp_path: Path, assistant: Assistant
) -> None:
    with running(tmp_path, assistant, messenger_handoff="inbox") as page:
        said = write(page, ONE, "Je veux parler à une personne")
        assert said
        until(lambda: page.graph.owners.get(ONE) == PAGE_INBOX)


def test_delete_my_data_deletes_all_of_it(page: Running, person: str) -> None:
    write(page, person, "Ech wunnen zu Miersch an hu Scholden")
    name = page.channel.door.person(person)
    assert page.channel.records.known(name)
    said = write(page, person, "Läscht meng Donnéeën")
    assert said
    assert not page.channel.records.known(name)
    assert write(page, person, "Moien"), "and it may begin again"


def test_the_button_below_privacy_deletes(page: Running, person: str) -> None:
    write(page, person, "Bonjour")
    page.write(person, f"{person}-b", text="Tout effacer", quick_reply={"payload": "/delete_data"})
    page.settle()
    assert not page.channel.records.known(page.channel.door.person(person))


def test_old_buttons_mean_what_their_title_says(page: Running, person: str) -> None:
    payload = '/choose_topic{"topic": "gone"}'
    page.write(person, f"{person}-b", text="J'ai des dettes", quick_reply={"payload": payload})
    page.settle()
    assert any("dett" in text.lower() for text in page.graph.texts(person))
