"""The Graph API's client against the strict stand-in, over real sockets."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import aiohttp
import pytest

from bot.channels.messenger import _http, _usage
from bot.channels.messenger._client import (
    Blocked,
    GraphClient,
    GraphError,
    NotConfigured,
    OutsideWindow,
    RateLimited,
    Refused,
    Temporary,
    TokenInvalid,
    UnknownPerson,
)
from bot.channels.messenger._errors import error_for
from bot.channels.messenger._retry import next_try
from bot.channels.messenger._window import HUMAN_AGENT, tag_for
from bot.settings import Settings
from tests.channels.messenger.graph import (
    APP,
    APP_SECRET,
    PAGE_INBOX,
    PAGE_TOKEN,
    Failure,
    Graph,
    serving,
)

BODY = {"text": "Womat kann ech hëllefen?"}
PERSON = "7234567890123456"


class Clock:
    """Seconds that only pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def graph() -> Iterator[Graph]:
    with serving() as running:
        running.person(PERSON)
        yield running


def settings(graph: Graph, **other: Any) -> Settings:
    values = {"messenger_page_token": PAGE_TOKEN, "messenger_app_secret": APP_SECRET}
    return Settings(**{**values, "messenger_graph_address": graph.address, **other})


@asynccontextmanager
async def client(
    graph: Graph, clock: Optional[Clock] = None, **other: Any
) -> AsyncIterator[GraphClient]:
    opened = GraphClient(settings(graph, **other), clock or Clock())
    try:
        yield opened
    finally:
        await opened.aclose()


async def failed(graph: Graph, failure: Failure) -> GraphError:
    """The error of one call that fails so."""
    graph.fail(failure)
    async with client(graph) as out:
        with pytest.raises(GraphError) as caught:
            await out.send(PERSON, BODY)
    return caught.value


async def test_a_message_arrives_as_it_was_sent(graph: Graph) -> None:
    async with client(graph) as out:
        sent = await out.send(PERSON, BODY)
    assert sent.message_id == "m_1"
    assert graph.delivered == [(PERSON, BODY)]
    (call,) = graph.calls
    assert call.body["messaging_type"] == "RESPONSE"
    assert call.headers["authorization"] == f"Bearer {PAGE_TOKEN}"
    assert PAGE_TOKEN not in json.dumps(call.query)


async def test_half_characters_of_a_person_at_the_desk_do_not_stop_the_queue(graph: Graph) -> None:
    async with client(graph) as out:
        with pytest.raises(Refused):
            await out.send(PERSON, {"text": "\ud83d"})


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (Failure(500, 1), Temporary),
        (Failure(400, 2), Temporary),
        (Failure(400, 1200), Temporary),
        (Failure(503, None, body=b"<html>unavailable</html>"), Temporary),
        (Failure(302, None, body=b""), Temporary),
        (Failure(400, 4), RateLimited),
        (Failure(400, 17), RateLimited),
        (Failure(400, 32), RateLimited),
        (Failure(400, 613), RateLimited),
        (Failure(400, 80006), RateLimited),
        (Failure(429, None, body=b""), RateLimited),
        (Failure(403, 10, 2018278), OutsideWindow),
        (Failure(403, 10, 2018065), OutsideWindow),
        (Failure(400, 100, 2018001), UnknownPerson),
        (Failure(400, 100), Refused),
        (Failure(400, 105), Refused),
        (Failure(403, 10), Refused),
        (Failure(400, 999_999), Refused),
        (Failure(400, None, body=b"[1]"), Refused),
        (Failure(401, 190), TokenInvalid),
        (Failure(401, None, body=b""), TokenInvalid),
        (Failure(400, 190, 463), TokenInvalid),
        (Failure(403, 200, 1545041), Blocked),
        (Failure(400, 551, 1545041), Blocked),
    ],
)
async def test_each_error_says_what_to_do(graph: Graph, failure: Failure, kind: type) -> None:
    error = await failed(graph, failure)
    assert type(error) is kind
    if failure.body is None:
        assert (error.code, error.subcode) == (failure.code, failure.subcode)


