"""Calls and referrals on SQLite; tests/desk/test_on_postgres.py runs the same."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store import Calls
from tests.desk.call_store import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_on_sqlite(engine: Engine, check: Callable[[Engine], None]) -> None:
    check(engine)


def test_a_database_of_before_goes_on(engine: Engine) -> None:
    """Calls that were kept before there were versions can be read and changed."""
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE desk_calls (id INTEGER PRIMARY KEY, at DATETIME NOT NULL,"
                " worker INTEGER NOT NULL, record TEXT NOT NULL, consented_at DATETIME,"
                " consent TEXT, name VARCHAR(120), phone VARCHAR(40), follow_up DATE,"
                " closed_at DATETIME)"
            )
        )
        connection.execute(
            sa.text("INSERT INTO desk_calls (id, at, worker, record) VALUES"
                    " (7, '2026-11-01 10:00:00.000000', 1, '{}')")
        )  # fmt: skip
    calls = Calls(engine)
    found = calls.get(7)
    assert found and found.version == 0
    calls.change(7, 2, 0, {"risk": "D"})
    found = calls.get(7)
    assert found and (found.version, found.record) == (1, {"risk": "D"})
