"""A desk without the model: its router, an account, and a browser that is signed in."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine

from bot import problems
from bot.desk import create_router
from bot.desk.accounts import Accounts
from bot.desk.openid import Provider
from bot.desk.triage import Triage
from bot.guard import add_guard
from bot.settings import Settings
from bot.store import Calls, SignIns, Workers, open_database
from knowledge import directory

PASSWORD = "correct horse battery"
KEY = "k3y-of-the-tests-" * 2


async def understood(text: str) -> dict[str, Any]:
    """What a model would say that is sure of debts, whatever is written."""
    ranking = [{"name": "debt_help", "confidence": 0.9}] if text.strip() else []
    return {"language": "fr", "intent_ranking": ranking, "needs": [], "crisis": [], "entities": []}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'desk.db'}")


@pytest.fixture
def workers(engine: Engine) -> Workers:
    found = Workers(engine)
    Accounts(found).add("Anna", "worker", PASSWORD)
    return found


@pytest.fixture
def calls(engine: Engine) -> Calls:
    return Calls(engine)


@pytest.fixture
def provider() -> Optional[Provider]:
    """Where workers may sign in, too; tests that have one replace this."""
    return None


@pytest.fixture
def client(
    engine: Engine, workers: Workers, calls: Calls, provider: Optional[Provider]
) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.sign_ins = SignIns(engine)
    app.state.workers = workers
    app.state.calls = calls
    app.state.triage = Triage(understood, lambda: directory().current)
    problems.install(app)
    app.include_router(create_router(secure=True, key=KEY, provider=provider))
    add_guard(app, Settings(public_url="https://desk.example"))
    yield TestClient(app, base_url="https://desk.example", follow_redirects=False)


def sign_in(client: TestClient, name: str = "anna", password: str = PASSWORD) -> int:
    form = {"name": name, "password": password, "code": ""}
    return client.post("/desk/login", data=form).status_code


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found
    return found[1]
