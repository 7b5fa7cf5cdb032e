"""Rasa's own SQL tracker store, on the application's database."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from rasa.core.tracker_store import TrackerStore


def tracker_store(database: str, domain: Any) -> "TrackerStore":
    """A tracker store on a SQLAlchemy address (SQLite or PostgreSQL)."""
    from rasa.core.tracker_store import SQLTrackerStore

    url = sa.engine.make_url(database)
    return SQLTrackerStore(
        domain=domain,
        dialect=url.drivername,
        host=url.host,
        port=url.port,
        db=url.database or "",
        username=url.username,
        password=url.password,
    )
