"""The chat as a page of ordinary forms, for browsers without JavaScript.

No cookie: who may write is said by a key in a hidden field of the form. So a foreign page cannot
write in a visitor's name (it does not know the key), and nothing else protects from that: the
browser adds no cookie or password of its own to a request, hence no token against CSRF.

After each form the browser is sent on to a page to read (POST, redirect, GET), so that reloading
and going back send nothing again. The key in that address only shows, for an hour.
"""

import logging
import secrets
from collections.abc import Iterable
from typing import Any, Optional

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.assistant import Busy, UnknownPayload
from bot.channels.html import NAMES
from bot.channels.web import _rating
from bot.channels.web._access import (
    answers,
    assistant,
    conversations,
    learning,
    limits,
    pages,
    turns,
)
from bot.channels.web._transcript import START, title_of
from bot.channels.web._turns import IdUsed
from bot.channels.web._view import Form, View
from bot.problems import Problem, language_of
from bot.store import UnknownConversation
from knowledge import LANGUAGES, Language

_log = logging.getLogger(__name__)
_NOTICES = ("deleted", "expired")


def create_plain(exit_url: str, frames: Iterable[str] = ()) -> APIRouter:
    """The page at `/` and what its forms lead to.

    `exit_url`: where the button that leaves quickly leads to. `frames`: origins that may show
    the page in a frame.
    """
    router = APIRouter(tags=["pages"])
    talk = _Talk(exit_url, frames)
    html: Any = {200: {"content": {"text/html": {}}}}
    router.add_api_route("/", talk.page, response_class=Response, responses=html)
    for path, form in (
        ("/talk", talk.send),
        ("/talk/language", talk.switch),
        ("/talk/rate", talk.rate),
        ("/talk/delete", talk.delete),
        ("/talk/leave", talk.leave),
    ):
        router.add_api_route(path, form, methods=["POST"], response_class=Response, status_code=303)
    return router


