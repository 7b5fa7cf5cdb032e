"""What is kept of conversations, on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.store import (
    Answers,
    Conversations,
    Handoffs,
    Pages,
    State,
    States,
    UnknownConversation,
    expire,
    open_database,
    without_sync,
)
from tests.stored import stored

MARK = "Xylophonquartett"
NOW = datetime.now(timezone.utc).replace(tzinfo=None)


@pytest.fixture
def engine(each_engine: Engine) -> Engine:
    return each_engine


@pytest.fixture
def name(engine: Engine) -> str:
    return Conversations(engine).create("lb")[0]


def test_who_answers(engine: Engine, name: str) -> None:
    handoffs = Handoffs(engine)
    assert handoffs.owner(name) == "assistant"
    handoffs.ask(name, language="lb")
    assert handoffs.owner(name) == "waiting" and name in handoffs.waiting()
    assert handoffs.take(name, "social_worker") is True
    assert handoffs.owner(name) == "person" and handoffs.role(name) == "social_worker"
    assert handoffs.take(name, "reception") is False, "one person at a time"
    handoffs.ask(name)
    assert handoffs.owner(name) == "person"
    handoffs.write(name, "Moien", "lb", "social_worker")
    handoffs.give_back(name)
    assert handoffs.owner(name) == "assistant" and handoffs.role(name) is None
    told = [(h.text, h.owner, h.role, h.lang) for h in handoffs.happenings(name)]
    assert told == [
        (None, "waiting", None, "lb"),
        (None, "person", "social_worker", "lb"),
        ("Moien", None, "social_worker", "lb"),
        (None, "assistant", None, "lb"),
    ]
    last = handoffs.happenings(name)[-1].id
    assert handoffs.happenings(name, last) == []


def test_the_return_is_said_once(engine: Engine, name: str) -> None:
    handoffs = Handoffs(engine)
    assert not handoffs.returned(name)
    handoffs.take(name)
    assert not handoffs.returned(name)
    handoffs.give_back(name)
    assert handoffs.returned(name) and not handoffs.returned(name)
    handoffs.give_back(name)
    assert not handoffs.returned(name), "nobody had it"


def test_what_the_page_was_told_no_answer_says_again(engine: Engine, name: str) -> None:
    handoffs = Handoffs(engine)
    handoffs.take(name)
    handoffs.give_back(name)
    handoffs.delivered(name, handoffs.happenings(name)[-1].id)
    assert handoffs.returned(name) == "told" and handoffs.happenings(name)[-1].returned
    # The next return, which the page was not given: the answer says it, and the page does not.
    handoffs.take(name)
    handoffs.give_back(name)
    assert handoffs.happenings(name)[-1].returned
    assert handoffs.returned(name) == "untold"
    assert not handoffs.happenings(name)[-1].returned
    # Back in the queue no page says that the assistant answers: the answer does.
    handoffs.take(name)
    handoffs.put_back(name)
    handoffs.delivered(name, handoffs.happenings(name)[-1].id)
    assert handoffs.returned(name) == "untold"


def test_who_waits_no_longer(engine: Engine, name: str) -> None:
    handoffs = Handoffs(engine)
    handoffs.ask(name)
    handoffs.withdraw(name)
    assert handoffs.owner(name) == "assistant" and name not in handoffs.waiting()
    handoffs.take(name)
    handoffs.withdraw(name)
    assert handoffs.owner(name) == "person"


def test_words_for_the_person_go_with_the_person(engine: Engine, name: str) -> None:
    handoffs = Handoffs(engine)
    handoffs.take(name)
    handoffs.hear(name, "éischtens")
    handoffs.hear(name, "zweetens")
    first, second = handoffs.heard(name)
    assert (first.text, second.text) == ("éischtens", "zweetens")
    assert handoffs.heard(name, first.id) == [second]
    handoffs.give_back(name)
    assert handoffs.heard(name) == []


def test_a_person_who_went_away(engine: Engine, name: str) -> None:
    handoffs = Handoffs(engine)
    handoffs.take(name)
    assert not handoffs.idle_since(name, NOW - timedelta(hours=1))
    assert handoffs.idle_since(name, NOW + timedelta(hours=1))
    handoffs.give_back(name)
    assert not handoffs.idle_since(name, NOW + timedelta(hours=1)), "nobody answers"


def test_a_message_for_the_office(engine: Engine, name: str) -> None:
    handoffs = Handoffs(engine)
    handoffs.leave_message(name, "Rufft mech un", "phone", "621 000 000", NOW, language="lb")
    [message] = handoffs.left_messages(name)
    assert (message.text, message.reach_by, message.contact) == (
        "Rufft mech un",
        "phone",
        "621 000 000",
    )
    assert message in handoffs.left_messages()
    handoffs.remove_message(message.id)
    assert handoffs.left_messages(name) == []


def test_a_state_comes_back(engine: Engine, name: str) -> None:
    states = States(engine)
    assert states.load(name) is None
    states.save(name, State({"place": "Mersch", "age": 4.5}, ["/greet"], at="2026-11-24T15:00:00"))
    states.save(name, State({"place": "Mersch"}, ["/greet", "/restart"], [{"who": "visitor"}]))
    state = states.load(name)
    assert state and state.slots == {"place": "Mersch"} and state.at is None
    assert state.offered == ["/greet", "/restart"] and states.said(name) == [{"who": "visitor"}]
    assert state.seen and abs(state.seen - datetime.now(timezone.utc).replace(tzinfo=None)) < (
        timedelta(minutes=1)
    )


def fill(engine: Engine) -> str:
    """A conversation with something in every table."""
    conversations, handoffs = Conversations(engine), Handoffs(engine)
    name = conversations.create("fr")[0]
    States(engine).save(name, State({"place": MARK}))
    conversations.rate(name, "down", MARK)
    handoffs.take(name, "reception")
    handoffs.hear(name, MARK)
    handoffs.write(name, MARK, "fr")
    handoffs.leave_message(name, MARK, "email", "a@example.org", NOW)
    Answers(engine).claim(name, "m1", "digest", MARK, 0)
    Pages(engine).open(name, MARK)
    return name


def rows(engine: Engine) -> dict[str, str]:
    from bot.store._schema import meta

    with engine.connect() as connection:
        # Who sits at the desk, and calls by phone, are no matter of a conversation.
        tables = [t for t in meta.sorted_tables if not t.name.startswith("desk")]
        return {t.name: str(connection.execute(t.select()).fetchall()) for t in tables}


def test_forgetting_leaves_only_the_right_to_go_on(engine: Engine) -> None:
    name = fill(engine)
    assert all(name in found for found in rows(engine).values()), "every table is tried"
    Conversations(engine).forget(name)
    assert {t for t, found in rows(engine).items() if name in found} == {"conversations"}
    Conversations(engine).erase(name)
    assert not any(name in found for found in rows(engine).values())
    with pytest.raises(UnknownConversation):
        Conversations(engine).check(name, "x")


def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    engine = open_database(f"sqlite:///{path}")
    name = fill(engine)
    assert MARK.encode() in stored(path)
    Conversations(engine).erase(name)
    engine.dispose()
    assert MARK.encode() not in stored(path)


def test_old_conversations_expire(engine: Engine) -> None:
    old, message = fill(engine), "left_messages"

    def gone(after_days: float) -> list[str]:
        later = NOW + timedelta(days=after_days)
        return expire(engine, later, days=30, message_days=90)

    assert old not in gone(29.9)
    assert all(old in found for found in rows(engine).values())
    assert old in gone(30.1)
    left = {table for table, found in rows(engine).items() if old in found}
    assert left == {message}, "the writer agreed to that"
    gone(89.9)
    assert old in rows(engine)[message]
    gone(90.1)
    assert old not in rows(engine)[message]


def test_a_conversation_without_a_word_expires(engine: Engine, name: str) -> None:
    assert name in expire(engine, NOW + timedelta(days=31), days=30, message_days=90)
    with pytest.raises(UnknownConversation):
        Conversations(engine).check(name, "x")


#: What a database says of its commits: waited for, and not.
_SYNC = {
    "sqlite": ("pragma synchronous", 2, 1),
    "postgresql": ("show synchronous_commit", "on", "off"),
}


def test_a_claim_does_not_wait_for_the_disk_and_the_rest_does(engine: Engine, name: str) -> None:
    question, waits, does_not = _SYNC[engine.dialect.name]
    unsynced = without_sync(engine)
    try:
        for one, wanted in ((engine, waits), (unsynced, does_not)):
            with one.connect() as connection:
                assert connection.exec_driver_sql(question).scalar() == wanted
        assert Answers(unsynced).claim(name, "m1", "digest", None, 0) is None
        # Another process sees it at once.
        found = Answers(engine).find(name, "m1")
        assert found and found.digest == "digest"
    finally:
        unsynced.dispose()


def test_in_memory_there_is_no_second_database() -> None:
    engine = open_database()
    assert without_sync(engine) is engine
