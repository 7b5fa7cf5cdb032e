"""Server-sent events: what a person of the association writes, and who answers now."""

import asyncio
import json
from typing import AsyncIterator

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse

from bot.channels.web._access import Access, allowed, assistant, handoffs
from bot.channels.web._happenings import told

router = APIRouter()
_POLL_SECONDS = 1.0
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
    quiet = _HEARTBEAT_SECONDS
    while not await request.is_disconnected():
        for happening in handoffs(request).happenings(name, after):
            after = happening.id
            kind, data = told(assistant(request), happening)
            yield f"id: {after}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
            # Asked for the next one, so this one went out.
            handoffs(request).delivered(name, after)
        if quiet >= _HEARTBEAT_SECONDS:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(_POLL_SECONDS)
        quiet += _POLL_SECONDS
