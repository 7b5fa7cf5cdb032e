"""What the tests share: the trained model, once; conversations and cases as data, per language."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot import logs

logs.configure("WARNING")

from bot.assistant import Assistant  # noqa: E402  after logs.configure, as in the product
from bot.model import current  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.slim_rasa import import_rasa  # noqa: E402
from bot.store import open_database  # noqa: E402
from tests import postgres  # noqa: E402
from tests.watched_logs import WATCH  # noqa: E402

# As the product does, and before a test imports Rasa as a whole.
import_rasa()

HERE = Path(__file__).parent
LANGUAGES = ("fr", "de", "lb")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--language", choices=LANGUAGES, help="only the data of this language")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Says at once what failed: a run that is stopped never comes to its summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.__stderr__.write(f"\nFAILED {report.nodeid}\n{report.longreprtext[-2000:]}\n")


@pytest.fixture(scope="session", autouse=True)
def _watched() -> Iterator[None]:
    """Logs are read from the first test to the end of the last fixture."""
    WATCH.start()
    yield
    assert WATCH.taken() == [], "said by a person, and in a log"


@pytest.fixture(autouse=True)
def _nothing_personal_in_logs(_watched: None) -> Iterator[None]:
    WATCH.listen_to_rasa()
    yield
    assert WATCH.taken() == [], "said by a person, and in a log"


@pytest.fixture(scope="session")
def model() -> Path:
    """The current model; `make test` trained it."""
    return current(Settings().models)


@pytest.fixture(scope="session")
def assistant(model: Path) -> Iterator[Assistant]:
    """The real assistant: real model, real actions, in-memory conversations."""
    started = Assistant(model, deadline=30.0)
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def postgres_address() -> Iterator[str]:
    """A PostgreSQL for the tests of one file; skips, with the reason, where there is none."""
    reason = postgres.why_not()
    if reason:
        pytest.skip(reason)
    with postgres.server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def each_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind; that of SQLite is empty, in a folder that has to be made."""
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / 'new folder' / 'store.db'}")
    else:
        opened = open_database(request.getfixturevalue("postgres_address"))
    yield opened
    opened.dispose()


def public_test_set(name: str) -> Path:
    """A folder of third-party test data; skips, with the reason, where it is absent."""
    folder = os.environ.get("WEEWEISER_TEST_EVALUATION")
    if not folder:
        pytest.skip("WEEWEISER_TEST_EVALUATION is not set: third-party test sets are not committed")
    return Path(folder) / name
