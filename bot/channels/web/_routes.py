"""The HTTP API of a conversation: begin it, write, rate, delete."""

import secrets
from typing import Optional

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from bot.assistant import Busy, UnknownPayload
from bot.channels.learning import Choice, chosen
from bot.channels.web import _events, _rating
from bot.channels.web._access import (
    Access,
    allowed,
    answers,
    assistant,
    conversations,
    handoffs,
    learning,
    limits,
    turns,
)
from bot.channels.web._messages import (
    Answered,
    Feedback,
    Incoming,
    NewConversation,
    Rated,
    Started,
)
from bot.channels.web._turns import IdUsed
from bot.problems import Problem, language_of
from bot.store import UnknownConversation

router = APIRouter(prefix="/api/conversations", tags=["conversations"])
router.include_router(_events.router)


@router.post("", status_code=201)
async def start(request: Request, body: Optional[NewConversation] = None) -> Started:
    """Begins a conversation; the greeting says that it is an automated assistant."""
    limits(request).check(request)
    language = (body.lang if body else None) or language_of(request)
    name, token = conversations(request).create(language)
    reply = await assistant(request).greet(name, language)
    return Started(id=name, token=token, messages=reply.messages)


@router.post("/{name}/messages", response_model=Answered)
async def say(request: Request, body: Incoming, access: Access = Depends(allowed)) -> Response:
    """Answers a message. Send `text`, or the `payload` of a button, and the token as Bearer.

    With an `id` of your own the message can be sent again: it is answered once, and the same
    answer is given again.
    """
    limits(request).check(request, access.name)
    if (body.text is None) == (body.payload is None):
        raise Problem(422, "no_message")
    about_learning = chosen(body.payload)
    if about_learning:
        language = body.lang or access.page_language
        return _told(await _choose(request, about_learning, access.name, language))
    try:
        answer = await turns(request).answer(
            access.name,
            body.id or secrets.token_urlsafe(18),
            text=body.text,
            payload=body.payload,
            page_language=body.lang or access.page_language,
        )
    except UnknownPayload as error:
        raise Problem(422, "unknown_payload") from error
    except IdUsed as error:
        raise Problem(409, "id_used") from error
    except Busy as error:
        raise Problem(429, "busy", retry_after=1) from error
    except UnknownConversation as error:
        raise Problem(404, "unknown_conversation") from error
    return _told(Answered.construct(**answer))


def _told(answer: Answered) -> Response:
    # Ours from the first letter to the last: FastAPI would check and copy all of it twice.
    return JSONResponse(dict(answer))


async def _choose(request: Request, choice: Choice, name: str, language: Optional[str]) -> Answered:
    """Whether a message may be kept; no turn of the dialogue, and twice is once."""
    said = await learning(request).choose(name, choice, language)
    handoff = handoffs(request).owner(name) != "assistant"
    return Answered(
        messages=[said], language=said["lang"], crisis=False, handoff=handoff, rate=False
    )


@router.delete("/{name}", status_code=204)
async def erase(request: Request, access: Access = Depends(allowed)) -> Response:
    """Deletes the conversation and everything kept of it, at once."""
    await assistant(request).erase(access.name)
    return Response(status_code=204)


@router.post("/{name}/feedback", status_code=204, responses={200: {"model": Rated}})
async def rate(request: Request, body: Feedback, access: Access = Depends(allowed)) -> Response:
    """Says whether an answer helped, or all of them; the last rating of the same counts.

    200 instead of 204 says more: the word is a cry for help, is not kept, and has to be sent as a
    message; or the visitor may be asked whether the message may be kept to learn from.
    """
    limits(request).check(request, access.name)
    entry = None
    if body.answer is not None:
        entry = answers(request).find(access.name, body.answer)
        if entry is None or entry.answer is None:
            raise Problem(422, "unknown_answer")
    kept = (access.name, body.rating, body.word, body.answer)
    if await _rating.keep(assistant(request), conversations(request), *kept):
        return JSONResponse(Rated(crisis=True).dict())
    if body.answer is not None and body.learn is not None:
        await learning(request).agree(access.name, body.answer, body.learn)
    elif entry and entry.answer and body.rating == "down":
        language = entry.answer["language"]
        messages = await learning(request).ask(access.name, entry.message, language)
        if messages:
            return JSONResponse(Rated(messages=messages).dict())
    return Response(status_code=204)
