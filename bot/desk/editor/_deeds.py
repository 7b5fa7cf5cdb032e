"""The changes of one press: confirmed today, taken back, retired, a conflict decided."""

from datetime import datetime
from typing import Optional
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from bot.desk.access import Form, to
from bot.desk.editor._changes import changed, part, with_part
from bot.desk.editor._entries import Outdated, State, is_key
from bot.desk.editor._reading import Reading
from bot.desk.editor._room import address, key_of
from bot.problems import Problem
from bot.signs import clean_lines
from bot.store import EditKind, Worker
from knowledge import (
    FACT_FIELDS,
    HOW,
    LUXEMBOURG,
    Document,
    confirm,
    source_of,
)

_WHO, _REASON, _MOST = 80, 500, 200


class Deeds(Reading):
    """Each is tried as a form is, and kept as a version."""

    def add_to(self, router: APIRouter) -> None:
        """Adds them."""
        one = "/desk/directory/{kind}/{name}"
        for path, deed in (
            ("/desk/directory/confirm", self.confirm_all),
            (f"{one}/confirm", self.confirm),
            (f"{one}/undo", self.undo),
            (f"{one}/retire", self.retire),
            (f"{one}/settle", self.settle),
        ):
            router.add_api_route(
                path, deed, methods=["POST"], include_in_schema=False, response_class=Response
            )

    async def confirm(self, request: Request, kind: str, name: str) -> Response:
        """ "Confirmed today", for the entry or one field of it."""
        worker = self.enter(request, "editor")
        if isinstance(worker, Response):
            return worker
        state, form = self.state(request, key_of(kind, name)), await self.form(request)
        fields = [form["field"]] if form["field"] in FACT_FIELDS else None
        document = self._confirmed(form, state, fields)
        return await self._change(request, worker, state, document, "confirmed", form)

    async def confirm_all(self, request: Request) -> Response:
        """ "Confirmed today", for several entries of the list."""
        worker = self.enter(request, "editor")
        if isinstance(worker, Response):
            return worker
        form, done = await self.form(request), 0
        for key in list(dict.fromkeys(form.all("entry")))[:_MOST]:
            if is_key(key):
                state = self.state(request, key)
                document = self._confirmed(form, state, None)
                if await self._saved(request, worker, state, document, "confirmed") == "saved":
                    done += 1
        return to(f"/desk/directory?confirmed={done}")

    async def undo(self, request: Request, kind: str, name: str) -> Response:
        """Takes back what one version changed; what came later in other fields stays."""
        worker = self.enter(request, "editor")
        if isinstance(worker, Response):
            return worker
        state, form = self.state(request, key_of(kind, name)), await self.form(request)
        text = form["version"]
        number = int(text) if text.isdigit() and len(text) < 9 else 0
        if not 1 <= number <= state.number:
            raise Problem(404, "not_found")
        before, after = state.until(number), state.versions[number - 1].content
        document = state.content
        for path in changed(before, after):
            document = with_part(document, path, part(before, path))
        return await self._change(request, worker, state, document, "undone", form, number)

    async def retire(self, request: Request, kind: str, name: str) -> Response:
        """Hides an entry with day and reason, or shows it again."""
        worker = self.enter(request, "editor")
        if isinstance(worker, Response):
            return worker
        state, form = self.state(request, key_of(kind, name)), await self.form(request)
        if form["do"] == "restore":
            document = with_part(state.content, "retired", None)
            return await self._change(request, worker, state, document, "restored", form)
        reason = clean_lines(form["reason"]).strip()[:_REASON]
        since = form["since"] or datetime.now(LUXEMBOURG).date().isoformat()
        if not reason or since > datetime.now(LUXEMBOURG).date().isoformat():
            return to(f"{address(state.key)}?said=reason")
        document = with_part(state.content, "retired", {"since": since, "reason": reason})
        return await self._change(request, worker, state, document, "retired", form)

    async def settle(self, request: Request, kind: str, name: str) -> Response:
        """Decides a conflict: what was edited stays, or what the release says counts."""
        worker = self.enter(request, "editor")
        if isinstance(worker, Response):
            return worker
        state, form = self.state(request, key_of(kind, name)), await self.form(request)
        ours = form["do"] == "keep" or state.on_disk is None
        document = state.content if ours else state.on_disk or {}
        return await self._change(request, worker, state, document, "settled", form)

    def _confirmed(self, form: Form, state: State, fields: Optional[list[str]]) -> Document:
        day = datetime.now(LUXEMBOURG).date()
        how = next((h for h in HOW if h == form["how"]), HOW[1])
        who = " ".join(clean_lines(form["who"]).split())[:_WHO]
        return confirm(state.content, source_of(how, who, day), day, fields=fields)

    async def _change(
        self,
        request: Request,
        worker: Worker,
        state: State,
        document: Document,
        deed: EditKind,
        form: Form,
        undoes: Optional[int] = None,
    ) -> Response:
        """A change of one press; refused when the page was of another version."""
        said = "outdated"
        if form["seen"] == state.seen:
            said = await self._saved(request, worker, state, document, deed, undoes)
        return to(f"{address(state.key)}?said={quote(said)}")

    async def _saved(
        self,
        request: Request,
        worker: Worker,
        state: State,
        document: Document,
        deed: EditKind,
        undoes: Optional[int] = None,
    ) -> str:
        """What happened: saved, nothing, outdated or refused."""
        entries = self.entries(request)
        trial = await run_in_threadpool(entries.try_out, state.key, document)
        if trial.knowledge is None:
            return "refused"
        try:
            number = await run_in_threadpool(
                entries.save, state, state.key, trial.document,
                deed=deed, worker=worker.id, undoes=undoes,
            )  # fmt: skip
        except Outdated:
            return "outdated"
        if number is None:
            return "nothing"
        self.note(request, worker, f"directory_{deed}", state.key)
        return "saved"
