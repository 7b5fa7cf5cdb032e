"""A worker's session in the browser: a cookie only this site gets, and a token in every form."""

import hmac
import math
from typing import Optional
from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.limits import Limit
from bot.problems import Problem, language_of
from bot.store import LONGEST_SIGN_IN, Role, Worker, Workers, csrf_of
from knowledge import LANGUAGES, Language

_LANGUAGE = "desk_lang"
_RANKS: tuple[Role, ...] = ("worker", "editor", "manager")


class Form:
    """What a form sent: texts a database can keep."""

    def __init__(self, body: bytes) -> None:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        self._fields = {k: [v.replace("\x00", "") for v in vs] for k, vs in fields.items()}

    def __getitem__(self, name: str) -> str:
        return (self._fields.get(name) or [""])[-1]

    def all(self, name: str) -> list[str]:
        return self._fields.get(name, [])

    def typed(self) -> list[str]:
        """What a person wrote: every text of two words or more, once."""
        texts = (text for texts in self._fields.values() for text in texts)
        return [text for text in dict.fromkeys(texts) if len(text.split()) > 1]


class Access:
    """Sessions of one site. `secure`: behind https, where cookies travel encrypted only."""

    def __init__(self, *, secure: bool, per_minute: int = 10) -> None:
        self._secure = secure
        # The prefix makes browsers refuse the cookie from any other host or path.
        self._cookie = "__Host-desk" if secure else "desk"
        self._lent = "__Host-desk_oidc" if secure else "desk_oidc"
        self._clients = Limit(per_minute, kind="desk address")
        self._names = Limit(per_minute // 2, kind="desk name")

    def take(self, request: Request, name: Optional[str] = None) -> None:
        """Counts a log-in, by address and by the name, if one was written. Raises Problem 429."""
        client = request.client.host if request.client else ""
        together = getattr(request.app.state, "buckets", None)
        wait = self._clients.take(client, together)
        if not wait and name is not None:
            wait = self._names.take(name.strip().casefold(), together)
        if wait:
            raise Problem(429, "too_many", retry_after=math.ceil(wait))

    def key(self, request: Request) -> str:
        return request.cookies.get(self._cookie, "")

    def worker(self, request: Request, *, goes_on: bool = True) -> Optional[Worker]:
        """Who is signed in. `goes_on`: a person asked, not the page by itself."""
        key = self.key(request)
        workers: Workers = request.app.state.workers
        return workers.of_session(key, goes_on=goes_on) if key else None

    def csrf(self, request: Request) -> str:
        """The token for the forms of this session."""
        return csrf_of(self.key(request))

    def demand(self, request: Request, token: str) -> None:
        """Raises Problem 403 when a form is not of this session."""
        if not hmac.compare_digest(self.csrf(request), token):
            raise Problem(403, "old_form")

    def permitted(self, request: Request, role: Role) -> Worker:
        """Who is signed in, with this role or a higher one. Raises Problem 403, or 401 for nobody.

        For what a page's forms and scripts ask; a page itself sends strangers to sign in.
        """
        worker = self.worker(request)
        if worker is None:
            raise Problem(401, "signed_out")
        if not at_least(worker, role):
            raise Problem(403, "not_your_role")
        return worker

    def begin(self, response: Response, key: str) -> None:
        response.set_cookie(
            self._cookie, key, path="/", httponly=True, samesite="strict", secure=self._secure
        )

    def end(self, response: Response) -> None:
        response.delete_cookie(
            self._cookie, path="/", httponly=True, samesite="strict", secure=self._secure
        )

    def lend(self, response: Response, browser: str) -> None:
        """Marks a browser that goes to sign in elsewhere; it brings the mark back from there."""
        response.set_cookie(
            self._lent,
            browser,
            max_age=int(LONGEST_SIGN_IN.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def lent(self, request: Request) -> str:
        return request.cookies.get(self._lent, "")

    def give_back(self, response: Response) -> None:
        response.delete_cookie(
            self._lent, path="/", httponly=True, samesite="lax", secure=self._secure
        )

    def speak(self, response: Response, language: Language) -> None:
        """Remembers the language of the pages in this browser."""
        response.set_cookie(
            _LANGUAGE, language, path="/desk", httponly=True, samesite="strict", secure=self._secure
        )


def spoken(request: Request) -> Language:
    """`?lang=`, else what this browser chose before, else what it likes best."""
    chosen = request.query_params.get("lang") or request.cookies.get(_LANGUAGE)
    return next((code for code in LANGUAGES if code == chosen), None) or language_of(request)


def at_least(worker: Worker, role: Role) -> bool:
    """Whether a role includes another: managers may what editors may, and so on."""
    return _RANKS.index(worker.role) >= _RANKS.index(role)


def to(path: str) -> RedirectResponse:
    """Sends the browser on to read a page after a form."""
    return RedirectResponse(path, status_code=303)
