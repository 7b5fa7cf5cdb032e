"""Signing in at an OpenID provider: there, and back again."""

import logging
import secrets
from typing import Optional

from fastapi import APIRouter, Request, Response

from bot.desk.access import Access, to
from bot.desk.openid import BACK, Person, Provider, Refused, Unreachable
from bot.desk.rendering import Rendering
from bot.store import NameTaken, Worker, Workers

_log = logging.getLogger(__name__)
#: No hash of any password: nobody signs in here with one.
_UNUSABLE = "-"


class SigningInElsewhere:
    """The pages between the desk and the provider."""

    def __init__(self, access: Access, pages: Rendering, provider: Provider) -> None:
        self._access = access
        self._pages = pages
        self._provider = provider

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/oidc, where the provider sends back to, and where its session ends."""
        hidden = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/oidc", self.leave, **hidden)  # type: ignore[arg-type]
        router.add_api_route(BACK, self.come_back, **hidden)  # type: ignore[arg-type]
        router.add_api_route("/desk/oidc/out", self.sign_out, **hidden)  # type: ignore[arg-type]

    async def leave(self, request: Request) -> Response:
        """Sends the browser to the provider."""
        self._access.take(request)
        try:
            start = await self._provider.start()
        except Unreachable as error:
            return self._refuse(request, "openid_down", error, 503)
        browser = secrets.token_urlsafe(32)
        request.app.state.sign_ins.begin(start.state, browser, start.kept)
        response = to(start.address)
        self._access.lend(response, browser)
        return response

    async def come_back(self, request: Request) -> Response:
        """Lets in whom the provider vouches for. What came back counts once, in one browser."""
        self._access.take(request)
        given = request.query_params
        browser = self._access.lent(request)
        kept = request.app.state.sign_ins.take(given.get("state", ""), browser)
        if kept is None or not given.get("code"):
            return self._refuse(request, "openid_refused", None, 403)
        try:
            person = await self._provider.finish(given["code"], kept)
        except Refused as error:
            return self._refuse(request, "openid_refused", error, 403)
        except Unreachable as error:
            return self._refuse(request, "openid_down", error, 503)
        workers: Workers = request.app.state.workers
        try:
            worker = _account(workers, person)
        except NameTaken:
            return self._refuse(request, "openid_name_taken", None, 403)
        if worker is None:
            return self._refuse(request, "openid_no_role", None, 403)
        workers.close(self._access.key(request))
        workers.note(worker.id, "signed_in")
        # Not sent on: the browser would keep the strict cookie back, because another site began.
        response = self._pages.page(request, "openid.html", reason="")
        self._access.begin(response, workers.open(worker.id))
        self._access.give_back(response)
        return response

    async def sign_out(self, request: Request) -> Response:
        """Ends the session at the provider, too."""
        self._access.take(request)
        return to(await self._provider.leaving() or "/desk/login")

    def _refuse(
        self, request: Request, reason: str, error: Optional[Exception], status: int
    ) -> Response:
        _log.warning("sign_in_refused reason=%s error=%s", reason, error)
        response = self._pages.page(request, "openid.html", status=status, reason=reason)
        self._access.give_back(response)
        return response


def _account(workers: Workers, person: Person) -> Optional[Worker]:
    """The account of a person, made at the first sign-in; None for who may not enter.

    Their groups decide each time: who has left them all has no open session any more either.
    Raises NameTaken when another account has the name: nobody takes over an account by a name.
    """
    known = workers.of_subject(person.subject)
    if person.role is None:
        if known:
            workers.close_all(known.id)
        return None
    if known is None:
        number = workers.add(person.name, person.role, _UNUSABLE, subject=person.subject)
        workers.note(number, "account_made", str(number))
        return workers.of_subject(person.subject)
    if known.disabled_at:
        return None
    if known.role != person.role:
        workers.set_role(known.id, person.role)
        workers.note(known.id, "role_set", str(known.id))
    return known
