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
from datetime import datetime
from typing import Any, Optional
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.exc import SQLAlchemyError

from bot import problems
from bot.assistant import Busy, UnknownPayload
from bot.channels.html import NAMES, Words, catalogue, environment, human, policy
from bot.channels.web._access import (
    answers,
    assistant,
    conversations,
    handoffs,
    limits,
    pages,
    turns,
)
from bot.channels.web._happenings import told as told_in_words
from bot.channels.web._transcript import Said, newest, shown, title_of, told_of, transcript
from bot.channels.web._turns import IdUsed
from bot.problems import Problem, language_of
from bot.store import UnknownConversation, form_key
from knowledge import LANGUAGES, LUXEMBOURG, Language, directory

_log = logging.getLogger(__name__)
_WORDS: dict[Language, Words] = {
    code: {**catalogue("words")[code], **words} for code, words in catalogue("chat").items()
}
_START = "start"
_NOTICES = ("deleted", "expired")


class _Form:
    """What a form sent: one value for each field, and texts a database can keep."""

    def __init__(self, body: bytes) -> None:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        self._fields = {name: values[-1].replace("\x00", "") for name, values in fields.items()}

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    @property
    def language(self) -> Optional[Language]:
        return next((code for code in LANGUAGES if code == self["lang"]), None)


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
        ("/talk/delete", talk.delete),
        ("/talk/leave", talk.leave),
    ):
        router.add_api_route(path, form, methods=["POST"], response_class=Response, status_code=303)
    return router


