"""The directory for workers: the list of what is missing or old, an entry, its history."""

from datetime import datetime, timezone
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from bot.desk.access import at_least, spoken
from bot.desk.editor._entries import State, UnknownEntry
from bot.desk.editor._room import Room, address, key_of
from bot.desk.editor._survey import FILTERS, SORTS, sorted_by, survey
from bot.problems import Problem
from bot.store import Edit, Worker
from knowledge import HOW, KINDS, LUXEMBOURG, confirmable


class Reading(Room):
    """What every worker may read."""

    def add_to(self, router: APIRouter) -> None:
        """Adds the list, an entry and its history."""
        for path, page in (
            ("/desk/directory", self.all),
            ("/desk/directory/{kind}/{name}", self.one),
            ("/desk/directory/{kind}/{name}/history", self.history),
        ):
            router.add_api_route(path, page, include_in_schema=False, response_class=Response)

    async def all(self, request: Request) -> Response:
        """Every entry with what is missing, unconfirmed or overdue."""
        worker = self.enter(request, "worker")
        if isinstance(worker, Response):
            return worker
        asked = request.query_params
        sort = asked.get("sort") if asked.get("sort") in SORTS else SORTS[0]
        shown = asked.get("show") if asked.get("show") in FILTERS else FILTERS[0]
        text = asked.get("q", "")[:80]
        entries = self.entries(request)
        newest, conflicts = entries.newest(), entries.conflicts()
        at = datetime.now(LUXEMBOURG)
        rows = await run_in_threadpool(
            survey, entries.knowledge, newest, conflicts, spoken(request), at, days=self._days
        )
        return self._pages.page(
            request,
            "directory.html",
            worker=worker,
            rows=sorted_by([r for r in rows if r.passes(str(shown)) and r.named(text)], str(sort)),
            conflicts=[r for r in rows if r.conflict],
            problems=entries.problems,
            sort=sort,
            shown=shown,
            text=text,
            sorts=SORTS,
            filters=FILTERS,
            kinds=KINDS,
            how=HOW,
            days=self._days,
            edits=at_least(worker, "editor"),
            done=_number(asked.get("confirmed")),
        )

    async def one(self, request: Request, kind: str, name: str) -> Response:
        """An entry as visitors see it, and what can be done with it."""
        worker = self.enter(request, "worker")
        if isinstance(worker, Response):
            return worker
        state = self.state(request, key_of(kind, name))
        knowledge = self.entries(request).knowledge
        previews = await run_in_threadpool(self.previews, request, knowledge, state.key)
        return self._pages.page(
            request,
            "directory_entry.html",
            **self._about(request, worker, state),
            previews=previews,
            confirmable=confirmable(state.content),
            how=HOW,
            # What the release says and what was edited, where they go apart.
            conflict=self.told(request, state.key, state.on_disk or {}, state.content)
            if state.conflict
            else [],
            said=request.query_params.get("said", ""),
            today=datetime.now(LUXEMBOURG).date(),
            fixed=kind == "association",
        )

    async def history(self, request: Request, kind: str, name: str) -> Response:
        """Every version: who, when, what changed."""
        worker = self.enter(request, "worker")
        if isinstance(worker, Response):
            return worker
        state = self.state(request, key_of(kind, name))
        names = request.app.state.workers.names()
        undone = {v.undoes: v.number for v in state.versions if v.undoes}
        versions = [self._version(request, state, v, names) for v in reversed(state.versions)]
        return self._pages.page(
            request,
            "directory_history.html",
            **self._about(request, worker, state),
            versions=versions,
            undone=undone,
        )

    def state(self, request: Request, key: str) -> State:
        """Raises Problem 404."""
        try:
            return self.entries(request).state(key)
        except UnknownEntry:
            raise Problem(404, "not_found") from None

    def _about(self, request: Request, worker: Worker, state: State) -> dict[str, Any]:
        """What every page of an entry shows."""
        return {
            "worker": worker,
            "state": state,
            "home": address(state.key),
            "title": state.content["name"][spoken(request)],
            "edits": at_least(worker, "editor"),
        }

    def _version(
        self, request: Request, state: State, version: Edit, names: dict[int, str]
    ) -> dict[str, object]:
        return {
            "number": version.number,
            "deed": version.deed,
            "who": names.get(version.worker, "?"),
            "at": version.at.replace(tzinfo=timezone.utc).astimezone(LUXEMBOURG),
            "undoes": version.undoes,
            "taken_in": version.taken_in_at is not None,
            "told": self.told(request, state.key, state.until(version.number), version.content),
            "undoable": bool(version.changed) and version.deed != "created",
        }


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdigit() and len(text) < 6 else 0
