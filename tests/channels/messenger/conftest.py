"""What the tests of Messenger share: an empty database of each kind."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa

from tests import postgres

KINDS = ("sqlite", "postgresql")
# `pytest --hypothesis-profile=thorough`: after a change of limits or of how texts are split.
hypothesis.settings.register_profile(
    "thorough",
    max_examples=10_000,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    if postgres.why_not():
        pytest.skip(postgres.why_not())
    with postgres.server() as address:
        yield address


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'weeweiser.db'}"
    server = request.getfixturevalue("postgresql")
    name = f"messenger_{secrets.token_hex(4)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    engine.dispose()
    return f"{server.rpartition('/')[0]}/{name}"