class _Talk:
    def __init__(self, exit_url: str, frames: Iterable[str]) -> None:
        self._exit_url = exit_url
        origin = "/".join(exit_url.split("/")[:3])
        self._headers = policy(frames=frames, forms=("'self'", origin), connects=True)
        self._templates = environment()
        self._greetings: dict[Language, tuple[datetime, list[dict[str, Any]]]] = {}

    async def page(self, request: Request) -> Response:
        """The chat: a new one, or the one that `view` shows. Needs no JavaScript."""
        language = language_of(request)
        view = request.query_params.get("view")
        try:
            if view:
                return await self._conversation(request, view, language)
            notice = request.query_params.get("done")
            return await self._start(request, language, notice if notice in _NOTICES else None)
        except SQLAlchemyError as error:
            return self._failed(request, language, error)

    async def send(self, request: Request) -> Response:
        """A message, or a tapped choice, of the page; sends on to the answer."""
        form = _Form(await request.body())
        language = form.language or language_of(request)
        payload = form["payload"] or None
        try:
            return await self._answer(request, form, language, payload, None)
        except (Busy, Problem) as error:
            return self._refused(form, language, error)
        except SQLAlchemyError as error:
            return self._failed(request, language, error, form)

    async def switch(self, request: Request) -> Response:
        """Another language, for the page and for the answers."""
        form = _Form(await request.body())
        language = next((c for c in LANGUAGES if c == form["to"]), None) or language_of(request)
        payload = f'/change_language{{"language": "{language}"}}'
        try:
            if not pages(request).writable(form["key"]):
                return _see(language)
            return await self._answer(request, form, language, payload, NAMES[language])
        except (Busy, Problem) as error:
            return self._refused(form, language, error)
        except SQLAlchemyError as error:
            return self._failed(request, language, error, form)

    async def delete(self, request: Request) -> Response:
        """Deletes the conversation and everything kept of it."""
        form = _Form(await request.body())
        language = form.language or language_of(request)
        try:
            name = pages(request).writable(form["key"])
            if name:
                await assistant(request).erase(name)
        except SQLAlchemyError as error:
            return self._failed(request, language, error, form)
        return _see(language, done="deleted")

    async def leave(self, request: Request) -> Response:
        """Leaves quickly: the page cannot be shown again, and a harmless site appears."""
        try:
            form = _Form(await request.body())
            name = pages(request).writable(form["key"])
            if name:
                pages(request).close(name)
        except Exception as error:  # whatever happens, the visitor gets away
            _log.error("leave_failed error=%s", type(error).__name__)
        return RedirectResponse(self._exit_url, 303, {"Cache-Control": "no-store"})

    async def _answer(
        self,
        request: Request,
        form: _Form,
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
        answers(request).claim(name, _START, "", None, 0)
        said = {"messages": greeting.messages, "language": greeting.language, "handoff": False}
        answers(request).complete(name, _START, "", said)
        return name

    async def _start(self, request: Request, language: Language, notice: Optional[str]) -> Response:
        greeting = await self._greeting(request, language)
        said = [Said("bot", lang=language, messages=shown(greeting))]
        return self._page(language, said, notice=notice)

    async def _conversation(self, request: Request, view: str, language: Language) -> Response:
        # A link on a foreign site could put a visitor into a conversation others can read.
        foreign = request.headers.get("sec-fetch-site") == "cross-site"
        held = None if foreign else pages(request).shown(view)
        if held is None:
            return await self._start(request, language, "expired")
        name = held.conversation
        entries = answers(request).of(name)
        happened = handoffs(request).happenings(name)
        told = [told_of(h.id, *told_in_words(assistant(request), h)) for h in happened]
        last = entries[-1].answer if entries else None
        return self._page(
            language,
            transcript(entries, [one for one in told if one]),
            view=view,
            key=form_key(view),
            draft=held.draft or "",
            waits=handoffs(request).owner(name) != "assistant" or bool(last and last["handoff"]),
        )

    async def _greeting(self, request: Request, language: Language) -> list[dict[str, Any]]:
        """What a conversation begins with, from one that nobody sees; asked for once an hour."""
        now = datetime.now(LUXEMBOURG)
        at, held = self._greetings.get(language, (now, []))
        if not held or (now - at).total_seconds() > 3600:
            name, _ = conversations(request).create(language)
            greeting = await assistant(request).greet(name, language)
            await assistant(request).erase(name)
            held = greeting.messages
            if greeting.intent == "greet":
                self._greetings[language] = (now, held)
        return held

    def _page(
        self, language: Language, said: list[Said], *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        # Each page sends a message of its own: a new id, so that it is answered once.
        given = {"key": "", "view": None, "draft": "", "waits": False, "notice": None}
        given |= {"problem": None, "id": secrets.token_hex(16), **values}
        text = self._templates.get_template("chat.html").render(
            w=_WORDS[language],
            words=_WORDS,
            names=NAMES,
            language=language,
            path="/",
            said=said,
            latest=newest(said),
            human=human(directory().current, language, datetime.now(LUXEMBOURG)),
            exit_url=self._exit_url,
            **given,
        )
        headers = {**self._headers, "Cache-Control": "no-store", "Content-Language": language}
        if given["view"]:
            headers["X-Robots-Tag"] = "noindex"
        return HTMLResponse(text, status, headers)

    def _refused(self, form: _Form, language: Language, error: Exception) -> Response:
        """Too much at once: says so, and keeps what was written in the form."""
        problem = error if isinstance(error, Problem) else Problem(429, "busy", retry_after=1)
        words = problems.words(problem.key, language, **problem.gaps)
        answer = self._page(
            language,
            [],
            status=problem.status,
            key=form["key"],
            id=form["id"],
            draft=form["text"],
            problem=words,
        )
        if "retry_after" in problem.gaps:
            answer.headers["Retry-After"] = str(problem.gaps["retry_after"])
        return answer

    def _failed(
        self, request: Request, language: Language, error: Exception, form: Optional[_Form] = None
    ) -> Response:
        """The database does not answer: the numbers do, and nothing written is lost."""
        _log.error("request_failed path=%s error=%s", request.url.path, type(error).__name__)
        given = {"key": form["key"], "id": form["id"], "draft": form["text"]} if form else {}
        words = problems.words("failed", language)
        return self._page(language, [], status=503, problem=words, **given)


def _see(
    language: str, *, view: Optional[str] = None, done: Optional[str] = None
) -> RedirectResponse:
    """Sends on to the page to read; a conversation opens where the newest answer begins."""
    address = f"/?lang={language}"
    if view:
        address += f"&view={view}#latest"
    elif done:
        address += f"&done={done}"
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})