def test_meta_may_call_any_error_transient() -> None:
    assert isinstance(error_for(400, {"code": 999, "is_transient": True}), Temporary)
    assert type(error_for(400, {"code": "190"})) is Refused
    assert type(error_for(200, {"code": 100})) is Refused


def test_a_rate_limit_without_a_time_lasts_a_minute() -> None:
    for regain, wait in ((0.0, 60.0), (30.0, 60.0), (300.0, 300.0)):
        error = error_for(400, {"code": 613}, regain)
        assert isinstance(error, RateLimited) and error.retry_after == wait


async def test_only_our_own_mistakes_are_sent_again_as_plain_text(graph: Graph) -> None:
    for code, ours in ((100, True), (105, True), (10, False)):
        error = await failed(graph, Failure(400, code))
        assert isinstance(error, Refused) and error.ours is ours


async def test_a_slow_answer_may_have_been_carried_out(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_http, "_TIMEOUT", aiohttp.ClientTimeout(0.2))
    error = await failed(graph, Failure(delay=1.0, carried_out=True))
    assert isinstance(error, Temporary) and error.unsure
    assert len(graph.delivered) == 1


async def test_a_platform_that_is_away_took_nothing(graph: Graph) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with client(graph, messenger_graph_address=nobody) as out:
            with pytest.raises(Temporary) as caught:
                await out.send(PERSON, BODY)
    assert not caught.value.unsure


async def test_a_call_cut_off_may_have_been_carried_out(graph: Graph) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(graph, messenger_graph_address=f"http://127.0.0.1:{port}") as out:
        with pytest.raises(Temporary) as caught:
            await out.send(PERSON, BODY)
    assert caught.value.unsure


async def test_a_platform_that_lets_nobody_in_took_nothing(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_http, "_TIMEOUT", aiohttp.ClientTimeout(sock_connect=0.3))
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):  # more than the system keeps for who does not accept
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        address = f"http://127.0.0.1:{full.getsockname()[1]}"
        async with client(graph, messenger_graph_address=address) as out:
            with pytest.raises(Temporary) as caught:
                await out.send(PERSON, BODY)
    assert not caught.value.unsure


async def test_a_proxy_named_in_the_environment_is_used(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"message_id":"m_9"}')
        writer.close()

    proxy = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("no_proxy", raising=False)
    async with proxy, client(graph, messenger_graph_address="http://graph.invalid") as out:
        assert (await out.send(PERSON, BODY)).message_id == "m_9"
    assert asked[0].startswith(b"POST http://graph.invalid/")


async def test_no_proxy_is_used_where_the_environment_says_so(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with client(graph) as out:
        await out.send(PERSON, BODY)
    assert graph.delivered == [(PERSON, BODY)]


async def test_a_taken_message_with_an_unreadable_answer_is_not_sent_again(graph: Graph) -> None:
    graph.fail(Failure(200, body=b"thanks", carried_out=True))
    async with client(graph) as out:
        assert (await out.send(PERSON, BODY)).message_id == ""


async def test_after_a_rate_limit_nothing_is_sent_for_as_long_as_meta_says(graph: Graph) -> None:
    wait = {"1": [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 3}]}
    graph.fail(Failure(400, 613, headers={"X-Business-Use-Case-Usage": json.dumps(wait)}))
    clock = Clock()
    async with client(graph, clock) as out:
        with pytest.raises(RateLimited) as first:
            await out.send(PERSON, BODY)
        clock.now += 100
        with pytest.raises(RateLimited) as second:
            await out.send(PERSON, BODY)
        assert (first.value.retry_after, second.value.retry_after) == (180, 80)
        assert len(graph.calls) == 1
        clock.now += 80
        await out.send(PERSON, BODY)
    assert graph.delivered == [(PERSON, BODY)]