class _Talk:
    def __init__(self, exit_url: str, frames: Iterable[str]) -> None:
        self._exit_url = exit_url
        self._view = View(exit_url, frames)

    async def page(self, request: Request) -> Response:
        """The chat: a new one, or the one that `view` shows. Needs no JavaScript."""
        language = language_of(request)
        view = request.query_params.get("view")
        try:
            if view:
                return await self._view.conversation(request, view, language)
            notice = request.query_params.get("done")
            return await self._view.start(request, language, notice if notice in _NOTICES else None)
        except SQLAlchemyError as error:
            return self._view.failed(request, language, error)

    async def send(self, request: Request) -> Response:
        """A message, or a tapped choice, of the page; sends on to the answer."""
        form = Form(await request.body())
        language = form.language or language_of(request)
        payload = form["payload"] or None
        try:
            return await self._answer(request, form, language, payload, None)
        except (Busy, Problem) as error:
            return self._view.refused(form, language, error)
        except SQLAlchemyError as error:
            return self._view.failed(request, language, error, form)

    async def switch(self, request: Request) -> Response:
        """Another language, for the page and for the answers."""
        form = Form(await request.body())
        language = next((c for c in LANGUAGES if c == form["to"]), None) or language_of(request)
        payload = f'/change_language{{"language": "{language}"}}'
        try:
            if not pages(request).writable(form["key"]):
                return _see(language)
            return await self._answer(request, form, language, payload, NAMES[language])
        except (Busy, Problem) as error:
            return self._view.refused(form, language, error)
        except SQLAlchemyError as error:
            return self._view.failed(request, language, error, form)

    async def rate(self, request: Request) -> Response:
        """Whether the newest answer helped, and one word on it; both are optional."""
        form = Form(await request.body())
        language = form.language or language_of(request)
        try:
            return await self._rated(request, form, language)
        except UnknownConversation:
            return _see(language, done="deleted")
        except (Busy, Problem) as error:
            return self._view.refused(form, language, error)
        except SQLAlchemyError as error:
            return self._view.failed(request, language, error, form)

    async def delete(self, request: Request) -> Response:
        """Deletes the conversation and everything kept of it."""
        form = Form(await request.body())
        language = form.language or language_of(request)
        try:
            name = pages(request).writable(form["key"])
            if name:
                await assistant(request).erase(name)
        except SQLAlchemyError as error:
            return self._view.failed(request, language, error, form)
        return _see(language, done="deleted")

    async def leave(self, request: Request) -> Response:
        """Leaves quickly: the page cannot be shown again, and a harmless site appears."""
        try:
            form = Form(await request.body())
            name = pages(request).writable(form["key"])
            if name:
                pages(request).close(name)
        except Exception as error:  # whatever happens, the visitor gets away
            _log.error("leave_failed error=%s", type(error).__name__)
        return RedirectResponse(self._exit_url, 303, {"Cache-Control": "no-store"})

    async def _rated(self, request: Request, form: Form, language: Language) -> Response:
        name = pages(request).writable(form["key"])
        if name is None:
            return _see(language, done="expired")
        limits(request).check(request, name)
        about = answers(request).find(name, form["answer"])
        if form["rating"] in ("up", "down") and about and about.answer:
            word = form["word"].strip()[: _rating.LONGEST] or None
            kept = (name, form["rating"], word, form["answer"])
            if await _rating.keep(assistant(request), conversations(request), *kept):
                message = {"text": word, "page_language": language, "said": word}
                cry = await turns(request).answer(name, secrets.token_hex(16), **message)
                return _see(cry["language"], view=pages(request).open(name, form["text"]))
            if form["asked"]:
                await learning(request).agree(name, form["answer"], bool(form["learn"]))
        return _see(language, view=pages(request).open(name, form["text"]), at="rate")

    async def _answer(
        self,
        request: Request,
        form: Form,
        language: Language,
        payload: Optional[str],
        title: Optional[str],
    ) -> Response:
        name = pages(request).writable(form["key"])
        limits(request).check(request, name or "")
        if name is None:
            name = await self._begin(request, language)
        before = answers(request).of(name)
        if payload and title is None:
            title = title_of(before, payload) or payload.lstrip("/")
        text = None if payload else form["text"]
        said = title if payload else text
        message = form["id"] if form["id"].isalnum() else secrets.token_hex(16)
        values = {"text": text, "payload": payload, "page_language": language, "said": said}
        try:
            try:
                answer = await turns(request).answer(name, message[:64], **values)
            except IdUsed:
                # The same page was sent again with other words: they are a new message.
                answer = await turns(request).answer(name, secrets.token_hex(16), **values)
        except UnknownPayload:
            # A button of an earlier conversation, or a language the dialogue does not switch to.
            return _see(language, view=pages(request).open(name, form["text"]))
        except UnknownConversation:
            return _see(language, done="deleted")
        # What was being written when a button was tapped is not lost.
        view = pages(request).open(name, form["text"] if payload else None)
        return _see(answer["language"], view=view)

    async def _begin(self, request: Request, language: Language) -> str:
        """A new conversation with its greeting.

        Never bound to a key the form brought along: whoever made that form would know it. So two
        taps on the first form begin two conversations, of which the visitor sees one.
        """
        name, _ = conversations(request).create(language)
        greeting = await assistant(request).greet(name, language)
        answers(request).claim(name, START, "", None, 0)
        said = {"messages": greeting.messages, "language": greeting.language, "handoff": False}
        answers(request).complete(name, START, "", said)
        return name


def _see(
    language: str, *, view: Optional[str] = None, done: Optional[str] = None, at: str = "latest"
) -> RedirectResponse:
    """Sends on to the page to read; a conversation opens where the newest answer begins."""
    address = f"/?lang={language}"
    if view:
        address += f"&view={view}#{at}"
    elif done:
        address += f"&done={done}"
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})
