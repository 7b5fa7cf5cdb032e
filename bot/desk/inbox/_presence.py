"""Which workers are there for visitors, and what becomes of conversations they leave behind."""

import asyncio
import logging
from datetime import datetime, timedelta, timezone
from typing import Optional

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from bot.store import ATTENDED, Handoffs, Seat, Worker
from knowledge import LUXEMBOURG, Office, directory

_log = logging.getLogger(__name__)
#: Not seen for so long, a worker answers nobody any more.
LEFT = timedelta(minutes=5)
_LOOK_SECONDS = 30.0
_OPEN: tuple[Office, ...] = ("open", "hours_unknown")


def office(at: Optional[datetime] = None) -> Office:
    """The state of the association's office, holidays included."""
    return directory().current.office(at=at or datetime.now(LUXEMBOURG))


def here(request: Request, worker: Worker) -> Seat:
    """The worker is at the desk; for visitors only within the office's hours, unless away."""
    handoffs: Handoffs = request.app.state.handoffs
    handoffs.here(str(worker.id), in_hours=office() in _OPEN)
    seat = handoffs.seat(str(worker.id))
    assert seat
    return seat


def colleagues(handoffs: Handoffs, worker: Worker) -> list[Seat]:
    """The other workers who are there for visitors."""
    others = [seat for seat in handoffs.seats() if seat.who != str(worker.id)]
    return [seat for seat in others if not seat.away and seat.who.isdigit()]


def free(handoffs: Handoffs, at: Optional[datetime] = None) -> list[str]:
    """Conversations of workers who left wait again. `at`: UTC, no zone."""
    now = at or datetime.now(timezone.utc).replace(tzinfo=None)
    seen = handoffs.seats(at=now - LEFT + ATTENDED)
    return handoffs.free_left([int(seat.who) for seat in seen if seat.who.isdigit()])


async def keep_free(handoffs: Handoffs) -> None:
    """Does so for ever. Begins later: after a restart, pages first say that they are there."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            freed = await asyncio.to_thread(free, handoffs)
        except SQLAlchemyError as error:
            _log.error("inbox_not_freed error=%s", type(error).__name__)
            continue
        if freed:
            _log.info("inbox_freed conversations=%d", len(freed))
