"""The desk with the directory editor, over a directory and edits of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy.engine import Engine

from bot.channels import pages
from bot.desk import Entries
from bot.overlay import OverlayFollower
from bot.store import DirectoryEdits, Workers
from knowledge import Directory
from tests.desk.editor.forms import Fields, form_of

HOME = "/desk/directory/services/surendettement"
KEY = "services/surendettement"


@pytest.fixture
def edits(engine: Engine) -> DirectoryEdits:
    return DirectoryEdits(engine)


@pytest.fixture(scope="package")
def shared() -> Directory:
    """Reading all files takes a moment: once for all tests."""
    return Directory()


@pytest.fixture
def live(shared: Directory) -> Iterator[Directory]:
    """A directory with nothing laid over it."""
    yield shared
    shared.lay({})


@pytest.fixture
def entries(edits: DirectoryEdits, live: Directory) -> Entries:
    return Entries(edits, OverlayFollower(edits, live), live)


@pytest.fixture
def desk(client: TestClient, workers: Workers, entries: Entries) -> TestClient:
    """Signed in as an editor."""
    workers.add("Edith", "editor", "no hash")
    workers.add("Emil", "editor", "no hash")
    app: Any = client.app
    app.state.entries = entries
    app.state.preview = pages.preview
    enter(client, workers, "edith")
    return client


def enter(client: TestClient, workers: Workers, name: str) -> None:
    """Signed in without hashing a password, which takes its time on purpose."""
    worker = workers.named(name)
    assert worker
    client.cookies.clear()
    client.cookies.set("__Host-desk", workers.open(worker.id))


Send = Callable[..., Response]


@pytest.fixture
def send(desk: TestClient) -> Send:
    """Opens a page, and sends its form with some values changed."""

    def send_(page: str, action: str = "", do: str = "save", **changes: Any) -> Response:
        text = desk.get(page).text
        form = form_of(text, action or page)
        return desk.post(action or page, data=changed(form, do=do, **changes))

    return send_


def changed(form: Fields, *, do: str = "save", **changes: Any) -> Fields:
    """`name__fr="…"` stands for the field `name.fr`."""
    new = {k.replace("__", "."): v if isinstance(v, list) else [v] for k, v in changes.items()}
    return {**form, "do": [do], **new}
