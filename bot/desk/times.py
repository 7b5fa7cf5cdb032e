"""Days and moments as the desk writes them: Luxembourg's."""

from datetime import date, datetime, timezone
from typing import Optional

from knowledge import LUXEMBOURG


def today() -> date:
    """The day in Luxembourg."""
    return datetime.now(LUXEMBOURG).date()


def day(value: Optional[date]) -> str:
    """A day, as in 28.11.2026; empty for none."""
    return value.strftime("%d.%m.%Y") if value else ""


def day_of(value: datetime) -> date:
    """The day in Luxembourg of a moment that is kept in UTC without a zone."""
    return value.replace(tzinfo=timezone.utc).astimezone(LUXEMBOURG).date()


def moment(value: Optional[datetime]) -> str:
    """A moment that is kept in UTC without a zone, as in 28.11.2026 13:30; empty for none."""
    if value is None:
        return ""
    here = value.replace(tzinfo=timezone.utc).astimezone(LUXEMBOURG)
    return here.strftime("%d.%m.%Y %H:%M")


def age_days(since: datetime) -> int:
    """Whole days since a moment that is kept in UTC without a zone."""
    return (datetime.now(timezone.utc).replace(tzinfo=None) - since).days
