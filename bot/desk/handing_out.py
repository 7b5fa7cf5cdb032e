"""The sheet of a referral: to print, as a PDF, as an e-mail."""

from datetime import datetime
from typing import Any, Optional, Union

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from bot import qr
from bot.desk.access import Access, to
from bot.desk.referring import kept
from bot.desk.rendering import NAMES, Rendering
from bot.desk.sheet_pdf import pdf
from bot.desk.sheets import FALLBACK, Sheet, sheet
from bot.store import Referral, Worker
from knowledge import LANGUAGES, LUXEMBOURG, UnknownId, directory


class HandingOut:
    """Sheets. `public_url`: where the pages of services are reached, for the QR code."""

    def __init__(self, access: Access, pages: Rendering, public_url: Optional[str]) -> None:
        self._access = access
        self._pages = pages
        self._public_url = public_url

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/referrals/{number}/sheet and sheet.pdf.

        `in`: the language of the sheet, else the client's. `client=yes`: with name and phone.
        """
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/referrals/{number}/sheet", self.page, **hidden)
        router.add_api_route("/desk/referrals/{number}/sheet.pdf", self.file, **hidden)

    async def page(self, request: Request, number: str) -> Response:
        """The sheet to print, with its PDF and its e-mail."""
        asked = self._made(request, number)
        if isinstance(asked, Response):
            return asked
        worker, referral, made = asked
        return self._pages.page(
            request,
            "sheet.html",
            worker=worker,
            referral=referral,
            sheet=made,
            code=qr.svg(made.address) if made.address else None,
            named=bool(made.client),
            spoken=_foreign(_wanted(request, referral)),
            languages=NAMES,
        )

    async def file(self, request: Request, number: str) -> Response:
        """The same as a PDF."""
        asked = self._made(request, number)
        if isinstance(asked, Response):
            return asked
        _, referral, made = asked
        # Drawing takes a tenth of a second; everybody else goes on meanwhile.
        content = await run_in_threadpool(pdf, made)
        name = f'inline; filename="{referral.service}.pdf"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return Response(content, media_type="application/pdf", headers=headers)

    def _made(
        self, request: Request, number: str
    ) -> Union[Response, tuple[Worker, Referral, Sheet]]:
        """Who asks, the referral and its sheet; or where to go instead."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        referral = kept(request, number)
        made = self._sheet(request, worker, referral) if referral else None
        if referral is None or made is None:
            return to("/desk/referrals")
        return worker, referral, made

    def _sheet(self, request: Request, worker: Worker, referral: Referral) -> Optional[Sheet]:
        """None when the service is gone from the directory. Making one is recorded."""
        knowledge = directory().current
        try:
            service = knowledge.service(referral.service)
        except UnknownId:
            return None
        wanted = _wanted(request, referral)
        asked = request.query_params.get("in") or wanted
        language = next((code for code in LANGUAGES if code == asked), FALLBACK)
        named = request.query_params.get("client") == "yes" and referral.consent is not None
        request.app.state.workers.note(worker.id, "sheet_made", str(referral.id))
        return sheet(
            knowledge,
            service,
            language,
            self._pages.words[language]["sheet"],
            datetime.now(LUXEMBOURG),
            public_url=self._public_url,
            spoken=_foreign(wanted),
            client=(referral.name, referral.phone) if named else (None, None),
        )


def _wanted(request: Request, referral: Referral) -> str:
    """The language the client wanted, as the call has it; empty when nobody asked."""
    call = request.app.state.calls.get(referral.call)
    return str(call.record.get("wanted") or "") if call else ""


def _foreign(wanted: str) -> Optional[str]:
    """The language that says which one the sheet is in; None where it is one of ours."""
    if not wanted or wanted in LANGUAGES:
        return None
    return "pt" if wanted == "pt" else "en"
