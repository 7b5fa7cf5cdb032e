"""Referrals: the list, a new one with what is known of the service, and its way to the end."""

from datetime import datetime
from typing import Any, Optional

from fastapi import APIRouter, Request, Response

from bot.desk.access import Access, Form, spoken, to
from bot.desk.names import service_name
from bot.desk.receiving import receiving
from bot.desk.records import missing, read_by, sent_about, whole
from bot.desk.referrals import (
    FIRST,
    KINDS,
    NEXT,
    REASONS,
    STATES,
    WITH_REASON,
    Beginning,
    Move,
    beginning,
    read_beginning,
    read_move,
    reason_of,
)
from bot.desk.rendering import Rendering
from bot.desk.times import age_days, moment
from bot.store import AlreadyReferred, Call, Referral, Referrals, Stale, Worker
from knowledge import LUXEMBOURG, Knowledge, Service, UnknownId, directory, unbroken

PER_PAGE = 20
_MOST_FOUND = 12
_OPEN = tuple(state for state in STATES if len(NEXT[state]) > 1)


class Referring:
    """The pages of referrals."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/referrals, the page of each, and /desk/calls/{number}/refer."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/referrals", self.all, **hidden)
        router.add_api_route("/desk/referrals/{number}", self.one, **hidden)
        router.add_api_route("/desk/referrals/{number}", self.move, methods=["POST"], **hidden)
        router.add_api_route("/desk/calls/{number}/refer", self.ask, **hidden)
        router.add_api_route("/desk/calls/{number}/refer", self.begin, methods=["POST"], **hidden)

    async def all(self, request: Request) -> Response:
        """The list, the oldest first. `state`: one of the ten, "open" or "all"; `service`."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        referrals: Referrals = request.app.state.referrals
        asked, language = request.query_params, spoken(request)
        state = asked["state"] if asked.get("state") in (*STATES, "all") else "open"
        states = {"open": _OPEN, "all": STATES}.get(state) or (state,)
        page = max(whole(asked.get("page", "")) or 1, 1)
        services = referrals.services()
        service = asked["service"] if asked.get("service") in services else None
        place = {"limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
        listed, count = referrals.find(states, service=service, **place)  # type: ignore[arg-type]
        workers = request.app.state.workers
        workers.note(worker.id, "referrals_listed", state)
        names, knowledge = workers.names(), directory().current
        return self._pages.page(
            request,
            "referrals.html",
            worker=worker,
            referrals=[
                {
                    "it": r,
                    "name": service_name(knowledge, r.service, language),
                    "who": names.get(r.worker, "–"),
                    "age": age_days(r.created_at),
                    "changed": moment(r.changed_at),
                }
                for r in listed
            ],
            count=count,
            page=page,
            pages=max(-(-count // PER_PAGE), 1),
            state=state,
            states=("open", "all", *STATES),
            service=service,
            services=[(s, service_name(knowledge, s, language)) for s in services],
        )

    async def ask(self, request: Request, number: str) -> Response:
        """Which service (`service`, or `q` to look for one), then the form for it."""
        asked = read_by(self._access, request, number)
        if isinstance(asked, Response):
            return asked
        worker, call = asked
        service = _service(directory().current, request.query_params.get("service", ""))
        return self._begun(request, worker, call, service, beginning(call))

    async def begin(self, request: Request, number: str) -> Response:
        """Keeps a new referral; one that goes on already is shown instead."""
        sent = await sent_about(self._access, request, number)
        if isinstance(sent, Response):
            return sent
        worker, form, call = sent
        service = _service(directory().current, form["service"])
        begun = read_beginning(form)
        if service is None or begun.wrong:
            return self._begun(request, worker, call, service, begun, status=422)
        words = self._pages.words[spoken(request)]["referrals"]
        referrals: Referrals = request.app.state.referrals
        try:
            referral = referrals.add(
                call.id,
                worker.id,
                service.id,
                begun.kind,  # type: ignore[arg-type]
                begun.state,  # type: ignore[arg-type]
                note=begun.note or None,
                consent=words["consent"] if begun.consented else None,
                name=begun.name or None,
                phone=begun.phone or None,
            )
        except AlreadyReferred as error:
            return to(f"/desk/referrals/{error.referral}?there=1")
        except Stale:
            return missing(number)
        request.app.state.workers.note(worker.id, "referral_begun", str(referral))
        return to(f"/desk/referrals/{referral}")

    async def one(self, request: Request, number: str) -> Response:
        """A referral with its steps. Reading it is recorded."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        referral = kept(request, number)
        if referral is None:
            return to("/desk/referrals")
        request.app.state.workers.note(worker.id, "referral_read", str(referral.id))
        there = "there" in request.query_params
        return self._shown(request, worker, referral, Move(), there=there)

    async def move(self, request: Request, number: str) -> Response:
        """Reaches the next state, or says what is missing, or that somebody was faster."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        form = Form(await request.body())
        self._access.demand(request, form["csrf"])
        referral = kept(request, number)
        if referral is None:
            return to("/desk/referrals")
        version = whole(form["version"]) or 0
        move = read_move(form, referral)
        if version != referral.version:
            move.wrong = ["stale"]
        if not move.wrong:
            try:
                request.app.state.referrals.move(
                    referral.id,
                    worker.id,
                    version,
                    move.state,
                    reason=reason_of(move),
                    note=move.note or None,
                    output=move.output or referral.output,
                )
            except Stale:
                move.wrong = ["stale"]
        if move.wrong:
            status = 409 if "stale" in move.wrong else 422
            now = kept(request, number)
            if now is None:
                return to("/desk/referrals")
            return self._shown(request, worker, now, move, status=status)
        request.app.state.workers.note(worker.id, "referral_moved", str(referral.id))
        return to(f"/desk/referrals/{referral.id}")

    def _begun(
        self,
        request: Request,
        worker: Worker,
        call: Call,
        service: Optional[Service],
        begun: Beginning,
        status: int = 200,
    ) -> Response:
        knowledge, language = directory().current, spoken(request)
        at = datetime.now(LUXEMBOURG)
        asked = request.query_params.get("q", "").strip()[:100]
        hits = knowledge.search(asked, language=language, limit=_MOST_FOUND) if asked else []
        chosen = call.record.get("services") or []
        return self._pages.page(
            request,
            "refer.html",
            worker=worker,
            status=status,
            call=call,
            begun=begun,
            kinds=KINDS,
            first=FIRST,
            about=receiving(knowledge, service, language, at) if service else None,
            chosen=[(s, service_name(knowledge, s, language)) for s in chosen],
            asked=asked,
            hits=unbroken([(h.id, h.name, h.summary) for h in hits if h.kind == "service"]),
        )

    def _shown(
        self,
        request: Request,
        worker: Worker,
        referral: Referral,
        move: Move,
        *,
        status: int = 200,
        there: bool = False,
    ) -> Response:
        knowledge, language = directory().current, spoken(request)
        service = _service(knowledge, referral.service)
        names = request.app.state.workers.names()
        at = datetime.now(LUXEMBOURG)
        steps = request.app.state.referrals.steps(referral.id)
        return self._pages.page(
            request,
            "referral.html",
            worker=worker,
            status=status,
            referral=referral,
            name=service_name(knowledge, referral.service, language),
            about=receiving(knowledge, service, language, at) if service else None,
            steps=[(s, moment(s.at), names.get(s.worker, "–")) for s in steps],
            consented=moment(referral.consented_at),
            following=NEXT[referral.state],
            with_reason=WITH_REASON,
            reasons=REASONS,
            move=move,
            there=there,
        )


def kept(request: Request, number: str) -> Optional[Referral]:
    """The referral of a number as an address has it."""
    referral: Optional[Referral] = request.app.state.referrals.get(whole(number) or 0)
    return referral


def _service(knowledge: Knowledge, name: str) -> Optional[Service]:
    try:
        return knowledge.service(name)
    except UnknownId:
        return None
