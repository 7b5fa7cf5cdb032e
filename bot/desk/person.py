"""/desk/person: what is kept of one person, as a file, and its erasure (GDPR art. 15, 17, 20)."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from bot.desk.access import Access, Form, at_least, to
from bot.desk.rendering import Rendering
from bot.problems import Problem
from bot.store import Found, People, Sought, Worker

_FIELDS = ("phone", "email", "name", "conversation")
_LONGEST = 254


class PersonsData:
    """Finds by what a person is known by. It is sent in forms only: addresses are written down."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/person and what its forms lead to."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/person", self.ask, **hidden)
        for path, form in (
            ("/desk/person", self.find),
            ("/desk/person/export", self.export),
            ("/desk/person/erase", self.erase),
        ):
            router.add_api_route(path, form, methods=["POST"], **hidden)

    async def ask(self, request: Request) -> Response:
        """The empty form."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        _permit(worker)
        return self._page(request, worker, Sought(), None)

    async def find(self, request: Request) -> Response:
        """What is kept, without its texts, to be chosen from."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        sought, found, _ = await self._read(request, worker)
        request.app.state.workers.note(worker.id, "person_sought")
        return self._page(request, worker, sought, found)

    async def export(self, request: Request) -> Response:
        """What was chosen, as a JSON file."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        sought, found, form = await self._read(request, worker)
        chosen = _chosen(found, form)
        if not chosen:
            return self._page(request, worker, sought, found, wrong="none_chosen")
        people: People = request.app.state.people
        kept = await run_in_threadpool(people.export, chosen)
        self._note(request, worker, "person_exported", chosen)
        headers = {
            "Content-Disposition": 'attachment; filename="person.json"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        text = json.dumps(kept, ensure_ascii=False, indent=2)
        return Response(text, media_type="application/json", headers=headers)

    async def erase(self, request: Request) -> Response:
        """Deletes what was chosen, when that was confirmed."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        sought, found, form = await self._read(request, worker)
        chosen = _chosen(found, form)
        if not chosen or form["sure"] != "yes":
            wrong = "not_sure" if chosen else "none_chosen"
            return self._page(request, worker, sought, found, wrong=wrong)
        assistant = getattr(request.app.state, "assistant", None)
        for one in chosen:
            if assistant and one.kind == "conversation":
                # After the turn that may be at work, which would write it again.
                await assistant.erase(one.id)
        people: People = request.app.state.people
        await run_in_threadpool(people.erase, chosen)
        self._note(request, worker, "person_erased", chosen)
        return self._page(request, worker, Sought(), None, erased=len(chosen))

    async def _read(self, request: Request, worker: Worker) -> tuple[Sought, list[Found], Form]:
        _permit(worker)
        form = Form(await request.body())
        self._access.demand(request, form["csrf"])
        sought = Sought(**{name: form[name].strip()[:_LONGEST] for name in _FIELDS})
        people: People = request.app.state.people
        return sought, await run_in_threadpool(people.find, sought), form

    def _note(self, request: Request, worker: Worker, did: str, chosen: list[Found]) -> None:
        for one in chosen:
            request.app.state.workers.note(worker.id, did, f"{one.kind} {one.id}")

    def _page(
        self,
        request: Request,
        worker: Worker,
        sought: Sought,
        found: list[Found] | None,
        *,
        wrong: str = "",
        erased: int = 0,
    ) -> Response:
        if found is not None and not sought.enough:
            wrong = "too_little"
        return self._pages.page(
            request,
            "person.html",
            worker=worker,
            status=422 if wrong else 200,
            fields=_FIELDS,
            sought=sought,
            found=found,
            wrong=wrong,
            erased=erased,
        )


def _permit(worker: Worker) -> None:
    if not at_least(worker, "manager"):
        raise Problem(403, "not_your_role")


def _chosen(found: list[Found], form: Form) -> list[Found]:
    """What was ticked, of what is found for the same words."""
    ticked = set(form.all("chosen"))
    return [one for one in found if f"{one.kind} {one.id}" in ticked]
