"""The clock of the machine jumps: every time in the database is then too old, or of the future."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine

from bot import app as product
from bot.desk.accounts import Accounts
from bot.retention import run
from bot.settings import Settings
from bot.store import States, Workers, open_database
from tests.light_server import Light

DAY = timedelta(days=1)
PASSWORD = "correct horse battery"


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'weeweiser.db'}"


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    opened = open_database(address)
    Accounts(Workers(opened)).add("anna", "worker", PASSWORD)
    yield opened
    opened.dispose()


@pytest.fixture
def client(address: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(product, "Assistants", Light)
    with TestClient(product.create_app(Settings(database=address), Path("unused"))) as opened:
        yield opened


def jump(engine: Engine, by: timedelta) -> None:
    """The clock is set ahead by so much (negative: back): all that was noted lies as far behind."""
    meta = sa.MetaData()
    meta.reflect(engine)
    moved = 0
    with engine.begin() as connection:
        for table in meta.tables.values():
            for column in table.columns:
                if isinstance(column.type, sa.DateTime):
                    rows = connection.execute(sa.select(column).distinct()).scalars().all()
                    # The furthest first, so that no row is moved twice.
                    for at in sorted((r for r in rows if r), reverse=by < timedelta()):
                        change = table.update().where(column == at).values({column.name: at - by})
                        moved += connection.execute(change).rowcount
    assert moved


def begin(client: TestClient) -> tuple[str, dict[str, str]]:
    begun = client.post("/api/conversations", json={"lang": "fr"}).json()
    return begun["id"], {"Authorization": f"Bearer {begun['token']}"}


@pytest.mark.parametrize("by", [DAY, -DAY, -400 * DAY])
def test_a_visitor_is_answered_on(client: TestClient, engine: Engine, by: timedelta) -> None:
    name, mine = begin(client)
    path = f"/api/conversations/{name}/messages"
    first = {"id": "m1", "text": "j'ai des dettes"}
    before = client.post(path, json=first, headers=mine)
    jump(engine, by)
    again = client.post(path, json=first, headers=mine)
    assert (again.status_code, again.json()) == (200, before.json()), "answered once, said again"
    after = client.post(path, json={"id": "m2", "text": "à Mersch"}, headers=mine)
    assert after.status_code == 200 and after.json()["messages"]
    said = [line["text"] for line in States(engine).said(name)]
    assert said == ["j'ai des dettes", "à Mersch"]
    assert client.get("/readyz").json()["database"] is True


def test_what_is_due_by_a_clock_ahead_is_deleted(client: TestClient, engine: Engine) -> None:
    """After the jump nothing of the time before is there too long, and nothing is half there."""
    name, mine = begin(client)
    jump(engine, 400 * DAY)
    run(engine, Settings(), datetime.now(timezone.utc).replace(tzinfo=None))
    gone = client.post(f"/api/conversations/{name}/messages", json={"text": "Moien"}, headers=mine)
    assert gone.status_code == 404 and gone.json()["detail"]


def test_a_clock_set_back_deletes_nothing(client: TestClient, engine: Engine) -> None:
    name, mine = begin(client)
    jump(engine, -400 * DAY)
    run(engine, Settings(), datetime.now(timezone.utc).replace(tzinfo=None))
    path = f"/api/conversations/{name}/messages"
    assert client.post(path, json={"text": "Moien"}, headers=mine).status_code == 200


@pytest.mark.parametrize("by", [DAY, -DAY])
def test_no_session_of_the_desk_outlives_a_jump(engine: Engine, by: timedelta) -> None:
    """Set back, it would else last as much longer."""
    workers = Workers(engine)
    number = workers.named("anna").id  # type: ignore[union-attr]
    key = workers.open(number)
    assert workers.of_session(key)
    jump(engine, by)
    assert workers.of_session(key) is None


def test_a_small_correction_ends_no_session(engine: Engine) -> None:
    workers = Workers(engine)
    key = workers.open(workers.named("anna").id)  # type: ignore[union-attr]
    jump(engine, -timedelta(minutes=2))
    assert workers.of_session(key)
