"""The first call: the form, what the notes say while they are typed, and the saved record."""

import json
from datetime import datetime
from typing import Any, Optional

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.desk.access import Access, Form, spoken, to
from bot.desk.calls import CHOICES, NEEDS, QUESTIONS, Draft, read
from bot.desk.names import need_name, service_name
from bot.desk.rendering import Rendering
from bot.desk.times import today
from bot.desk.triage import Case, Triage
from bot.problems import Problem
from bot.store import Worker
from knowledge import LUXEMBOURG, Knowledge, Language, Service, directory, unbroken

_FORM_HEADER = "x-desk-form"
_LONGEST = 4000


class Calling:
    """The pages of a first call."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/call and what its script asks."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/call", self.ask, **hidden)
        router.add_api_route("/desk/call", self.save, methods=["POST"], **hidden)
        router.add_api_route("/desk/api/triage", self.suggest, methods=["POST"], **hidden)

    async def ask(self, request: Request) -> Response:
        """An empty form, or one that begins with a message left for the office."""
        record = {"type": "counselling"}
        number, worker = request.query_params.get("message", ""), self._access.worker(request)
        if worker and number.isdecimal() and len(number) < 10:
            message = request.app.state.handoffs.left_message(int(number))
            if message:
                record |= {"notes": message.text, "wanted": message.lang or ""}
                request.app.state.workers.note(worker.id, "message_read", number)
        return self._form(request, Draft(record))

    async def save(self, request: Request) -> Response:
        """Keeps the call, or shows the form again with what is missing."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        form = Form(await request.body())
        self._access.demand(request, form["csrf"])
        draft = read(form, directory().current, today())
        if draft.wrong:
            return self._form(request, draft, status=422)
        words = self._pages.words[spoken(request)]
        number = request.app.state.calls.add(
            worker.id,
            draft.record,
            consent=words["consent"] if draft.consented else None,
            name=draft.name or None,
            phone=draft.phone or None,
            follow_up=draft.follow_up,
        )
        request.app.state.workers.note(worker.id, "call_saved", str(number))
        return to(f"/desk?saved={number}")

    async def suggest(self, request: Request) -> Response:
        """What the notes say so far; nothing of them is kept."""
        if self._access.worker(request) is None:
            raise Problem(403, "foreign_origin")
        self._access.demand(request, request.headers.get(_FORM_HEADER, ""))
        try:
            text = json.loads(await request.body())["text"]
        except (ValueError, KeyError, TypeError):
            text = None
        if not isinstance(text, str):
            raise Problem(422, "bad_json")
        triage: Triage = request.app.state.triage
        at = datetime.now(LUXEMBOURG)
        case = await triage.read(text[:_LONGEST], at=at)
        return JSONResponse(told(case, directory().current, spoken(request), at))

    def _form(self, request: Request, draft: Draft, status: int = 200) -> Response:
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        return form_page(self._pages, request, worker, draft, status)


def form_page(
    pages: Rendering,
    request: Request,
    worker: Worker,
    draft: Draft,
    status: int = 200,
    *,
    number: Optional[int] = None,
    version: int = 0,
    conflict: Optional[dict[str, Any]] = None,
) -> Response:
    """The form of a call: a new one, or the one of this `number` as it was at `version`.

    `conflict`: `who` changed it meanwhile, `when`, and `fields` as (name, text now kept).
    """
    knowledge = directory().current
    language = spoken(request)
    services = draft.record.get("services") or []
    return pages.page(
        request,
        "call.html",
        worker=worker,
        status=status,
        draft=draft,
        choices=CHOICES,
        questions=QUESTIONS,
        most_needs=NEEDS,
        needs={n: about.label.in_(language) for n, about in knowledge.needs.items()},
        places=[p.in_(language) for p in knowledge.places.values()],
        services=[(s, service_name(knowledge, s, language)) for s in services],
        number=number,
        version=version,
        conflict=conflict,
    )


def told(case: Case, knowledge: Knowledge, language: Language, at: datetime) -> dict[str, Any]:
    """What a note says, in words of the worker's language, each with what caused it."""
    cards = {s.id: knowledge.service_card(s.match.service, language, at=at) for s in case.services}
    lines = [knowledge.helpline_card(line, language, at=at) for line in case.helplines]
    place = knowledge.place(case.place).in_(language) if case.place else None
    return {
        "needs": [
            {"id": s.name, "label": need_name(knowledge, s.name, language), "words": s.words}
            for s in case.needs
        ],
        "crisis": [{"id": s.name, "words": s.words} for s in case.crisis],
        "risk": case.urgency.risk,
        "rule": case.urgency.rule,
        "level": case.urgency.level,
        "why": unbroken(case.urgency.why[language]),
        "because": case.urgency.words,
        "beside": [
            {"why": unbroken(why[language]), "words": words} for why, words in case.urgency.beside
        ],
        "place": place,
        "age": _band(case.ages),
        "household": case.household or "unknown",
        "services": [
            {
                "id": s.id,
                "name": cards[s.id]["name"],
                "phones": [p["number"] for p in cards[s.id]["phones"]],
                "open": cards[s.id]["open_now"],
                "confirmed": cards[s.id]["confirmed"],
                "places": _places(s.match.service, at),
                "why": unbroken(s.words(language)),
            }
            for s in case.services
        ],
        "helplines": [{"name": c["name"], "number": c["number"]} for c in lines],
    }


def _places(service: Service, at: datetime) -> Optional[str]:
    """What the service told of its places within the last week; None when it told nothing."""
    told = service.capacity
    return told.availability if told and told.holds(at.astimezone(LUXEMBOURG).date()) else None


def _band(ages: list[float]) -> str:
    """The age band of the eldest person, as the form has it."""
    if not ages:
        return "unknown"
    eldest = max(ages)
    for most, band in ((12, "0_11"), (18, "12_17"), (26, "18_25"), (60, "26_59")):
        if eldest < most:
            return band
    return "60"
