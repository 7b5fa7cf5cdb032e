"""Two workers never answer the same person: threads at once, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.engine import Engine

from bot.store import Conversations, Handoffs, Inbox

WORKERS = range(1, 7)
ROUNDS = 8


@pytest.fixture
def engine(each_engine: Engine) -> Engine:
    return each_engine


def test_one_of_many_claims_wins(engine: Engine) -> None:
    handoffs, names = Handoffs(engine), []
    with ThreadPoolExecutor(len(WORKERS)) as threads:
        for _ in range(ROUNDS):
            name = Conversations(engine).create("fr")[0]
            handoffs.ask(name, language="fr")
            start = Barrier(len(WORKERS))

            def claim(worker: int, name: str = name, start: Barrier = start) -> int:
                start.wait()
                return worker if handoffs.claim(name, worker, f"role{worker}") else 0

            won = [worker for worker in threads.map(claim, WORKERS) if worker]
            talk = Inbox(engine).talk(name)
            assert talk and won == [talk.worker] and talk.role == f"role{won[0]}"
            names.append(name)
    told = [h.owner for name in names for h in handoffs.happenings(name)]
    assert told == ["waiting", "person"] * ROUNDS, "and the visitor is told once"


def test_asking_again_takes_nobody_away(engine: Engine) -> None:
    """The visitor asks, withdraws and a worker claims, all at once."""
    handoffs = Handoffs(engine)
    with ThreadPoolExecutor(3) as threads:
        for _ in range(ROUNDS):
            name = Conversations(engine).create("fr")[0]
            handoffs.ask(name)
            start = Barrier(3)

            def at_once(do: str, name: str = name, start: Barrier = start) -> object:
                start.wait()
                return getattr(handoffs, do)(name, *([1] if do == "claim" else []))

            *_, claimed = threads.map(at_once, ("ask", "withdraw", "claim"))
            assert (handoffs.owner(name) == "person") is claimed


def test_only_who_answers_writes_and_hands_on(engine: Engine) -> None:
    handoffs = Handoffs(engine)
    name = Conversations(engine).create("fr")[0]
    assert not handoffs.claim(name, 1), "nobody waits there"
    handoffs.ask(name, language="fr")
    handoffs.claim(name, 1)
    before = handoffs.happenings(name)
    assert not handoffs.write(name, "Bonjour", "fr", worker=2)
    assert not handoffs.pass_on(name, 3, None, worker=2)
    assert not handoffs.put_back(name, worker=2)
    assert not handoffs.give_back(name, worker=2)
    assert handoffs.happenings(name) == before
    assert handoffs.pass_on(name, 2, "educator", worker=1)
    assert not handoffs.write(name, "Bonjour", "fr", worker=1)
    card = {"type": "service", "id": "x", "name": "Xénia", "lang": "fr"}
    assert handoffs.write(name, None, "fr", worker=2, message=card, once="a" * 32)
    assert handoffs.write(name, None, "fr", worker=2, message=card, once="a" * 32)
    assert [h.message for h in handoffs.happenings(name) if h.message] == [card]


def test_the_seat_is_kept_by_two_pages_at_once(engine: Engine) -> None:
    handoffs = Handoffs(engine)
    start = Barrier(6)

    def sit(_: int) -> None:
        start.wait()
        handoffs.here("7")

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(sit, range(6)))
    assert [seat.who for seat in handoffs.seats()].count("7") == 1
    handoffs.gone("7")
    assert "7" not in [seat.who for seat in handoffs.seats()]
