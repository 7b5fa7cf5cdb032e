"""The HTTP API of a conversation: begin it, write, rate, delete."""

from typing import Optional

from fastapi import APIRouter, Depends, Request, Response

from bot.assistant import Busy, UnknownPayload
from bot.channels.web import _events
from bot.channels.web._access import Access, allowed, assistant, conversations
from bot.channels.web._messages import Answered, Feedback, Incoming, NewConversation, Started
from bot.problems import Problem, language_of

router = APIRouter(prefix="/api/conversations", tags=["conversations"])
router.include_router(_events.router)


@router.post("", status_code=201)
async def start(request: Request, body: Optional[NewConversation] = None) -> Started:
    """Begins a conversation; the greeting says that it is an automated assistant."""
    language = (body.lang if body else None) or language_of(request)
    name, token = conversations(request).create(language)
    reply = await assistant(request).greet(name, language)
    return Started(id=name, token=token, messages=reply.messages)


@router.post("/{name}/messages")
async def say(request: Request, body: Incoming, access: Access = Depends(allowed)) -> Answered:
    """Answers a message. Send `text`, or the `payload` of a button, and the token as Bearer."""
    if (body.text is None) == (body.payload is None):
        raise Problem(422, "no_message")
    try:
        reply = await assistant(request).answer(
            access.name,
            text=body.text,
            payload=body.payload,
            page_language=body.lang or access.page_language,
        )
    except UnknownPayload as error:
        raise Problem(422, "unknown_payload") from error
    except Busy as error:
        raise Problem(429, "busy") from error
    return Answered(messages=reply.messages, language=reply.language)


@router.delete("/{name}", status_code=204)
async def erase(request: Request, access: Access = Depends(allowed)) -> Response:
    """Deletes the conversation and everything kept of it, at once."""
    conversations(request).erase(access.name)
    return Response(status_code=204)


@router.post("/{name}/feedback", status_code=204)
async def rate(request: Request, body: Feedback, access: Access = Depends(allowed)) -> Response:
    """Says whether the answers helped."""
    conversations(request).rate(access.name, body.rating, body.word)
    return Response(status_code=204)
