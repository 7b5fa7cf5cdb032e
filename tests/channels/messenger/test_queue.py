"""The durable queue on SQLite and PostgreSQL: once, in order, one worker per person."""

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any, Optional

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store.messenger import (
    Arrivals,
    Ask,
    Lost,
    Outgoing,
    Queue,
    Received,
    Reception,
    Records,
    Rules,
    Send,
    create_tables,
    open_engine,
)
from bot.store.messenger._next import GRACE_MS, LEASE_MS, MOST_TRIES

NOW = 1_700_000_000_000
DAY = 24 * 3600 * 1000


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    opened = open_engine(database)
    create_tables(opened)
    yield opened
    opened.dispose()


class Desk:
    """One person's side and one worker's side of the queue, at times of the test's own."""

    def __init__(self, engine: Engine, worker: str = "w", **rules: int) -> None:
        self.reception = Reception(engine, Rules(**rules))
        self.queue = Queue(engine, worker)
        self.arrivals = Arrivals(engine)
        self.records = Records(engine, self.arrivals)

    def receive(
        self, kind: str, once: str = "", *, person: str = "m-1", at: int = NOW, **more: Any
    ) -> str:
        once = once or f"{kind}-{at}"
        event = Received(kind, person, f"sealed {person}", once, at, **more)
        return self.reception.receive([(event, max(at, NOW))])[0]

    def words(self, text: str, *, person: str = "m-1", at: int = NOW) -> str:
        return self.receive("words", text, person=person, at=at, content={"text": text})

    def ask(self, person: str = "m-1", now: int = NOW) -> Optional[Ask]:
        """Claims and begins with somebody; the message to answer, if that is the next step."""
        if person not in self.queue.claim(10, now):
            return None
        step = self.queue.begin(person, now)
        assert not isinstance(step, Send)
        return step

    def answer(self, ask: Ask, *texts: str, now: int = NOW) -> Any:
        return self.queue.answered(ask, [Outgoing({"text": t}) for t in texts], now)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_a_message_goes_all_the_way(desk: Desk) -> None:
    assert desk.words("hello") == "new"
    ask = desk.ask()
    assert ask and (ask.kind, ask.content, ask.last) == ("words", {"text": "hello"}, False)
    first = desk.answer(ask, "one", "two")
    assert isinstance(first, Send) and first.body["text"] == "one" and first.body["metadata"]
    second = desk.queue.sent(first, NOW)
    assert isinstance(second, Send) and second.body["text"] == "two"
    assert desk.queue.sent(second, NOW) is None
    assert desk.queue.claim(10, NOW + DAY) == []


def test_answered_words_and_sent_bodies_are_not_kept(desk: Desk, engine: Engine) -> None:
    desk.words("secret")
    ask = desk.ask()
    assert ask
    send = desk.answer(ask, "answer")
    desk.queue.sent(send, NOW)
    with engine.connect() as connection:
        assert connection.execute(sa.text("select content from messenger_inbox")).all() == [("{}",)]
        assert connection.execute(sa.text("select body from messenger_outbox")).all() == [("",)]


def test_what_was_received_is_not_received_again(desk: Desk) -> None:
    assert [desk.words("a"), desk.words("a")] == ["new", "again"]
    ask = desk.ask()
    assert ask and desk.answer(ask) is None
    assert desk.words("a") == "again"
    assert desk.ask() is None


