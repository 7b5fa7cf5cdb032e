"""What the page without JavaScript shows: a conversation, its beginning, or what went wrong."""

import logging
import secrets
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Optional
from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from bot import problems
from bot.channels.html import NAMES, Words, catalogue, environment, human, policy
from bot.channels.web._access import answers, assistant, conversations, handoffs, learning, pages
from bot.channels.web._happenings import told as told_in_words
from bot.channels.web._rating import rateable
from bot.channels.web._transcript import Said, newest, shown, told_of, transcript
from bot.problems import Problem
from bot.store import form_key
from knowledge import LANGUAGES, LUXEMBOURG, Language, directory

_log = logging.getLogger(__name__)
WORDS: dict[Language, Words] = {
    code: {**catalogue("words")[code], **words} for code, words in catalogue("chat").items()
}


class Form:
    """What a form sent: one value for each field, and texts a database can keep."""

    def __init__(self, body: bytes) -> None:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        self._fields = {name: values[-1].replace("\x00", "") for name, values in fields.items()}

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    @property
    def language(self) -> Optional[Language]:
        return next((code for code in LANGUAGES if code == self["lang"]), None)


class View:
    """Draws the page. `exit_url`, `frames`: as `create_plain` takes them."""

    def __init__(self, exit_url: str, frames: Iterable[str]) -> None:
        self._exit_url = exit_url
        origin = "/".join(exit_url.split("/")[:3])
        self._headers = policy(frames=frames, forms=("'self'", origin), connects=True)
        self._templates = environment()
        self._greetings: dict[Language, tuple[datetime, list[dict[str, Any]]]] = {}

    async def start(self, request: Request, language: Language, notice: Optional[str]) -> Response:
        """A new conversation; nothing is kept of it until the visitor says something."""
        greeting = await self._greeting(request, language)
        said = [Said("bot", lang=language, messages=shown(greeting))]
        return self._page(language, said, notice=notice)

    async def conversation(self, request: Request, view: str, language: Language) -> Response:
        """The conversation that the key `view` shows, or a new one where it shows nothing."""
        # A link on a foreign site could put a visitor into a conversation others can read.
        foreign = request.headers.get("sec-fetch-site") == "cross-site"
        held = None if foreign else pages(request).shown(view)
        if held is None:
            return await self.start(request, language, "expired")
        name = held.conversation
        entries = answers(request).of(name)
        happened = handoffs(request).happenings(name)
        told = [told_of(h.id, *told_in_words(assistant(request), h)) for h in happened]
        if happened:
            handoffs(request).delivered(name, happened[-1].id)
        owner = handoffs(request).owner(name)
        last = entries[-1].answer if entries else None
        rated = rateable(entries, owner)
        return self._page(
            language,
            transcript(entries, [one for one in told if one]),
            view=view,
            key=form_key(view),
            draft=held.draft or "",
            # Each time another address: browsers do not load one again that ends in "#latest".
            look=time.time_ns(),
            waits=owner != "assistant" or bool(last and last["handoff"]),
            rate=rated,
            rating=conversations(request).rating(name, rated) if rated else None,
            learn=learning(request).agreed(name, rated) if rated else False,
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

    def refused(self, form: Form, language: Language, error: Exception) -> Response:
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

    def failed(
        self, request: Request, language: Language, error: Exception, form: Optional[Form] = None
    ) -> Response:
        """The database does not answer: the numbers do, and nothing written is lost."""
        _log.error("request_failed path=%s error=%s", request.url.path, type(error).__name__)
        given = {"key": form["key"], "id": form["id"], "draft": form["text"]} if form else {}
        words = problems.words("failed", language)
        return self._page(language, [], status=503, problem=words, **given)

    def _page(
        self, language: Language, said: list[Said], *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        # Each page sends a message of its own: a new id, so that it is answered once.
        given = {"key": "", "view": None, "draft": "", "waits": False, "notice": None}
        given |= {
            "rate": None,
            "rating": None,
            "learn": False,
            "problem": None,
            "id": secrets.token_hex(16),
            **values,
        }
        text = self._templates.get_template("chat.html").render(
            w=WORDS[language],
            words=WORDS,
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
