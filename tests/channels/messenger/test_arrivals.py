"""What is acknowledged is on disk, apart from the queue, and is sorted into it once."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.messenger._events import Batch, Event
from bot.channels.messenger._inbox import Inbox, NotStored
from bot.channels.messenger._person import Door
from bot.channels.messenger._sorter import Sorter
from bot.store.messenger import (
    Received,
    Reception,
    Records,
    Rules,
    create_tables,
    open_arrivals,
    open_engine,
)
from bot.store.messenger._arrivals import MOST_TRIES

NOW = 1_700_000_000_000


class Lane:
    """The arrivals and the queue of one database."""

    def __init__(self, database: str) -> None:
        self.engine = open_engine(database)
        create_tables(self.engine)
        self.arrivals = open_arrivals(database)
        self.reception = Reception(self.engine, Rules())
        self.records = Records(self.engine, self.arrivals)
        self.sorter = Sorter(self.arrivals, self.reception, None, lambda: None)  # type: ignore[arg-type]

    def queued(self) -> list[dict[str, Any]]:
        query = sa.text("select person, content, received_at from messenger_inbox order by id")
        with self.engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def texts(self) -> list[str]:
        return [json.loads(row["content"])["text"] for row in self.queued()]


@pytest.fixture
def lane(database: str) -> Iterator[Lane]:
    opened = Lane(database)
    yield opened
    opened.arrivals.close()
    opened.engine.dispose()


def words(text: str, person: str = "m-1") -> Received:
    return Received("words", person, f"sealed {person}", f"{person} {text}", NOW, {"text": text})


def test_what_arrived_is_sorted_in_its_order_and_kept_no_longer(lane: Lane) -> None:
    lane.arrivals.add([words("a"), words("b", "m-2")], NOW)
    lane.arrivals.add([words("c")], NOW + 7)
    assert lane.texts() == []
    assert lane.sorter._sort() == 3
    assert lane.texts() == ["a", "b", "c"]
    assert [row["received_at"] for row in lane.queued()] == [NOW, NOW, NOW + 7]
    assert lane.arrivals.waiting() == (0, None)
    assert lane.sorter._sort() == 0


def test_what_is_sorted_again_after_a_crash_changes_nothing(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.arrivals.add([words("a"), words("b")], NOW)
    with monkeypatch.context() as killed:
        killed.setattr(lane.arrivals, "sorted_out", lambda _: None)
        lane.sorter._sort()
    assert lane.arrivals.waiting() == (2, NOW)
    lane.arrivals.add([words("c")], NOW)
    lane.sorter._sort()
    assert lane.texts() == ["a", "b", "c"]


def test_all_of_a_webhook_is_stored_or_none(lane: Lane) -> None:
    broken = Received("words", "m-1", "sealed", "x", NOW, {"text": {1, 2}})  # no JSON
    with pytest.raises(TypeError):
        lane.arrivals.add([words("a"), broken], NOW)
    assert lane.arrivals.waiting() == (0, None)


def test_more_than_fit_into_one_statement_are_stored_all_or_none(lane: Lane) -> None:
    many = [words(str(n)) for n in range(12_000)]
    lane.arrivals.add(many, NOW)
    assert [arrival.at for arrival in lane.arrivals.oldest(20_000)] == [NOW] * 12_000
    first, last = lane.arrivals.oldest(20_000)[0], lane.arrivals.oldest(20_000)[-1]
    assert [first.event().content, last.event().content] == [{"text": "0"}, {"text": "11999"}]
    missing = words("none of them")
    object.__setattr__(missing, "person", None)
    with pytest.raises(sa.exc.IntegrityError):
        lane.arrivals.add([*many[:1500], missing], NOW)
    assert len(lane.arrivals.oldest(20_000)) == 12_000
    lane.arrivals.add([words("after it")], NOW)
    assert len(lane.arrivals.oldest(20_000)) == 12_001


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ('"once"', '"twice"'),
        # SQLite's driver calls a value it cannot take an error of its interface.
        ('"source": null', '"source": {"id": 1}'),
    ],
    ids=["unknown field", "no text"],
)
def test_one_that_cannot_be_sorted_holds_up_nobody_and_is_seen(
    lane: Lane, caplog: pytest.LogCaptureFixture, part: str, other: str
) -> None:
    lane.arrivals.add([words("Xylophon"), words("b", "m-2"), words("c", "m-2")], NOW)
    first = lane.arrivals.oldest(1)[0]
    table = sa.table("messenger_arrivals", sa.column("id"), sa.column("event"))
    with lane.arrivals._engine.begin() as connection:
        # As a version of tomorrow might have written it.
        changed = first.written.replace(part, other)
        assert changed != first.written
        connection.execute(table.update().where(table.c.id == first.id).values(event=changed))
    assert lane.sorter._sort() == 2
    assert lane.texts() == ["b", "c"]
    for _ in range(MOST_TRIES):
        lane.sorter._sort()
    assert caplog.text.count("messenger_not_sorted") == MOST_TRIES
    assert "Xylophon" not in caplog.text
    assert lane.records.waiting(NOW + 9).inbox == 3, "an operator sees that it waits"
    lane.records.purge(1000, NOW + 1001)
    assert lane.arrivals.waiting() == (0, None)


def closed() -> sa.exc.InterfaceError:
    return sa.exc.InterfaceError("insert", {}, Exception("closed"), connection_invalidated=True)


@pytest.mark.parametrize(
    "error",
    [
        sa.exc.OperationalError("insert", {}, Exception("locked")),
        closed(),
        sa.exc.TimeoutError("no connection is free"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_away_costs_no_try(
    lane: Lane, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def away(_: Any) -> list[str]:
        raise error

    lane.arrivals.add([words("a")], NOW)
    with monkeypatch.context() as broken:
        broken.setattr(lane.reception, "receive", away)
        for _ in range(2 * MOST_TRIES):
            with pytest.raises(type(error)):
                lane.sorter._sort()
    assert lane.sorter._sort() == 1
    assert lane.texts() == ["a"]


async def test_the_sorter_goes_on_when_the_database_is_back_and_does_not_ask_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lane = Lane(f"sqlite:///{tmp_path / 'weeweiser.db'}")
    receive, asked, there = lane.reception.receive, [], threading.Event()

    def away(events: Any) -> list[str]:
        asked.append(len(events))
        if not there.is_set():
            raise sa.exc.OperationalError("insert", {}, Exception("away"))
        return receive(events)

    monkeypatch.setattr(lane.reception, "receive", away)
    monkeypatch.setattr("bot.channels.messenger._looking.LOOK_SECONDS", 0.05)
    sorted_out = asyncio.Event()
    thread = ThreadPoolExecutor(1)
    sorter = Sorter(lane.arrivals, lane.reception, thread, sorted_out.set)
    lane.arrivals.add([words("Xylophon")], NOW)
    sorter.start()
    await asyncio.sleep(0.5)
    assert 2 <= len(asked) <= 11, "again and again, with a rest between"
    there.set()
    await asyncio.wait_for(sorted_out.wait(), 10)
    await sorter.stop()
    thread.shutdown()
    assert lane.texts() == ["Xylophon"]
    assert "messenger_not_sorted error=" in caplog.text
    assert "Xylophon" not in caplog.text


def test_what_waits_counts_as_unanswered_and_is_deleted_with_its_person(lane: Lane) -> None:
    lane.arrivals.add([words("a")], NOW)
    lane.arrivals.add([words("b", "m-2")], NOW + 3)
    waiting = lane.records.waiting(NOW + 5)
    assert (waiting.inbox, waiting.oldest_ms) == (2, 5)
    assert lane.records.erase("m-1")
    deletion = lane.records.deletion(lane.records.request_deletion("m-2", NOW))
    assert deletion and deletion.found
    assert lane.arrivals.waiting() == (0, None)
    assert lane.records.waiting(NOW).oldest_ms == 0


def test_two_servers_that_sort_the_same_take_it_once(database: str) -> None:
    lanes = [Lane(database), Lane(database)]
    lanes[0].arrivals.add([words(f"t{n}", f"m-{n}") for n in range(40)], NOW)
    both = threading.Barrier(2)

    def sort(lane: Lane) -> None:
        both.wait()
        while True:
            try:
                if not lane.sorter._sort():
                    return
            except sa.exc.OperationalError:  # each waited for the other; it is tried again
                continue

    threads = [threading.Thread(target=sort, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lanes[0].texts()) == sorted(f"t{n}" for n in range(40))
    for lane in lanes:
        lane.arrivals.close()
        lane.engine.dispose()


def test_the_queue_at_work_does_not_hold_up_who_arrives(tmp_path: Path) -> None:
    """SQLite takes one writer at a time in a file; PostgreSQL as many as there are."""
    lane = Lane(f"sqlite:///{tmp_path / 'weeweiser.db'}")
    with lane.engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        lane.arrivals.add([words("a")], NOW)
        assert lane.arrivals.waiting() == (1, NOW)


def test_an_arrival_is_synchronised_with_the_disk_before_add_returns(tmp_path: Path) -> None:
    """A power cut after the acknowledgement must lose nothing: SQLite is told to wait for it."""
    arrivals = open_arrivals(f"sqlite:///{tmp_path / 'weeweiser.db'}")
    with arrivals._adding.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1


async def test_what_cannot_be_stored_is_said_and_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three webhooks come while one is written; of the three one cannot be stored."""
    arrivals = open_arrivals(f"sqlite:///{tmp_path / 'weeweiser.db'}")
    original, begun, go_on = arrivals.add, asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    together: list[int] = []

    def add(events: list[Received], now: int) -> None:
        together.append(len(events))
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(10)
        if any(event.content["text"] == "bad" for event in events):
            raise sa.exc.DataError("insert", {}, Exception("bad"))
        original(events, now)

    monkeypatch.setattr(arrivals, "add", add)
    woken: list[int] = []
    inbox = Inbox(arrivals, Door(b"k" * 32), lambda: woken.append(1))

    def take(text: str) -> "asyncio.Task[None]":
        return asyncio.create_task(inbox.take(Batch([Event("words", "7", text, NOW, text=text)])))

    first = take("a")
    await begun.wait()
    others = [take(text) for text in ("b", "bad", "c")]
    await asyncio.sleep(0)
    go_on.set()
    results = await asyncio.gather(first, *others, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), type(None), NotStored, type(None)]
    assert together == [1, 3, 1, 1, 1]
    assert woken
    stored = [one.event().content["text"] for one in arrivals.oldest(9)]
    assert stored == ["a", "b", "c"]
    inbox.close()


