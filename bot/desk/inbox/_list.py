"""The list of who waits for a person and who is answered, and the worker's own presence."""

from datetime import datetime, timezone
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot import roles
from bot.desk.access import Access, Form, spoken, to
from bot.desk.inbox._presence import here, office
from bot.desk.rendering import COUNTS, Rendering
from bot.problems import Problem
from bot.store import Handoffs, Worker
from knowledge import LANGUAGES, directory

PATH = "/desk/inbox"


def _count(request: Request) -> int:
    """How many wait."""
    handoffs: Handoffs = request.app.state.handoffs
    return len(handoffs.waiting())


COUNTS[PATH] = _count


class List:
    """/desk/inbox, and what its script asks."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds the addresses."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route(PATH, self.show, **hidden)
        router.add_api_route(f"{PATH}/list", self.rows, **hidden)
        router.add_api_route(f"{PATH}/presence", self.choose, methods=["POST"], **hidden)
        router.add_api_route("/desk/api/inbox", self.count, **hidden)

    async def show(self, request: Request) -> Response:
        """The whole page."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        seat = here(request, worker)
        return self._page(
            request,
            "inbox.html",
            worker,
            seat=seat,
            roles={key: roles.words(key, spoken(request)) for key in roles.ROLES},
            office=office(),
            done=request.query_params.get("done", ""),
        )

    async def rows(self, request: Request) -> Response:
        """The rows only, asked for by the page itself."""
        worker = self._access.worker(request, goes_on=False)
        if worker is None:
            raise Problem(403, "foreign_origin")
        here(request, worker)
        return self._page(request, "inbox_rows.html", worker)

    async def count(self, request: Request) -> Response:
        """How many wait; every page of the desk asks, and so says that its worker is there."""
        worker = self._access.worker(request, goes_on=False)
        if worker is None:
            raise Problem(403, "foreign_origin")
        here(request, worker)
        return JSONResponse({"waiting": _count(request)})

    async def choose(self, request: Request) -> Response:
        """Whether the worker is there for visitors, and as whom."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        form = Form(await request.body())
        self._access.demand(request, form["csrf"])
        role = form["role"] if form["role"] in roles.ROLES else None
        away = form["away"] == "yes"
        request.app.state.handoffs.choose(str(worker.id), away=away, role=role)
        request.app.state.workers.note(worker.id, "inbox_away" if away else "inbox_here")
        return to(PATH)

    def _page(self, request: Request, template: str, worker: Worker, **values: Any) -> Response:
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        language, knowledge = spoken(request), directory().current
        names = request.app.state.workers.names()
        talks = request.app.state.inbox.talks()
        rows: list[dict[str, Any]] = [
            {
                "talk": talk,
                "minutes": max(0, int((now - talk.since).total_seconds() // 60)),
                "lang": talk.lang if talk.lang in LANGUAGES else None,
                "need": knowledge.needs[talk.need or ""].label.in_(language)
                if talk.need in knowledge.needs
                else None,
                "name": names.get(talk.worker or 0),
                "mine": talk.worker == worker.id,
            }
            for talk in talks
        ]
        return self._pages.page(
            request,
            template,
            worker=worker,
            waiting=[row for row in rows if row["talk"].owner == "waiting"],
            answered=[row for row in rows if row["talk"].owner == "person"],
            left=len(request.app.state.handoffs.left_messages()),
            **values,
        )
