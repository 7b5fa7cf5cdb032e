"""One conversation: read it, take it, write, show a service, hand it on, give it back."""

from datetime import datetime
from typing import Any, Optional

from fastapi import APIRouter, Request, Response

from bot.desk.access import Access, Form, at_least, spoken, to
from bot.desk.catalogues import catalogue
from bot.desk.inbox import _view
from bot.desk.inbox._draft import LONGEST, NOTE, Draft, insert, read, search
from bot.desk.inbox._list import PATH as INBOX
from bot.desk.inbox._presence import colleagues, here
from bot.desk.rendering import Rendering
from bot.limits import Limit
from bot.problems import Problem
from bot.store import Handoffs, Reason, States, Talk, Worker
from knowledge import LANGUAGES, LUXEMBOURG, UnknownId, directory

PATH = "/desk/inbox/talk/{name}"
_PER_MINUTE = 60


class Talking:
    """The pages of one conversation. Only who answers it, or a manager, acts in it."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages
        self._limit = Limit(_PER_MINUTE)
        self._canned = {code: catalogue("canned", code) for code in LANGUAGES}

    def add_to(self, router: APIRouter) -> None:
        """Adds the addresses."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route(PATH, self.show, **hidden)
        router.add_api_route(PATH + "/lines", self.lines, **hidden)
        for path, act in (
            ("/claim", self.claim),
            ("/write", self.write),
            ("/transfer", self.transfer),
            ("/back", self.give_back),
        ):
            router.add_api_route(PATH + path, act, methods=["POST"], **hidden)

    async def show(self, request: Request, name: str) -> Response:
        """The whole page."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        here(request, worker)
        return self._page(request, worker, name, Draft(), note=True)

    async def lines(self, request: Request, name: str) -> Response:
        """What was said so far, asked for by the page itself."""
        worker = self._access.worker(request, goes_on=False)
        if worker is None:
            raise Problem(403, "foreign_origin")
        here(request, worker)
        return self._page(request, worker, name, Draft(), template="talk_lines.html")

    async def claim(self, request: Request, name: str) -> Response:
        """The worker answers from now on, unless somebody was quicker."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        self._access.demand(request, Form(await request.body())["csrf"])
        seat = here(request, worker)
        if _handoffs(request).claim(name, worker.id, seat.role):
            request.app.state.workers.note(worker.id, "talk_claimed", name)
            return to(_path(name))
        talk = request.app.state.inbox.talk(name)
        mine = talk is not None and talk.worker == worker.id
        return to(_path(name) if mine else f"{INBOX}?done=taken")

    async def write(self, request: Request, name: str) -> Response:
        """Sends words or a card, or adds to what is being written. Never loses that."""
        form = Form(await request.body())
        draft = read(form)
        worker, talk = self._acting(request, form, name)
        if worker is None or talk is None:
            draft.wrong.append("wrong_session" if worker is None else "wrong_owner")
            return self._page(request, worker, name, draft, status=409 if worker else 403)
        script = form["script"] == "yes"
        language = _view.language_of(talk)
        if form["do"] == "canned":
            insert(draft, self._canned[language], form["canned"])
        elif form["do"] == "search":
            search(draft, directory().current, language)
            if script:
                return self._pages.page(request, "talk_hits.html", worker=worker, draft=draft)
        else:
            status = self._say(request, worker, talk, form, draft)
            if status != 200:
                return self._page(request, worker, name, draft, status=status)
            if script:
                return Response(status_code=204)
            if not form["service"]:
                return to(_path(name) + "#text")
            draft = Draft(draft.text)
        return self._page(request, worker, name, draft)

    async def transfer(self, request: Request, name: str) -> Response:
        """To a colleague who is there, or back to the list, with a word for the next."""
        form = Form(await request.body())
        draft = read(form)
        worker, talk = self._acting(request, form, name)
        if worker is None or talk is None:
            draft.wrong.append("wrong_session" if worker is None else "wrong_owner")
            return self._page(request, worker, name, draft, status=409 if worker else 403)
        handoffs = _handoffs(request)
        seat = next((s for s in colleagues(handoffs, worker) if s.who == form["to"]), None)
        if len(draft.note) > NOTE or (seat is None and form["to"] != "queue"):
            draft.wrong.append("wrong_note" if len(draft.note) > NOTE else "wrong_colleague")
            return self._page(request, worker, name, draft, status=422)
        if seat:
            done = handoffs.pass_on(name, int(seat.who), seat.role, worker=talk.worker)
        else:
            done = handoffs.put_back(name, worker=talk.worker)
        if not done:
            draft.wrong.append("wrong_owner")
            return self._page(request, worker, name, draft, status=409)
        if draft.note.strip():
            request.app.state.inbox.note(name, worker.id, draft.note.strip())
        deed = "talk_transferred" if seat else "talk_queued"
        request.app.state.workers.note(worker.id, deed, name)
        return to(f"{INBOX}?done={'transferred' if seat else 'queued'}")

    async def give_back(self, request: Request, name: str) -> Response:
        """The assistant answers again; `close`: and the person says that they are done."""
        form = Form(await request.body())
        worker, talk = self._acting(request, form, name)
        closes = form["do"] == "close"
        reason: Optional[Reason] = "closed" if closes else None
        done = talk and _handoffs(request).give_back(name, worker=talk.worker, reason=reason)
        if worker is None or not done:
            draft = read(form)
            draft.wrong.append("wrong_session" if worker is None else "wrong_owner")
            return self._page(request, worker, name, draft, status=409 if worker else 403)
        deed = "talk_closed" if closes else "talk_given_back"
        request.app.state.workers.note(worker.id, deed, name)
        return to(f"{INBOX}?done={'closed' if closes else 'back'}")

    def _acting(
        self, request: Request, form: Form, name: str
    ) -> tuple[Optional[Worker], Optional[Talk]]:
        """Who acts (None: no session, or not its form), and where, if they may."""
        worker = self._access.worker(request)
        if worker is None:
            return None, None
        try:
            self._access.demand(request, form["csrf"])
        except Problem:
            return None, None
        here(request, worker)
        talk: Optional[Talk] = request.app.state.inbox.talk(name)
        if talk is None or talk.owner != "person":
            return worker, None
        may = talk.worker == worker.id or at_least(worker, "manager")
        return worker, talk if may else None

    def _say(self, request: Request, worker: Worker, talk: Talk, form: Form, draft: Draft) -> int:
        """Words, or the card of the service that was chosen; the status of the answer."""
        language = _view.language_of(talk)
        text: Optional[str] = draft.text.strip()
        card = None
        if form["service"]:
            text = None
            try:
                service = directory().current.service(form["service"])
            except UnknownId:
                draft.wrong.append("wrong_service")
                return 422
            at = datetime.now(LUXEMBOURG)
            card = directory().current.service_card(service, language, at=at)
        elif not text or len(text) > LONGEST:
            draft.wrong.append("wrong_long" if text else "wrong_empty")
            return 422
        window = _view.window(talk, request.app.state.deliveries)
        if window and window.kind == "closed":
            draft.wrong.append("wrong_window")
            return 422
        if self._limit.take(str(worker.id)):
            draft.wrong.append("wrong_fast")
            return 429
        mine = talk.worker == worker.id
        seat = _handoffs(request).seat(str(worker.id))
        role = talk.role if mine else seat.role if seat else None
        given: dict[str, Any] = {"message": card, "worker": talk.worker, "once": draft.once}
        if not _handoffs(request).write(talk.conversation, text, language, role, **given):
            draft.wrong.append("wrong_owner")
            return 409
        deed = "card_sent" if card else "talk_written"
        request.app.state.workers.note(worker.id, deed, talk.conversation)
        return 200

    def _page(
        self,
        request: Request,
        worker: Optional[Worker],
        name: str,
        draft: Draft,
        *,
        template: str = "talk.html",
        status: int = 200,
        note: bool = False,
    ) -> Response:
        """The conversation, as far as this worker may read it; what they wrote in any case."""
        talk: Optional[Talk] = request.app.state.inbox.talk(name) if worker else None
        mine = bool(worker and talk and talk.worker == worker.id)
        manages = bool(worker and at_least(worker, "manager"))
        readable = talk and (mine or manages or talk.owner == "waiting")
        if worker is None or talk is None or not readable:
            status = status if status != 200 else 403 if talk else 404
            taken = talk is not None
            return self._pages.page(
                request, "talk_gone.html", worker=worker, status=status, draft=draft, taken=taken
            )
        if note:
            request.app.state.workers.note(worker.id, "talk_read", name)
        language, handoffs = _view.language_of(talk), _handoffs(request)
        names = request.app.state.workers.names()
        deliveries = request.app.state.deliveries
        states: States = request.app.state.states
        pressed = self._pages.words[spoken(request)]["pressed"]
        return self._pages.page(
            request,
            template,
            worker=worker,
            status=status,
            talk=talk,
            address=_path(name),
            draft=draft,
            lines=_view.lines(talk, states, handoffs, deliveries, spoken(request), pressed),
            window=_view.window(talk, deliveries),
            notes=request.app.state.inbox.notes(name),
            accounts=names,
            acts=talk.owner == "person" and (mine or manages),
            mine=mine,
            visitor=language,
            canned=self._canned[language],
            titles=self._canned[spoken(request)],
            colleagues=colleagues(handoffs, worker),
            longest=LONGEST,
            longest_note=NOTE,
        )


def _handoffs(request: Request) -> Handoffs:
    found: Handoffs = request.app.state.handoffs
    return found


def _path(name: str) -> str:
    return PATH.format(name=name)
