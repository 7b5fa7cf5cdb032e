"""Calls after they were saved: the list, reading one, closing it and opening it again."""

from typing import Any, Optional

from fastapi import APIRouter, Request, Response

from bot.desk.access import Access, spoken, to
from bot.desk.calls import CHOICES, UNMET, lacks_reason, may_close
from bot.desk.names import service_name
from bot.desk.records import (
    found,
    kept_until,
    missing,
    read_by,
    row,
    rows,
    sent_about,
    told_changes,
    whole,
)
from bot.desk.rendering import Rendering
from bot.desk.times import day, moment, today
from bot.store import Call, Calls, OpenReferral, Stale, Worker
from knowledge import directory

PER_PAGE = 20
SHOWN = ("open", "due", "closed", "all")
_DEEDS = {"close": "call_closed", "reopen": "call_reopened", "withdraw": "consent_withdrawn"}


class Following:
    """The pages of calls that are kept. `keep_days`, `keep_consented_days`: until deletion."""

    def __init__(
        self, access: Access, pages: Rendering, *, keep_days: int, keep_consented_days: int
    ) -> None:
        self._access = access
        self._pages = pages
        self._keep = (keep_days, keep_consented_days)

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/calls and the page of each call."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/calls", self.all, **hidden)
        router.add_api_route("/desk/calls/{number}", self.one, **hidden)
        router.add_api_route("/desk/calls/{number}", self.act, methods=["POST"], **hidden)

    async def all(self, request: Request) -> Response:
        """The list: what is due first. `show`, `whose`, `page`; `number` leads to one call."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        calls: Calls = request.app.state.calls
        asked = request.query_params
        number = whole(asked.get("number", ""))
        if number and calls.get(number):
            return to(f"/desk/calls/{number}")
        show = asked["show"] if asked.get("show") in SHOWN else "open"
        mine = asked.get("whose") == "mine"
        page = max(whole(asked.get("page", "")) or 1, 1)
        listed, count = calls.find(
            show,  # type: ignore[arg-type]
            today(),
            worker=worker.id if mine else None,
            limit=PER_PAGE,
            offset=(page - 1) * PER_PAGE,
        )
        workers = request.app.state.workers
        workers.note(worker.id, "calls_listed", show)
        knowledge, language, names = directory().current, spoken(request), workers.names()
        return self._pages.page(
            request,
            "calls.html",
            worker=worker,
            calls=[row(call, names, knowledge, language, today()) for call in listed],
            count=count,
            page=page,
            pages=max(-(-count // PER_PAGE), 1),
            show=show,
            shown=SHOWN,
            mine=mine,
            unknown=asked.get("number", "").strip()[:20],
        )

    async def one(self, request: Request, number: str) -> Response:
        """A call with its history and referrals. Reading it is recorded."""
        asked = read_by(self._access, request, number)
        if isinstance(asked, Response):
            return asked
        worker, call = asked
        return self._shown(request, worker, call, _said(call))

    async def act(self, request: Request, number: str) -> Response:
        """Closes a call, opens it again, or takes the consent back: `do` says which."""
        sent = await sent_about(self._access, request, number)
        if isinstance(sent, Response):
            return sent
        worker, form, call = sent
        calls: Calls = request.app.state.calls
        version, do = whole(form["version"]) or 0, form["do"]
        said = {key: form[key] if form[key] in CHOICES[key] else "" for key in _said(call)}
        wrong = _not_to_close(call, said) if do == "close" else None
        if wrong:
            return self._shown(request, worker, call, said, status=422, wrong=wrong)
        try:
            if do == "close":
                why = said["reason"] if said["outcome"] in UNMET else None
                calls.close(call.id, worker.id, version, said["outcome"], why)
            elif do == "reopen":
                calls.reopen(call.id, worker.id, version)
            elif do == "withdraw":
                calls.withdraw(call.id, worker.id)
        except Stale:
            now = found(request, number)
            if now is None:
                return missing(number)
            return self._shown(request, worker, now, said, status=409, wrong="stale")
        except OpenReferral:
            return self._shown(request, worker, call, said, status=422, wrong="open_referral")
        if do in _DEEDS:
            request.app.state.workers.note(worker.id, _DEEDS[do], str(call.id))
        return to(f"/desk/calls/{call.id}")

    def _shown(
        self,
        request: Request,
        worker: Worker,
        call: Call,
        said: dict[str, str],
        *,
        status: int = 200,
        wrong: str = "",
    ) -> Response:
        knowledge, language = directory().current, spoken(request)
        words = self._pages.words[language]
        names = request.app.state.workers.names()
        services = call.record.get("services") or []
        referrals = request.app.state.referrals.of_call(call.id)
        changes = request.app.state.calls.changes(call.id)
        return self._pages.page(
            request,
            "kept_call.html",
            worker=worker,
            status=status,
            call=call,
            rows=rows(call, knowledge, language, words),
            by=names.get(call.worker, "–"),
            at=moment(call.at),
            until=day(kept_until(call, *self._keep)),
            services=[(s, service_name(knowledge, s, language)) for s in services],
            referrals=[(r, service_name(knowledge, r.service, language)) for r in referrals],
            history=told_changes(changes, names, words),
            choices=CHOICES,
            said=said,
            wrong=wrong,
        )


def _said(call: Call) -> dict[str, str]:
    return {key: call.record.get(key) or "" for key in ("outcome", "reason")}


def _not_to_close(call: Call, said: dict[str, str]) -> Optional[str]:
    """What is missing before a call may be closed, as a key of the words."""
    if not may_close(call.record):
        return "wrong_action"
    if call.record.get("type") == "counselling" and said["outcome"] in ("", "open"):
        return "wrong_outcome"
    return "wrong_reason" if lacks_reason(said) else None
