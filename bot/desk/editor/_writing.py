"""The directory for editors: the form of an entry, and new ones."""

from typing import Optional

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from bot.desk.access import spoken, to
from bot.desk.editor._changes import dated, merged
from bot.desk.editor._entries import Outdated, State, Trial, is_key
from bot.desk.editor._fields import Schema, with_row, without_row
from bot.desk.editor._reading import Reading
from bot.desk.editor._room import address, key_of
from bot.desk.times import today
from bot.problems import Problem
from bot.store import EditKind, Worker
from knowledge import (
    KINDS,
    Document,
)

#: How some values are written, for the gaps of the catalogue.
EXAMPLES = {
    "hours": "Mo-Fr 08:00-12:00,13:00-17:00",
    "season": "Nov 15-Apr 15",
    "id": "maison-des-jeunes-gare",
}
_NEW: Document = {"name": {}, "description": {}, "facts": {}}


class Writing(Reading):
    """The form. Every change is tried first, and kept as a version."""

    def add_to(self, router: APIRouter) -> None:
        """Adds the forms."""
        one = "/desk/directory/{kind}/{name}"
        for path, page, methods in (
            ("/desk/directory/new/{kind}", self.create, ["GET", "POST"]),
            (f"{one}/edit", self.edit, ["GET", "POST"]),
        ):
            router.add_api_route(
                path, page, methods=methods, include_in_schema=False, response_class=Response
            )

    async def edit(self, request: Request, kind: str, name: str) -> Response:
        """The form of an entry: shown, previewed or saved."""
        worker = self.enter(request, "editor")
        if isinstance(worker, Response):
            return worker
        state = self.state(request, key_of(kind, name))
        if request.method == "GET":
            return self._form(request, worker, state.key, state.content, state=state)
        form = await self.form(request)
        schema = Schema(state.key, self.entries(request).knowledge, spoken(request))
        base = state.before(form["seen"])
        before = base or state.content
        document = dated(before, schema.read(form.all, before), today())
        do, _, path = form["do"].partition(":")
        if do in ("add", "remove"):
            document = (with_row if do == "add" else without_row)(document, path)
            return self._form(
                request, worker, state.key, document, state=state, seen=form["seen"], at=path
            )
        if form["seen"] != state.seen:
            return await self._outdated(request, worker, state, document, base)
        return await self._try(request, worker, state, state.key, document, save=do == "save")

    async def create(self, request: Request, kind: str) -> Response:
        """A new service, partner or helpline."""
        worker = self.enter(request, "editor")
        if isinstance(worker, Response):
            return worker
        if kind not in KINDS:
            raise Problem(404, "not_found")
        if request.method == "GET":
            return self._form(request, worker, f"{kind}/", _NEW)
        form = await self.form(request)
        key = f"{kind}/{form['id'].strip()}"
        schema = Schema(key, self.entries(request).knowledge, spoken(request))
        document = dated(_NEW, schema.read(form.all, _NEW), today())
        document = {"id": form["id"].strip(), **document}
        if kind != "helplines":
            document["operator"] = "inter-actions" if kind == "services" else "partner"
        do, _, path = form["do"].partition(":")
        if do in ("add", "remove"):
            document = (with_row if do == "add" else without_row)(document, path)
            return self._form(request, worker, key, document, at=path)
        taken = is_key(key) and self.entries(request).exists(key)
        if taken or not is_key(key):
            wrong = Trial(document, errors={"id": ["id_taken" if taken else "id_form"]})
            return self._form(request, worker, key, document, trial=wrong)
        return await self._try(request, worker, None, key, document, save=do == "save")

    async def _try(
        self,
        request: Request,
        worker: Worker,
        state: Optional[State],
        key: str,
        document: Document,
        *,
        save: bool,
    ) -> Response:
        """Previews a change, or saves it when nothing is wrong with it."""
        entries = self.entries(request)
        trial = await run_in_threadpool(entries.try_out, key, document)
        if trial.knowledge is None or not save:
            return self._form(request, worker, key, document, state=state, trial=trial)
        deed: EditKind = "edited" if state else "created"
        try:
            await run_in_threadpool(
                entries.save, state, key, trial.document, deed=deed, worker=worker.id
            )
        except Outdated:
            now = self.state(request, key)
            return await self._outdated(
                request, worker, now, document, state.content if state else None
            )
        self.note(request, worker, f"directory_{deed}", key)
        return to(f"{address(key)}?said=saved")

    async def _outdated(
        self,
        request: Request,
        worker: Worker,
        state: State,
        document: Document,
        base: Optional[Document],
    ) -> Response:
        """Somebody saved meanwhile: says what; this form keeps its text and takes in the rest."""
        both: list[str] = []
        if base is not None:
            document, both = merged(base, state.content, document)
        theirs = self.told(request, state.key, base or {}, state.content)
        clashes = [self.label(request, path) for path in both]
        return self._form(
            request, worker, state.key, document, state=state, theirs=theirs, clashes=clashes
        )

    def _form(
        self,
        request: Request,
        worker: Worker,
        key: str,
        document: Document,
        *,
        state: Optional[State] = None,
        trial: Optional[Trial] = None,
        theirs: Optional[list[tuple[str, Optional[str], Optional[str]]]] = None,
        clashes: Optional[list[str]] = None,
        seen: Optional[str] = None,
        at: str = "",
    ) -> Response:
        schema = Schema(key, self.entries(request).knowledge, spoken(request))
        errors = trial.errors if trial else {}
        fields = schema.fields(document, errors)
        knowledge = trial.knowledge if trial else None
        kind = key.partition("/")[0]
        status = 409 if theirs is not None else 422 if trial and knowledge is None else 200
        return self._pages.page(
            request,
            "directory_edit.html",
            worker=worker,
            status=status,
            state=state,
            kind=kind,
            home=address(key) if state else "/desk/directory",
            action=f"{address(key)}/edit" if state else f"/desk/directory/new/{kind}",
            title=state.content["name"][spoken(request)] if state else "",
            fields=fields,
            examples=EXAMPLES,
            wrong=[f for top in fields for f in top.all() if f.errors],
            others=trial.others if trial else [],
            previews=self.previews(request, knowledge, key) if knowledge else [],
            theirs=theirs,
            clashes=clashes or [],
            seen=seen or (state.seen if state else ""),
            added=at,
            label=lambda path: self.label(request, path),
        )