async def test_who_goes_away_while_it_is_stored_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrivals = open_arrivals(f"sqlite:///{tmp_path / 'weeweiser.db'}")
    original, begun, go_on = arrivals.add, asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def add(events: list[Received], now: int) -> None:
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(10)
        original(events, now)

    monkeypatch.setattr(arrivals, "add", add)
    inbox = Inbox(arrivals, Door(b"k" * 32), lambda: None)

    def take(text: str) -> "asyncio.Task[None]":
        return asyncio.create_task(inbox.take(Batch([Event("words", "7", text, NOW, text=text)])))

    first = take("a")
    await begun.wait()
    gone, stays = take("gone"), take("stays")
    await asyncio.sleep(0)
    first.cancel()
    gone.cancel()
    go_on.set()
    await asyncio.wait_for(stays, 5)
    stored = [one.event().content["text"] for one in arrivals.oldest(9)]
    assert stored == ["a", "gone", "stays"]
    inbox.close()


def test_the_log_is_tidied_by_sorting_and_does_not_grow_for_ever(tmp_path: Path) -> None:
    lane = Lane(f"sqlite:///{tmp_path / 'weeweiser.db'}")
    log = tmp_path / "weeweiser.db-arrivals-wal"
    sizes = []
    for turn in range(12):
        for n in range(100):
            lane.arrivals.add([words(f"{turn} {n}")], NOW)
        while lane.sorter._sort():
            continue
        sizes.append(log.stat().st_size)
    assert max(sizes) < 8_000_000, sizes
    assert sizes[-1] == sizes[-4], "it is written over from its beginning"
