"""Server-sent events: what a person of the association writes, and who answers now."""

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import AsyncIterator

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.web._access import Access, allowed, assistant, bell, handoffs
from bot.channels.web._happenings import told
from bot.store import Happening

router = APIRouter()
_log = logging.getLogger(__name__)
_HEARTBEAT_SECONDS = 15.0


@router.get("/{name}/events")
async def events(
    request: Request,
    access: Access = Depends(allowed),
    last_event_id: int = Header(0),
) -> StreamingResponse:
    """Server-sent events: what a person of the association writes, and who answers now."""
    stream = _stream(request, access.name, last_event_id)
    return StreamingResponse(stream, media_type="text/event-stream")


async def _stream(request: Request, name: str, after: int) -> AsyncIterator[str]:
    rung, quiet = bell(request), _HEARTBEAT_SECONDS
    with rung.woken(name) as news:
        while not (rung.ending or await request.is_disconnected()):
            news.clear()
            for happening in _new(request, name, after):
                after = happening.id
                kind, data = told(assistant(request), happening)
                said = json.dumps(data, ensure_ascii=False)
                yield f"id: {after}\nevent: {kind}\ndata: {said}\n\n"
                # Asked for the next one, so this one went out.
                _delivered(request, name, after)
            if quiet >= _HEARTBEAT_SECONDS:
                quiet = 0.0
                yield ": still here\n\n"
            since = time.monotonic()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(news.wait(), rung.pause)
            quiet += time.monotonic() - since


def _new(request: Request, name: str, after: int) -> list[Happening]:
    """What happened; nothing while the database is away: the stream goes on afterwards."""
    try:
        return handoffs(request).happenings(name, after)
    except SQLAlchemyError as error:
        _log.error("happenings_unreadable error=%s", type(error).__name__)
        return []


def _delivered(request: Request, name: str, happening: int) -> None:
    """Notes what went out; it is noted with the next one when the database is away."""
    with suppress(SQLAlchemyError):
        handoffs(request).delivered(name, happening)