async def test_a_limit_that_is_used_up_is_respected_before_meta_refuses(graph: Graph) -> None:
    graph.limit = 5
    clock = Clock()
    async with client(graph, clock) as out:
        for _ in range(5):
            await out.send(PERSON, BODY)
        with pytest.raises(RateLimited):
            await out.send(PERSON, BODY)
    assert len(graph.calls) == 5


async def test_near_the_limit_only_answers_are_sent(graph: Graph) -> None:
    graph.limit = 5
    async with client(graph) as out:
        await out.action(PERSON, "typing_on")
        for _ in range(3):
            await out.send(PERSON, BODY)
        await out.action(PERSON, "typing_on")
    assert graph.actions == [(PERSON, "typing_on")]


async def test_a_refused_token_is_not_tried_at_every_message(graph: Graph) -> None:
    graph.token = "another-token"
    clock = Clock()
    async with client(graph, clock) as out:
        for _ in range(3):
            with pytest.raises(TokenInvalid):
                await out.send(PERSON, BODY)
        assert out.token_refused
        assert len(graph.calls) == 1
        graph.token = PAGE_TOKEN
        clock.now += 60
        await out.send(PERSON, BODY)
        assert not out.token_refused


async def test_a_wrong_secret_is_like_a_wrong_token(graph: Graph) -> None:
    async with client(graph, messenger_app_secret="not-the-secret-of-the-app") as out:
        with pytest.raises(TokenInvalid):
            await out.send(PERSON, BODY)


async def test_seen_and_typing_never_fail(graph: Graph) -> None:
    async with client(graph) as out:
        for action in ("mark_seen", "typing_on", "typing_off"):
            await out.action(PERSON, action)  # type: ignore[arg-type]
        await out.action("unknown", "typing_on")
    assert [name for _, name in graph.actions] == ["mark_seen", "typing_on", "typing_off"]


async def test_a_conversation_goes_to_people_of_the_page_and_back(graph: Graph) -> None:
    async with client(graph) as out:
        await out.pass_thread(PERSON, note="besoin d'une personne")
        assert graph.owners[PERSON] == PAGE_INBOX
        with pytest.raises(Refused):
            await out.send(PERSON, BODY)
        await out.take_thread(PERSON)
        assert graph.owners[PERSON] == APP
        await out.send(PERSON, BODY)


async def test_outside_the_window_only_people_may_write(graph: Graph) -> None:
    late = graph.person("late", hours_ago=25)
    too_late = graph.person("too late", hours_ago=24 * 7 + 1)
    async with client(graph) as out:
        with pytest.raises(OutsideWindow):
            await out.send(late, BODY)
        await out.send(late, BODY, HUMAN_AGENT)
        with pytest.raises(OutsideWindow):
            await out.send(too_late, BODY, HUMAN_AGENT)
    assert graph.delivered == [(late, BODY)]


def test_the_window_is_known_before_meta_is_asked() -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
    day, week, second = timedelta(hours=24), timedelta(days=7), timedelta(seconds=1)
    assert tag_for(now - day + second, now, by_person=False) is None
    assert tag_for(now - day + second, now, by_person=True) is None
    assert tag_for(now - day, now, by_person=True) == HUMAN_AGENT
    assert tag_for(now - week + second, now, by_person=True) == HUMAN_AGENT
    for passed, by_person in ((day, False), (week, True)):
        with pytest.raises(OutsideWindow):
            tag_for(now - passed, now, by_person=by_person)


async def test_unknown_and_blocking_people_are_told_apart(graph: Graph) -> None:
    graph.blocked.add(graph.person("blocker"))
    async with client(graph) as out:
        with pytest.raises(UnknownPerson):
            await out.send("nobody", BODY)
        with pytest.raises(Blocked):
            await out.send("blocker", BODY)


