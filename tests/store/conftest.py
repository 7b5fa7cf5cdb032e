"""Empty databases of both kinds."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.url import URL


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: URL = sa.engine.make_url(request.getfixturevalue("postgres_address"))
    name = f"test_{abs(hash(tmp_path))}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
