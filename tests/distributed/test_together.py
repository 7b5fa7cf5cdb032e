"""What several processes share on PostgreSQL: tables, conversations, limits, news."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.assistant import Assistant, Busy
from bot.channels.web import Bell
from bot.limits import Limit
from bot.store import Alone, Conversations, Handoffs, States, open_buckets
from bot.store import open_database as opened
from bot.store._listening import Listening
from tests import postgres


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if postgres.why_not():
        pytest.skip(postgres.why_not())
    with postgres.server() as found:
        opened(found)
        yield found


@pytest.fixture
def engines(address: str) -> Iterator[Callable[[], Engine]]:
    """An engine for each process there might be."""
    made: list[Engine] = []

    def another() -> Engine:
        made.append(opened(address))
        return made[-1]

    yield another
    for engine in made:
        engine.dispose()


def test_started_together_they_make_the_tables_once(address: str) -> None:
    plain = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with plain.connect() as connection:
        connection.execute(sa.text("create database together"))
    plain.dispose()
    ready = threading.Barrier(6)

    def start() -> list[str]:
        engine = opened(f"{address.rpartition('/')[0]}/together")
        with engine.connect():
            ready.wait(20)
        Conversations(engine)
        open_buckets(engine)
        found = sa.inspect(engine).get_table_names()
        engine.dispose()
        return list(found)

    with ThreadPoolExecutor(6) as pool:
        found = [f.result() for f in [pool.submit(start) for _ in range(6)]]
    assert all({"conversations", "states", "answers", "buckets"} <= set(names) for names in found)


def test_a_name_has_one_holder(engines: Callable[[], Engine]) -> None:
    one, two = Alone(engines()), Alone(engines())
    assert one.take("a") and not two.take("a")
    assert two.take("b")
    one.give_back("a")
    assert two.take("a") and not one.take("a")
    two.close()  # as when its process ends: the server notices a moment later
    _until(lambda: one.take("a"))


def test_a_lost_connection_is_replaced(engines: Callable[[], Engine]) -> None:
    engine = engines()
    one, other = Alone(engine), Alone(engines())
    assert one.take("lost")
    _end_connections(engine)
    assert other.take("lost") or other.take("lost"), "free with its connection"
    assert one.take("another"), "the first question after it opens a new one"
    one.give_back("another")


def test_without_a_database_nobody_is_alone() -> None:
    with pytest.raises(OperationalError):
        Alone(opened("postgresql://postgres@127.0.0.1:1/none")).take("a")


def test_on_sqlite_everything_is_granted(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'x.db'}")
    assert Alone(engine).take("a") and Alone(engine).take("a")
    assert open_buckets(engine) is None


@pytest.fixture(scope="module")
def two(model: Path, address: str) -> Iterator[tuple[Assistant, Assistant]]:
    """Two assistants that know of each other only through the database."""
    made = [Assistant(model, database=opened(address), deadline=15.0) for _ in range(2)]
    for one in made:
        one.start()
    yield made[0], made[1]
    for one in made:
        one.stop()


def _name(address: str) -> str:
    return Conversations(opened(address)).create("fr")[0]


async def test_at_once_no_turn_is_lost(two: tuple[Assistant, Assistant], address: str) -> None:
    name = _name(address)
    texts = [f"je cherche une crèche numéro {n}" for n in range(8)]
    await asyncio.gather(*(two[n % 2].answer(name, text=t) for n, t in enumerate(texts)))
    state = States(opened(address)).load(name)
    assert state
    said = [line["text"] for line in state.said if line["who"] == "visitor"]
    assert sorted(said) == texts


async def test_any_of_them_goes_on(two: tuple[Assistant, Assistant], address: str) -> None:
    name = _name(address)
    await two[0].answer(name, text="j'habite à Mersch")
    reply = await two[1].answer(name, text="je cherche une crèche")
    buttons = [c["payload"] for m in reply.messages for c in m.get("choices", [])]
    assert buttons, reply
    again = await two[0].answer(name, payload=buttons[0])
    assert again.messages


async def test_who_waits_too_long_is_told(
    two: tuple[Assistant, Assistant], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, other = _name(address), Alone(opened(address))
    assert other.take(name)
    monkeypatch.setattr(two[0], "_deadline", 0.2)
    with pytest.raises(Busy):
        await two[0].answer(name, text="bonjour")
    other.give_back(name)
    monkeypatch.setattr(two[0], "_deadline", 15.0)
    assert (await two[0].answer(name, text="bonjour")).messages


def test_limits_count_together(engines: Callable[[], Engine]) -> None:
    shared = [open_buckets(engines()), open_buckets(engines())]
    limits = [Limit(6, kind="test"), Limit(6, kind="test")]
    waits = [limits[n % 2].take("a", shared[n % 2]) for n in range(7)]
    assert waits[:6] == [0.0] * 6
    assert 5 < waits[6] <= 10
    assert limits[0].take("b", shared[0]) == 0.0
    assert Limit(6, kind="other").take("a", shared[0]) == 0.0


def test_a_limit_refills(engines: Callable[[], Engine]) -> None:
    engine = engines()
    buckets = open_buckets(engine)
    assert buckets
    assert [buckets.take("refills", 2) for _ in range(2)] == [0.0, 0.0]
    assert 20 < buckets.take("refills", 2) <= 30
    with engine.begin() as connection:  # half a minute goes by
        connection.execute(sa.text("update buckets set full_at = full_at - 30"))
    assert buckets.take("refills", 2) == 0.0
    assert buckets.take("refills", 2) > 0


def test_a_clock_set_back_refuses_nobody_for_longer(engines: Callable[[], Engine]) -> None:
    """To the row it is as if it were of the future."""
    engine = engines()
    buckets = open_buckets(engine)
    assert buckets
    assert [buckets.take("back", 2) for _ in range(3)][:2] == [0.0, 0.0]
    with engine.begin() as connection:
        connection.execute(sa.text("update buckets set full_at = full_at + 86400"))
    assert 0 < buckets.take("back", 2) <= 30
    with engine.begin() as connection:  # as refused, for as long as any full minute
        connection.execute(sa.text("update buckets set full_at = full_at - 86400 - 30"))
    assert buckets.take("back", 2) == 0.0


def test_names_are_not_kept(engines: Callable[[], Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engines()
    buckets = open_buckets(engine)
    assert buckets
    buckets.take("192.0.2.17", 60_000)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("select name from buckets")).scalars().all()
    assert rows and not any("192" in name for name in rows if len(name) < 32)
    assert "192.0.2.17" not in rows
    monkeypatch.setattr("bot.store._buckets._TIDY", 1)
    time.sleep(0.01)
    buckets.take("somebody", 1)
    with engine.connect() as connection:
        count = sa.text("select count(*) from buckets where full_at < extract(epoch from now())")
        assert connection.execute(count).scalar() == 0


def test_without_the_database_each_counts_alone() -> None:
    class Gone:
        def take(self, name: str, per_minute: int) -> float:
            raise OperationalError("", {}, Exception())

    limit, gone = Limit(2), Gone()
    assert [limit.take("a", gone) > 0 for _ in range(3)] == [False, False, True]


async def test_news_comes_at_once(engines: Callable[[], Engine], address: str) -> None:
    name = _name(address)
    bell, handoffs = Bell(engines()), Handoffs(engines())
    bell.start()
    try:
        assert bell.pause > 2
        with bell.woken(name) as news, bell.woken("somebody else") as others:
            await _listening(handoffs, name, news)
            delays = []
            for _ in range(20):
                news.clear()
                since = time.perf_counter()
                await asyncio.to_thread(handoffs.write, name, "Bonjour", "fr")
                await asyncio.wait_for(news.wait(), 3)
                delays.append(time.perf_counter() - since)
            assert not others.is_set()
        assert sorted(delays)[10] < 0.5, delays
        bell.end_streams()
        assert bell.ending
    finally:
        bell.stop()


async def _listening(handoffs: Handoffs, name: str, news: asyncio.Event) -> None:
    """Until the first hint comes: it has begun to listen."""
    for _ in range(50):
        handoffs.write(name, "Moien", "lb")
        await asyncio.sleep(0.1)
        if news.is_set():
            return
    raise AssertionError("nothing is heard")


def test_it_listens_again_after_the_connection_was_lost(engines: Callable[[], Engine]) -> None:
    heard: list[str] = []
    engine, writer = engines(), Handoffs(engines())
    listening = Listening(engine, heard.append)
    listening.start()
    try:
        _until(lambda: writer.write("before", "x", "fr") or "before" in heard)
        _end_connections(engine)
        _until(lambda: writer.write("after", "x", "fr") or "after" in heard)
    finally:
        listening.stop()


def _end_connections(engine: Engine) -> None:
    """As a database that is restarted does."""
    query = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
    other = sa.create_engine(engine.url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with other.connect() as connection:
        connection.execute(sa.text(f"{query} and backend_type = 'client backend'"))


def _until(happened: Callable[[], Any], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.1)
