"""A desk without the model: its router, an account, and a browser that is signed in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine

from bot import problems
from bot.assistant import Busy
from bot.desk import create_router
from bot.desk.accounts import Accounts
from bot.desk.openid import Provider
from bot.desk.triage import Triage
from bot.guard import add_guard
from bot.settings import Settings
from bot.store import (
    Calls,
    Counts,
    Handoffs,
    Inbox,
    People,
    Referrals,
    Review,
    SignIns,
    Spans,
    States,
    Workers,
    open_database,
)
from bot.store.messenger import Deliveries
from knowledge import directory

PASSWORD = "correct horse battery"
KEY = "k3y-of-the-tests-" * 2


async def understood(text: str) -> dict[str, Any]:
    """What a model would say that is sure of debts, whatever is written."""
    ranking = [{"name": "debt_help", "confidence": 0.9}] if text.strip() else []
    return {"language": "fr", "intent_ranking": ranking, "needs": [], "crisis": [], "entities": []}


@dataclass(frozen=True)
class Near:
    """A training sentence, as the assistant gives it."""

    text: str
    intent: str
    language: str
    likeness: float


class Understanding:
    """What the desk asks of the assistant: texts are alike that begin with the same word."""

    def __init__(self) -> None:
        self.near: list[Near] = [Near("aide pour mes dettes", "debt_help", "fr", 0.7)]
        self.gone = False

    async def parse(self, text: str) -> dict[str, Any]:
        return await understood(text)

    async def vectors(self, texts: list[str]) -> Any:
        if self.gone:
            raise Busy
        words = sorted({text.split()[0] for text in texts})
        return np.eye(len(words), dtype=np.float32)[[words.index(t.split()[0]) for t in texts]]

    async def nearest(self, text: str, most: int = 5) -> list[Near]:
        if self.gone:
            raise Busy
        return self.near[:most]


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
def referrals(engine: Engine) -> Referrals:
    return Referrals(engine)


@pytest.fixture
def handoffs(engine: Engine) -> Handoffs:
    return Handoffs(engine)


@pytest.fixture
def provider() -> Optional[Provider]:
    """Where workers may sign in, too; tests that have one replace this."""
    return None


@pytest.fixture
def client(
    tmp_path: Path,
    engine: Engine,
    workers: Workers,
    calls: Calls,
    referrals: Referrals,
    handoffs: Handoffs,
    provider: Optional[Provider],
) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.sign_ins = SignIns(engine)
    app.state.review = Review(engine)
    app.state.review_folder = tmp_path / "review"
    app.state.assistant = Understanding()
    app.state.workers = workers
    app.state.calls = calls
    app.state.referrals = referrals
    app.state.counts = Counts(engine)
    app.state.spans = Spans(engine)
    app.state.people = People(engine)
    app.state.handoffs = handoffs
    app.state.inbox, app.state.states = Inbox(engine), States(engine)
    app.state.deliveries = Deliveries(engine)
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
