"""Accounts, sessions and calls on PostgreSQL, as on SQLite."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from bot.store import Calls, NameTaken, Workers, open_database
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
    anna = workers.add("Anna", "editor", "hash", "SECRET")
    with pytest.raises(NameTaken):
        workers.add("anna", "worker", "hash")
    key = workers.open(anna)
    found = workers.of_session(key)
    assert found and (found.id, found.name, found.role) == (anna, "anna", "editor")
    assert workers.use_code(anna, 7) and not workers.use_code(anna, 7)
    workers.note(anna, "call_saved", "1")
    assert [deed.did for deed in workers.deeds(anna)] == ["call_saved"]
    workers.close(key)
    assert workers.of_session(key) is None


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
