"""Calls and referrals on SQLite; tests/desk/test_on_postgres.py runs the same."""

from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine

from tests.desk.call_store import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_on_sqlite(engine: Engine, check: Callable[[Engine], None]) -> None:
    check(engine)
