"""Accounts, sessions and calls on PostgreSQL, as on SQLite."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from bot.store import Calls, NameTaken, Review, SignIns, Workers, open_database
from tests import postgres
from tests.desk.call_store import CHECKS


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    reason = postgres.why_not()
    if reason:
        pytest.skip(reason)
    with postgres.server() as address:
        opened = open_database(address)
        yield opened
        opened.dispose()


def test_accounts_and_sessions(engine: Engine) -> None:
    workers = Workers(engine)
    anna = workers.add("Anna", "editor", "hash", totp_sealed="S" * 200, subject="s" * 64)
    with pytest.raises(NameTaken):
        workers.add("anna", "worker", "hash")
    key = workers.open(anna)
    found = workers.of_session(key)
    assert found and (found.id, found.name, found.role) == (anna, "anna", "editor")
    assert workers.use_code(anna, 7) and not workers.use_code(anna, 7)
    workers.note(anna, "call_saved", "1")
    assert [deed.did for deed in workers.deeds(anna)] == ["call_saved"]
    assert [deed.did for _, deed in workers.latest(most=1)] == ["call_saved"]
    workers.close(key)
    assert workers.of_session(key) is None
    again = workers.open(anna)
    workers.set_role(anna, "manager")
    by_subject = workers.of_subject("s" * 64)
    assert by_subject and by_subject.role == "manager"
    workers.set_enabled(anna, False)
    assert workers.of_session(again) is None and workers.all()[0].disabled_at


def test_sign_ins_elsewhere(engine: Engine) -> None:
    sign_ins = SignIns(engine)
    sign_ins.begin("state", "browser", {"nonce": "n"})
    assert sign_ins.take("state", "another browser") is None
    assert sign_ins.take("state", "browser") == {"nonce": "n"}
    assert sign_ins.take("state", "browser") is None


def test_messages_to_learn_from(engine: Engine) -> None:
    review = Review(engine)
    for message in ("one", "two"):
        review.keep("c", message, message, language="lb", reason="rated_down", guesses=["greet"])
    first, second = (one.id for one in review.waiting())
    assert review.skip(first) and [one.id for one in review.waiting()] == [second, first]
    assert review.agreed("c", "one") and review.drop(first) and not review.drop(first)
    moment = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(days=31)
    assert review.expire(moment, days=30) == 1 and review.count() == 0


def test_calls(engine: Engine) -> None:
    calls = Calls(engine)
    number = calls.add(1, {"notes": "D'Kand ass krank"}, consent="words", name="Marie")
    bare = calls.add(1, {}, name="never kept")
    kept, without = calls.get(number), calls.get(bare)
    assert kept and kept.name == "Marie" and kept.record["notes"] == "D'Kand ass krank"
    assert without and without.name is None
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    assert calls.expire(now + timedelta(days=31)) == 1
    assert calls.get(bare) is None and calls.get(number)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_calls_and_referrals(engine: Engine, check: Callable[[Engine], None]) -> None:
    check(engine)