def test_of_two_that_receive_the_same_at_once_one_keeps_it(engine: Engine) -> None:
    desks = [Desk(engine), Desk(engine)]
    found: list[str] = []

    def receive(desk: Desk) -> None:
        found.extend(desk.words(f"m{n}") for n in range(15))

    threads = [threading.Thread(target=receive, args=[desk]) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(found) == {"new": 15, "again": 15}


def test_messages_are_answered_in_the_order_they_were_written(desk: Desk) -> None:
    for text, at in (("second", NOW - 5), ("third", NOW - 1), ("first", NOW - 9)):
        desk.words(text, at=at)
    step: Any = desk.ask()
    said = []
    while step is not None:
        said.append(step.content["text"])
        step = desk.answer(step)
    assert said == ["first", "second", "third"]


def test_the_answer_is_sent_before_the_next_message_is_answered(desk: Desk) -> None:
    desk.words("a", at=NOW - 2)
    desk.words("b", at=NOW - 1)
    ask = desk.ask()
    assert ask
    send = desk.answer(ask, "to a")
    assert isinstance(send, Send)
    following = desk.queue.sent(send, NOW)
    assert isinstance(following, Ask) and following.content == {"text": "b"}


def test_workers_at_once_never_have_the_same_person(engine: Engine) -> None:
    desk = Desk(engine)
    for n in range(40):
        desk.words(f"t{n}", person=f"m-{n}")
    claimed: list[str] = []

    def work(name: str) -> None:
        queue = Queue(engine, name)
        while found := queue.claim(3, NOW):
            claimed.extend(found)

    threads = [threading.Thread(target=work, args=[f"w{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(f"m-{n}" for n in range(40))


def test_a_claim_ends_by_itself_and_the_late_worker_changes_nothing(engine: Engine) -> None:
    slow, other = Desk(engine, "slow"), Desk(engine, "other")
    slow.words("a")
    ask = slow.ask()
    assert ask
    assert other.queue.claim(10, NOW + LEASE_MS) == []
    late = NOW + LEASE_MS + 1
    again = other.ask(now=late)
    assert again and again.once == ask.once
    with pytest.raises(Lost):
        slow.answer(ask, "twice", now=late)
    send = other.answer(again, "once", now=late)
    assert isinstance(send, Send)
    assert other.queue.sent(send, late) is None


def test_the_claims_of_a_worker_that_is_gone_end_at_the_start(engine: Engine) -> None:
    dead, alive, new = Desk(engine, "dead"), Desk(engine, "alive"), Desk(engine, "new")
    dead.words("a", person="m-1")
    assert dead.ask("m-1")
    alive.words("b", person="m-2")
    assert alive.ask("m-2")
    new.queue.release(lambda name: name == "dead")
    assert new.queue.claim(10, NOW) == ["m-1"]


def test_a_message_that_cannot_be_answered_is_given_up_politely(desk: Desk) -> None:
    desk.words("a", at=NOW - 2)
    desk.words("b", at=NOW - 1)
    now = NOW
    for _ in range(MOST_TRIES):
        ask = desk.ask(now=now)
        assert ask and ask.content == {"text": "a"} and not ask.last
        assert desk.queue.stumbled(ask, 1000, now) is None
        assert desk.ask(now=now) is None, "not before its time"
        now += 1000
    last = desk.ask(now=now)
    assert last and last.last and last.content == {"text": "a"}
    following = desk.queue.answered(last, [], now, state="dead")
    assert isinstance(following, Ask) and following.content == {"text": "b"}


def test_even_one_that_kills_each_time_does_not_stop_the_queue(engine: Engine) -> None:
    Desk(engine).words("killer", at=NOW - 2)
    Desk(engine).words("b", at=NOW - 1)
    seen = []
    for n in range(MOST_TRIES + 3):
        desk = Desk(engine, f"w{n}")
        desk.queue.release(lambda _: True)
        ask = desk.ask()
        assert ask
        seen.append(ask.content["text"])
    assert seen == ["killer"] * (MOST_TRIES + 2) + ["b"]


def test_in_doubt_it_waits_for_the_echo_and_is_not_sent_again(engine: Engine) -> None:
    killed, new = Desk(engine, "killed"), Desk(engine, "new")
    killed.words("a")
    ask = killed.ask()
    assert ask
    send = killed.answer(ask, "one", "two")
    new.queue.release(lambda _: True)
    later = NOW + DAY
    assert new.queue.claim(1, later) == ["m-1"]
    assert new.queue.begin("m-1", later) is None, "the time begins when it is noticed"
    new.receive("own", "echo", token=send.body["metadata"])
    assert new.queue.claim(1, later + GRACE_MS) == ["m-1"]
    following = new.queue.begin("m-1", later + GRACE_MS)
    assert isinstance(following, Send) and following.body["text"] == "two"


def test_in_doubt_and_without_an_echo_it_is_sent_again(engine: Engine) -> None:
    killed, new = Desk(engine, "killed"), Desk(engine, "new")
    killed.words("a")
    ask = killed.ask()
    assert ask
    send = killed.answer(ask, "one")
    new.queue.release(lambda _: True)
    assert new.queue.claim(1, NOW) and new.queue.begin("m-1", NOW) is None
    assert new.queue.claim(1, NOW + GRACE_MS - 1) == []
    assert new.queue.claim(1, NOW + GRACE_MS)
    again = new.queue.begin("m-1", NOW + GRACE_MS)
    assert isinstance(again, Send) and again.body == send.body and again.tries == 2


def test_the_echo_counts_more_than_a_failed_call(desk: Desk) -> None:
    desk.words("a")
    ask = desk.ask()
    assert ask
    send = desk.answer(ask, "one")
    desk.receive("own", "echo", token=send.body["metadata"])
    assert desk.queue.dead(send, "timeout", NOW) is None
    assert desk.records.dead_letters() == []


def test_a_dead_letter_is_shown_without_words_and_can_be_sent_again(desk: Desk) -> None:
    desk.words("a")
    ask = desk.ask()
    assert ask
    send = desk.answer(ask, "secret", "two")
    following = desk.queue.dead(send, "Blocked code=551", NOW)
    assert isinstance(following, Send) and following.body["text"] == "two"
    assert desk.queue.sent(following, NOW) is None
    (letter,) = desk.records.dead_letters()
    assert (letter.error, letter.tries) == ("Blocked code=551", 1)
    assert "secret" not in repr(letter)
    assert desk.records.resend(letter.id, NOW)
    assert not desk.records.resend(letter.id, NOW)
    assert desk.queue.claim(1, NOW)
    again = desk.queue.begin("m-1", NOW)
    assert isinstance(again, Send) and again.body["text"] == "secret"


def test_a_refused_body_is_replaced_before_what_follows(desk: Desk) -> None:
    desk.words("a")
    ask = desk.ask()
    assert ask
    step: Any = desk.answer(ask, "fancy", "last")
    step = desk.queue.replaced(step, [{"text": "plain 1"}, {"text": "plain 2"}], "100", NOW)
    said = []
    while step is not None:
        said.append(step.body["text"])
        step = desk.queue.sent(step, NOW)
    assert said == ["plain 1", "plain 2", "last"]


class TestSomebodyOfThePage:
    """While a person of the page has the conversation, the assistant is silent."""

    @pytest.mark.parametrize("kind", ["taken", "standby"])
    def test_who_takes_the_thread_has_it(self, desk: Desk, kind: str) -> None:
        desk.words("a", at=NOW - 9)
        ask = desk.ask()
        assert ask
        desk.receive(kind, at=NOW - 5)
        assert desk.answer(ask, "too late") is None
        desk.words("redelivered", at=NOW - 7)
        assert desk.ask() is None

    def test_a_message_to_us_means_the_thread_is_ours(self, desk: Desk) -> None:
        desk.receive("taken", at=NOW - 9)
        desk.words("hello again", at=NOW - 5)
        ask = desk.ask()
        assert ask and ask.returns and not ask.silent
        assert desk.answer(ask) is None
        desk.words("more", at=NOW - 4)
        following = desk.ask()
        assert following and following.returns, "until something was said"
        desk.answer(following, "hello")
        desk.words("even more", at=NOW - 3)

    def test_given_back_it_answers_and_says_so_once(self, desk: Desk) -> None:
        desk.receive("page_wrote", at=NOW - 9)
        desk.receive("taken", at=NOW - 8)
        desk.receive("given", at=NOW - 7)
        desk.words("a", at=NOW - 6)
        ask = desk.ask()
        assert ask and ask.returns and not ask.silent
        send = desk.answer(ask, "again")
        desk.words("b", at=NOW - 5)
        following = desk.queue.sent(send, NOW)
        assert isinstance(following, Ask) and not following.returns

    def test_words_written_by_hand_silence_it_for_a_while(self, engine: Engine) -> None:
        desk = Desk(engine, quiet_ms=1000)
        desk.receive("page_wrote", at=NOW)
        desk.words("a", at=NOW + 10)
        ask = desk.ask(now=NOW + 999)
        assert ask and ask.silent
        assert desk.queue.answered(ask, [], NOW + 999, state="silent") is None
        desk.words("b", at=NOW + 1000)
        following = desk.ask(now=NOW + 1001)
        assert following and not following.silent and following.returns

    def test_what_was_not_sent_yet_is_withdrawn(self, desk: Desk) -> None:
        desk.words("a")
        ask = desk.ask()
        assert ask
        send = desk.answer(ask, "one", "two")
        desk.receive("page_wrote", at=NOW)
        assert desk.queue.sent(send, NOW) is None, "the second part is not sent any more"

    def test_an_answer_made_meanwhile_is_dropped_but_not_a_helpline(self, desk: Desk) -> None:
        for urgent in (False, True):
            desk.words(f"a{urgent}")
            ask = desk.ask()
            assert ask
            desk.receive("page_wrote", f"echo {urgent}", at=NOW)
            said = [Outgoing({"text": "116 111"})]
            step = desk.queue.answered(ask, said, NOW, urgent=urgent)
            assert isinstance(step, Send) == urgent
            if urgent:
                desk.queue.sent(step, NOW)
            desk.receive("given", f"given {urgent}")


def test_the_desk_is_passed_on_once_and_in_order(desk: Desk) -> None:
    desk.words("a")
    ask = desk.ask()
    assert ask and desk.answer(ask) is None
    said = [Outgoing({"text": "Bonjour"}, by_person=True)]
    assert [desk.queue.tell("m-1", n, said, NOW) for n in (3, 3, 2, 4)] == [
        True,
        False,
        False,
        True,
    ]
    assert not desk.queue.tell("m-unknown", 5, said, NOW)
    assert desk.queue.told() == 4
    assert desk.queue.claim(1, NOW) == ["m-1"]
    send = desk.queue.begin("m-1", NOW)
    assert isinstance(send, Send) and send.by_person


def test_erased_is_erased_but_not_what_was_written_since(desk: Desk, engine: Engine) -> None:
    desk.words("erase")
    ask = desk.ask()
    assert ask
    goodbye = [Outgoing({"text": "done"}), Outgoing(kind="erase")]
    step: Any = desk.queue.answered(ask, goodbye, NOW, language="lb")
    order = desk.queue.sent(step, NOW)
    assert isinstance(order, Send) and order.kind == "erase"
    desk.words("hello", at=NOW + 1)
    following = desk.queue.erased(order, NOW + 1)
    assert isinstance(following, Ask) and following.content == {"text": "hello"}
    assert following.language is None
    send = desk.queue.answered(following, [Outgoing(kind="erase")], NOW + 1)
    assert isinstance(send, Send) and desk.queue.erased(send, NOW + 1) is None
    with engine.connect() as connection:
        for table in ("people", "inbox", "outbox"):
            query = sa.text(f"select count(*) from messenger_{table}")
            assert connection.execute(query).scalar() == 0, table
    assert desk.words("erase") == "again", "a repeated webhook brings nothing back"


def test_what_is_old_is_deleted(desk: Desk, engine: Engine) -> None:
    desk.words("old", person="m-1", at=NOW)
    desk.words("new", person="m-2", at=NOW + 20 * DAY)
    ask = desk.ask("m-1")
    assert ask
    send = desk.answer(ask, "answer")
    desk.queue.dead(send, "Blocked", NOW)
    assert desk.records.purge(30 * DAY, NOW + 30 * DAY) == []
    assert desk.records.purge(30 * DAY, NOW + 30 * DAY + 1) == ["m-1"]
    with engine.connect() as connection:
        count = sa.text("select count(*) from messenger_outbox")
        assert connection.execute(count).scalar() == 0
        left = connection.execute(sa.text("select person from messenger_inbox")).all()
        assert left == [("m-2",)]
        assert connection.execute(sa.text("select count(*) from messenger_seen")).scalar() == 0


def test_how_much_waits(desk: Desk) -> None:
    desk.words("a", at=NOW)
    desk.words("b", at=NOW)
    waiting = desk.records.waiting(NOW + 5000)
    assert (waiting.inbox, waiting.outbox, waiting.dead, waiting.oldest_ms) == (2, 0, 0, 5000)
    ask = desk.ask()
    assert ask
    desk.queue.dead(desk.answer(ask, "x", "y"), "no", NOW)
    waiting = desk.records.waiting(NOW)
    assert (waiting.inbox, waiting.outbox, waiting.dead) == (1, 1, 1)


def test_a_deletion_through_meta_is_shown_by_its_code(desk: Desk) -> None:
    desk.words("a")
    code, other = desk.records.request_deletion("m-1", NOW), desk.records.request_deletion("x", NOW)
    found, nothing = desk.records.deletion(code), desk.records.deletion(other)
    assert found and nothing and (found.found, nothing.found) == (True, False)
    assert desk.records.deletion("unknown") is None
    assert desk.ask() is None
