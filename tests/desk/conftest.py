"""A desk without the model: its router, an account, and a browser that is signed in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot import problems
from bot.desk import create_router
from bot.desk.accounts import Accounts
from bot.guard import add_guard
from bot.settings import Settings
from bot.store import Workers, open_database

PASSWORD = "correct horse battery"


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    found = Workers(open_database(f"sqlite:///{tmp_path / 'desk.db'}"))
    Accounts(found).add("Anna", "worker", PASSWORD)
    return found


@pytest.fixture
def client(workers: Workers) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.workers = workers
    problems.install(app)
    app.include_router(create_router(secure=True))
    add_guard(app, Settings(public_url="https://desk.example"))
    yield TestClient(app, base_url="https://desk.example", follow_redirects=False)


def sign_in(client: TestClient, name: str = "anna", password: str = PASSWORD) -> int:
    form = {"name": name, "password": password, "code": ""}
    return client.post("/desk/login", data=form).status_code


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found
    return found[1]
