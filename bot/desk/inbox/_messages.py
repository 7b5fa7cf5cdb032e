"""Messages left for the office: read, answered elsewhere, turned into a call, and deleted."""

import re
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from bot.desk.access import Access, Form, to
from bot.desk.rendering import Rendering
from bot.store import Handoffs

PATH = "/desk/inbox/messages"


class Messages:
    """/desk/inbox/messages. `days`: a message is kept after its writer agreed."""

    def __init__(self, access: Access, pages: Rendering, days: int) -> None:
        self._access = access
        self._pages = pages
        self._kept = timedelta(days=days)

    def add_to(self, router: APIRouter) -> None:
        """Adds the addresses."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route(PATH, self.show, **hidden)
        router.add_api_route(PATH + "/{number}/done", self.done, methods=["POST"], **hidden)

    async def show(self, request: Request) -> Response:
        """All that wait, oldest first, each with the way its writer chose."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        handoffs: Handoffs = request.app.state.handoffs
        rows: list[dict[str, Any]] = [
            {
                "message": message,
                "until": message.consented_at + self._kept,
                # As it was written: a number of another country must not become one of ours.
                "dialled": re.sub(r"[^\d+]", "", message.contact),
            }
            for message in handoffs.left_messages()
        ]
        for row in rows:
            request.app.state.workers.note(worker.id, "message_read", str(row["message"].id))
        return self._pages.page(request, "left_messages.html", worker=worker, rows=rows)

    async def done(self, request: Request, number: int) -> Response:
        """Dealt with: deleted at once."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        self._access.demand(request, Form(await request.body())["csrf"])
        if request.app.state.handoffs.remove_message(number):
            request.app.state.workers.note(worker.id, "message_done", str(number))
        return to(PATH)
