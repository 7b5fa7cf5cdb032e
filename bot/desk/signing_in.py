"""Signing in and out of the desk, and its first page."""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from bot.desk.access import Access, Form, to
from bot.desk.accounts import Accounts
from bot.desk.rendering import Rendering
from bot.desk.sealing import Seal
from bot.desk.times import day, today

#: Calls that are due, as many as the first page names.
_REMINDED = 5


class SigningIn:
    """The pages every worker meets first."""

    def __init__(
        self, access: Access, pages: Rendering, seal: Seal, *, openid: bool = False
    ) -> None:
        """`openid`: there is a provider to sign in at, too."""
        self._access = access
        self._pages = pages
        self._seal = seal
        self._openid = openid

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk, /desk/login and /desk/logout."""
        hidden = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk", self.home, **hidden)  # type: ignore[arg-type]
        router.add_api_route("/desk/login", self.ask, **hidden)  # type: ignore[arg-type]
        for path, form in (("/desk/login", self.sign_in), ("/desk/logout", self.sign_out)):
            router.add_api_route(path, form, methods=["POST"], **hidden)  # type: ignore[arg-type]

    async def home(self, request: Request) -> Response:
        """The first page of the desk."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        number = request.query_params.get("saved", "")
        saved = number if number.isdigit() and len(number) < 12 else ""
        listed, count = request.app.state.calls.find("due", today(), limit=_REMINDED)
        due = [(call, day(call.follow_up)) for call in listed]
        return self._pages.page(
            request, "home.html", worker=worker, saved=saved, due=due, due_count=count
        )

    async def ask(self, request: Request) -> Response:
        """The form to sign in with."""
        if self._access.worker(request):
            return to("/desk")
        out = self._openid and "out" in request.query_params
        return self._form(request, out=out)

    async def sign_in(self, request: Request) -> Response:
        """A new session: the old one of this browser ends, so none can be slipped in."""
        form = Form(await request.body())
        self._access.take(request, form["name"])
        workers = request.app.state.workers
        # Hashing takes a tenth of a second on purpose; everybody else goes on meanwhile.
        worker = await run_in_threadpool(
            Accounts(workers, self._seal).enter, form["name"], form["password"], form["code"]
        )
        if worker is None:
            return self._form(request, status=403, wrong=True, name=form["name"][:80])
        workers.close(self._access.key(request))
        workers.note(worker.id, "signed_in")
        response = to("/desk")
        self._access.begin(response, workers.open(worker.id))
        return response

    async def sign_out(self, request: Request) -> Response:
        """Ends the session."""
        worker = self._access.worker(request)
        if worker is not None:
            self._access.demand(request, Form(await request.body())["csrf"])
            request.app.state.workers.note(worker.id, "signed_out")
            request.app.state.workers.close(self._access.key(request))
            request.app.state.handoffs.gone(str(worker.id))
        # The session at the provider goes on; the page offers to end it, too.
        response = to("/desk/login?out=1" if worker and worker.subject else "/desk/login")
        self._access.end(response)
        return response

    def _form(
        self,
        request: Request,
        *,
        status: int = 200,
        wrong: bool = False,
        out: bool = False,
        name: str = "",
    ) -> Response:
        return self._pages.page(
            request,
            "login.html",
            status=status,
            wrong=wrong,
            openid=self._openid,
            out=out,
            held=name,
        )