async def test_nothing_personal_is_logged_or_raised(
    graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    quoting = f"cannot send '{BODY['text']}' to {PERSON}"
    error = await failed(graph, Failure(400, 100, message=quoting))
    logged = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot"))
    assert "messenger_call_failed" in logged and "A1b2" in logged
    for secret in (PERSON, "Womat", PAGE_TOKEN, APP_SECRET):
        assert secret not in logged + str(error) + repr(error)
        assert secret not in repr(settings(graph))


def test_without_token_or_secret_nothing_starts() -> None:
    for values in ({}, {"messenger_page_token": PAGE_TOKEN}, {"messenger_app_secret": APP_SECRET}):
        with pytest.raises(NotConfigured, match="WEEWEISER_MESSENGER_APP_SECRET"):
            GraphClient(Settings(**values))


async def test_a_line_end_after_token_and_secret_does_no_harm(graph: Graph) -> None:
    values = {
        "messenger_page_token": f"{PAGE_TOKEN}\n",
        "messenger_app_secret": f" {APP_SECRET}\r\n",
    }
    async with client(graph, **values) as out:
        await out.send(PERSON, BODY)
    assert graph.delivered == [(PERSON, BODY)]


def test_a_token_that_cannot_be_one_is_refused_at_the_start() -> None:
    values = {"messenger_page_token": "\u201ctoken\u201d", "messenger_app_secret": APP_SECRET}
    with pytest.raises(NotConfigured, match="no token has"):
        GraphClient(Settings(**values))


@pytest.mark.parametrize("name", ["messenger_page_token", "messenger_app_secret"])
def test_an_empty_token_or_secret_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        Settings(**{name: " "})


@pytest.mark.parametrize("version", ["25.0", "v25", "v25.0/me", ""])
def test_a_version_that_is_none_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="messenger_graph_version"):
        Settings(messenger_graph_version=version)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-app-usage": "{"},
        {"x-app-usage": "[1]"},
        {"x-app-usage": '{"call_count": "many"}'},
        {"x-app-usage": '{"call_count": 1e999}'},
        {"x-business-use-case-usage": '{"1": {"call_count": null}, "2": 3}'},
        {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"},
        {"retry-after": "-1"},
    ],
)
def test_unreadable_usage_is_no_usage(headers: dict[str, str]) -> None:
    assert _usage.read(headers) == _usage.Usage(0, 0)


def test_the_nearest_limit_and_the_longest_wait_count() -> None:
    headers = {
        "x-app-usage": '{"call_count": 10, "total_time": 91.5, "total_cputime": 2}',
        "x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 2}]}',
        "retry-after": "60",
    }
    assert _usage.read(headers) == _usage.Usage(91.5, 120)


def waits(error: GraphError, most: int) -> list[Optional[float]]:
    return [next_try(error, tries, lambda: 0.0) for tries in range(1, most + 1)]


def test_temporary_errors_are_tried_five_times_ever_later() -> None:
    assert waits(Temporary(), 5) == [2, 10, 50, 250, None]
    assert waits(Temporary(30.0), 5) == [30, 30, 50, 250, None]


def test_a_rate_limit_is_waited_for_at_least_as_long_as_it_lasts() -> None:
    assert waits(RateLimited(60.0), 6) == [60, 120, 240, 480, 960, 1800]
    assert waits(RateLimited(3600.0), 2) == [3600, 3600]
    assert waits(RateLimited(), 1) == [60]
    assert waits(RateLimited(5.0), 12)[-1] is None


def test_a_message_waits_for_a_new_token() -> None:
    assert waits(TokenInvalid(190), 100)[-1] == 300


@pytest.mark.parametrize("kind", [Refused, OutsideWindow, UnknownPerson, Blocked])
def test_what_is_refused_is_never_tried_again(kind: type[GraphError]) -> None:
    assert waits(kind(1, 2), 2) == [None, None]


def test_tries_are_spread_by_chance_and_never_too_early() -> None:
    assert next_try(Temporary(), 2, lambda: 1.0) == 12.5
    drawn = {next_try(RateLimited(60.0), 1) for _ in range(50)}
    assert len(drawn) > 1
    assert all(wait is not None and 60 <= wait <= 75 for wait in drawn)
