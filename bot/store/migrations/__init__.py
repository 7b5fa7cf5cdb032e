"""The database's tables, from one release to the next. See docs/upgrading.md."""

from bot.store.migrations._apply import (
    VERSIONS,
    Unusable,
    bring,
    knows,
    latest,
    revision_of,
    upgrade,
)

__all__ = ["VERSIONS", "Unusable", "bring", "knows", "latest", "revision_of", "upgrade"]
