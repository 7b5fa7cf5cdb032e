"""Defects of Rasa's own Messenger channel (rasa 3.6, fbmessenger 6.0.0) that concern what is sent.

Each test is named after the number of the defect in its list; the others are in the tests of what
comes in.
"""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from bot.channels.messenger._client import GraphClient, RateLimited
from bot.channels.messenger._payloads import page_of
from bot.channels.messenger._render import more_choices, render
from bot.channels.messenger._retry import next_try
from bot.settings import Settings
from tests.channels.messenger.graph import (
    APP_SECRET,
    PAGE_INBOX,
    PAGE_TOKEN,
    VERSION,
    Failure,
    Graph,
    serving,
)
from tests.channels.messenger.test_render import offer, taps

PERSON = "7234567890123456"


@pytest.fixture
def graph() -> Iterator[Graph]:
    with serving() as running:
        running.person(PERSON)
        yield running


def settings(graph: Graph) -> Settings:
    return Settings(
        messenger_page_token=PAGE_TOKEN,
        messenger_app_secret=APP_SECRET,
        messenger_graph_address=graph.address,
    )


async def deliver(graph: Graph, bodies: list[dict]) -> None:
    client = GraphClient(settings(graph))
    for body in bodies:
        await client.send(PERSON, body)
    await client.aclose()


@pytest.mark.parametrize("count", [1, 3, 4, 13])
async def test_11_more_than_three_buttons_are_not_dropped(graph: Graph, count: int) -> None:
    await deliver(graph, render([offer(count)], "fr"))
    (delivered,) = [body for _, body in graph.delivered]
    assert taps([delivered]) == [f"/theme_{i}" for i in range(1, count + 1)]


async def test_12_twenty_options_are_twelve_and_more(graph: Graph) -> None:
    message = offer(20)
    first, second = render([message], "fr"), more_choices(message, 2)
    await deliver(graph, [*first, *second])
    assert [len(taps([body])) for _, body in graph.delivered] == [13, 9]
    assert [page_of(taps([body])[-1]) for _, body in graph.delivered] == [2, 1]


async def test_13_long_empty_and_unbroken_texts_all_arrive(graph: Graph) -> None:
    texts = ["", "\n\n", "Un mot. " * 900, "👩‍👩‍👦" * 900, "x" * 4001]
    messages = [{"type": "text", "text": text, "lang": "fr"} for text in texts]
    await deliver(graph, render([*messages, offer(2, text="Et alors ? " * 200)], "fr"))
    assert sum(text.count("x") for text in graph.texts(PERSON)) == 4001
    assert sum(text.count("👩‍👩‍👦") for text in graph.texts(PERSON)) == 900
    assert sum(text.count("Un mot.") for text in graph.texts(PERSON)) == 900
    assert sum(text.count("Et alors ?") for text in graph.texts(PERSON)) == 200


async def test_15_the_version_is_set_and_waiting_does_not_stop_the_others(graph: Graph) -> None:
    graph.fail(Failure(500, 1, delay=0.5))
    client = GraphClient(settings(graph))
    slow = asyncio.create_task(client.send(PERSON, {"text": "1"}))
    while not graph.calls:
        await asyncio.sleep(0.01)
    # The loop answers others while the first call still waits.
    await client.send(PERSON, {"text": "2"})
    assert not slow.done()
    with pytest.raises(Exception, match="code=1"):
        await slow
    await client.aclose()
    # Any other version than that of the settings is unknown to the stand-in.
    assert Settings().messenger_graph_version == VERSION
    assert graph.texts(PERSON) == ["2"]


async def test_15_another_version_is_another_address(graph: Graph) -> None:
    old = settings(graph).copy(update={"messenger_graph_version": "v2.12"})
    client = GraphClient(old)
    with pytest.raises(Exception, match="Refused"):
        await client.send(PERSON, {"text": "1"})
    await client.aclose()
    assert graph.delivered == []


async def test_16_an_error_is_read_and_the_message_delivered_once(graph: Graph) -> None:
    graph.fail(Failure(400, 613))
    passed = [0.0]
    client = GraphClient(settings(graph), lambda: passed[0])
    tries = 0
    while True:
        tries += 1
        try:
            await client.send(PERSON, {"text": "Moien"})
            break
        except RateLimited as error:
            wait = next_try(error, tries)
            assert wait is not None and wait >= 60
            passed[0] += wait
    await client.aclose()
    assert tries == 2
    assert graph.texts(PERSON) == ["Moien"]


async def test_17_typing_seen_and_thread_control_exist(graph: Graph) -> None:
    client = GraphClient(settings(graph))
    await client.action(PERSON, "mark_seen")
    await client.action(PERSON, "typing_on")
    await client.pass_thread(PERSON)
    await client.aclose()
    assert graph.actions == [(PERSON, "mark_seen"), (PERSON, "typing_on")]
    assert graph.owners == {PERSON: PAGE_INBOX}


async def test_19_calls_are_proved_and_nothing_personal_is_logged(
    graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    graph.fail(Failure(400, 2, message=f"to {PERSON}"))
    client = GraphClient(settings(graph))
    with pytest.raises(Exception, match="Temporary"):
        await client.send(PERSON, {"text": "Ech hunn Angscht"})
    await client.send(PERSON, {"text": "Ech hunn Angscht"})
    await client.aclose()
    assert len(graph.calls[1].query["appsecret_proof"]) == 64
    assert caplog.records
    assert PERSON not in caplog.text
    assert "Angscht" not in caplog.text
