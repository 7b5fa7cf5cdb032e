"""The website's channel: the HTTP API of the contract, and the chat page."""

import asyncio
import json
from typing import Any, AsyncIterator, Literal, Optional

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Extra, Field

from bot import roles
from bot.assistant import Assistant, Busy, UnknownPayload
from bot.problems import Problem, language_of
from bot.store import Conversations, Handoffs, Happening, UnknownConversation, WrongToken
from knowledge import LANGUAGES

router = APIRouter(prefix="/api/conversations", tags=["conversations"])
_POLL_SECONDS = 1.0
_HEARTBEAT_SECONDS = 15.0


class NewConversation(BaseModel):
    """What a page may say when a conversation begins."""

    lang: Optional[Literal["fr", "de", "lb"]] = None

    class Config:
        extra = Extra.ignore


class Incoming(BaseModel):
    """A message: written text, or the payload of a button shown before."""

    text: Optional[str] = None
    payload: Optional[str] = Field(None, max_length=500)
    lang: Optional[Literal["fr", "de", "lb"]] = None

    class Config:
        extra = Extra.ignore


class Feedback(BaseModel):
    """Whether the answers helped, with one optional word."""

    rating: Literal["up", "down"]
    word: Optional[str] = Field(None, max_length=80)


class Started(BaseModel):
    """A new conversation, and its first messages."""

    id: str
    token: str
    messages: list[dict[str, Any]]


class Answered(BaseModel):
    """The answer to a message.

    `crisis`: somebody is or may be in danger; ask for no rating. `handoff`: a person was asked
    for; without messages, a person answers now.
    """

    messages: list[dict[str, Any]]
    language: str
    crisis: bool
    handoff: bool


class Access:
    """A conversation the caller may use."""

    def __init__(self, name: str, page_language: Optional[str]) -> None:
        self.name = name
        self.page_language = page_language


async def _access(
    request: Request, name: str, authorization: Optional[str] = Header(None)
) -> Access:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "no_token")
    try:
        return Access(name, _conversations(request).check(name, token.strip()))
    except UnknownConversation as error:
        raise Problem(404, "unknown_conversation") from error
    except WrongToken as error:
        raise Problem(403, "wrong_token") from error


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


def _conversations(request: Request) -> Conversations:
    conversations: Conversations = request.app.state.conversations
    return conversations


@router.post("", status_code=201)
async def start(request: Request, body: Optional[NewConversation] = None) -> Started:
    """Begins a conversation; the greeting says that it is an automated assistant."""
    language = (body.lang if body else None) or language_of(request)
    name, token = _conversations(request).create(language)
    reply = await _assistant(request).greet(name, language)
    return Started(id=name, token=token, messages=reply.messages)


@router.post("/{name}/messages")
async def say(request: Request, body: Incoming, access: Access = Depends(_access)) -> Answered:
    """Answers a message. Send `text`, or the `payload` of a button, and the token as Bearer."""
    if (body.text is None) == (body.payload is None):
        raise Problem(422, "no_message")
    try:
        reply = await _assistant(request).answer(
            access.name,
            text=body.text,
            payload=body.payload,
            page_language=body.lang or access.page_language,
        )
    except UnknownPayload as error:
        raise Problem(422, "unknown_payload") from error
    except Busy as error:
        raise Problem(429, "busy") from error
    return Answered(
        messages=reply.messages,
        language=reply.language,
        crisis=reply.crisis,
        handoff=reply.handoff,
    )


@router.get("/{name}/events")
async def events(
    request: Request,
    access: Access = Depends(_access),
    last_event_id: int = Header(0),
) -> StreamingResponse:
    """Server-sent events: what a person of the association writes into the conversation."""
    stream = _stream(request, access.name, last_event_id)
    return StreamingResponse(stream, media_type="text/event-stream")


@router.delete("/{name}", status_code=204)
async def erase(request: Request, access: Access = Depends(_access)) -> Response:
    """Deletes the conversation and everything kept of it, at once."""
    await _assistant(request).erase(access.name)
    return Response(status_code=204)


@router.post("/{name}/feedback", status_code=204)
async def rate(request: Request, body: Feedback, access: Access = Depends(_access)) -> Response:
    """Says whether the answers helped."""
    _conversations(request).rate(access.name, body.rating, body.word)
    return Response(status_code=204)


async def _stream(request: Request, name: str, after: int) -> AsyncIterator[str]:
    handoffs: Handoffs = request.app.state.handoffs
    quiet = _HEARTBEAT_SECONDS
    while not await request.is_disconnected():
        for happening in handoffs.happenings(name, after):
            after = happening.id
            kind, data = _told(_assistant(request), happening)
            yield f"id: {after}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        if quiet >= _HEARTBEAT_SECONDS:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(_POLL_SECONDS)
        quiet += _POLL_SECONDS


def _told(assistant: Assistant, happening: Happening) -> tuple[str, dict[str, Any]]:
    """The kind of an event, and its data: a person's words, or who answers now."""
    language = happening.lang or LANGUAGES[0]
    role = roles.words(happening.role, language)
    if happening.text is not None:
        said = {"type": "text", "text": happening.text, "lang": language, "role": role}
        return "message", said
    messages = []
    if happening.owner == "person":
        suffix, gaps = ("_role", {"role": role}) if role else ("", {})
        messages = assistant.words(f"utter_person_answers{suffix}", language, **gaps)
    elif happening.owner == "assistant" and happening.returned:
        messages = assistant.words("utter_automated_again", language)
    return "owner", {"owner": happening.owner, "role": role, "messages": messages}
