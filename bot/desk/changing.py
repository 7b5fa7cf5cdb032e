"""Changing a call: the form of the first call again, and what when two workers change it."""

from typing import Any

from fastapi import APIRouter, Request, Response

from bot.desk.access import Access, spoken, to
from bot.desk.calling import form_page
from bot.desk.calls import Draft, differences, of_call, onto, read
from bot.desk.records import found, label, missing, read_by, rows, sent_about, whole
from bot.desk.rendering import Rendering
from bot.desk.times import moment, today
from bot.store import Call, Calls, Stale
from knowledge import directory


class Changing:
    """The form of a call that is kept."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/calls/{number}/change."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        path = "/desk/calls/{number}/change"
        router.add_api_route(path, self.ask, **hidden)
        router.add_api_route(path, self.change, methods=["POST"], **hidden)

    async def ask(self, request: Request, number: str) -> Response:
        """The form of a call, filled in. Reading it is recorded."""
        asked = read_by(self._access, request, number)
        if isinstance(asked, Response):
            return asked
        worker, call = asked
        held: dict[str, Any] = {"number": call.id, "version": call.version}
        return form_page(self._pages, request, worker, of_call(call), **held)

    async def change(self, request: Request, number: str) -> Response:
        """Keeps what was changed; shows the form again when something is missing, or when
        somebody else changed the call meanwhile.
        """
        sent = await sent_about(self._access, request, number)
        if isinstance(sent, Response):
            return sent
        worker, form, call = sent
        draft, version = read(form, directory().current, today()), whole(form["version"]) or 0
        held: dict[str, Any] = {"number": call.id, "version": version}
        if draft.wrong:
            return form_page(self._pages, request, worker, draft, 422, **held)
        calls: Calls = request.app.state.calls
        try:
            calls.change(
                call.id,
                worker.id,
                version,
                onto(call, draft),
                consent=self._pages.words[spoken(request)]["consent"] if draft.consented else None,
                name=draft.name or None,
                phone=draft.phone or None,
                follow_up=draft.follow_up,
                fields=differences(call, draft),
            )
        except Stale:
            now = found(request, number)
            if now is None:
                return missing(number)
            held["version"] = now.version
            conflict = self._conflict(request, now, draft)
            return form_page(self._pages, request, worker, draft, 409, **held, conflict=conflict)
        request.app.state.workers.note(worker.id, "call_changed", str(call.id))
        return to(f"/desk/calls/{call.id}")

    def _conflict(self, request: Request, call: Call, draft: Draft) -> dict[str, Any]:
        """Who changed the call, and what is kept now where the form says something else."""
        language = spoken(request)
        words = self._pages.words[language]
        kept = dict(rows(call, directory().current, language, words))
        labels = [label(words, name) for name in differences(call, draft)]
        last = request.app.state.calls.changes(call.id)[-1:]
        names = request.app.state.workers.names()
        return {
            "who": names.get(last[0].worker, "–") if last else "–",
            "when": moment(call.changed_at),
            "fields": [(name, kept.get(name, "–")) for name in dict.fromkeys(labels)],
        }
