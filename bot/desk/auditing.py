"""Who did what and when, for managers."""

from typing import Any

from fastapi import APIRouter, Request, Response

from bot.desk.access import Access, at_least, to
from bot.desk.rendering import Rendering
from bot.problems import Problem
from bot.store import Workers
from knowledge import LUXEMBOURG

_ON_A_PAGE = 50


class Auditing:
    """The page of the record."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/audit."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/audit", self.show, **hidden)

    async def show(self, request: Request) -> Response:
        """The newest deeds, or those before a number (`?before=`)."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        if not at_least(worker, "manager"):
            raise Problem(403, "not_your_role")
        asked = request.query_params.get("before", "")
        before = int(asked) if asked.isdecimal() and len(asked) < 12 else None
        workers: Workers = request.app.state.workers
        found = workers.latest(before=before, most=_ON_A_PAGE + 1)
        shown = found[:_ON_A_PAGE]
        names = {w.id: w.name for w in workers.all()}
        workers.note(worker.id, "audit_read")
        return self._pages.page(
            request,
            "audit.html",
            worker=worker,
            rows=[
                {
                    "number": number,
                    "at": deed.at_in(LUXEMBOURG).strftime("%d.%m.%Y %H:%M:%S"),
                    "who": names.get(deed.worker, ""),
                    "did": deed.did,
                    "about": deed.about or "",
                }
                for number, deed in shown
            ],
            before=before,
            older=shown[-1][0] if len(found) > _ON_A_PAGE else None,
        )
