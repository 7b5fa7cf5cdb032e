"""When something goes wrong at the desk: a page that says so, and gives back what was typed."""

import logging
from typing import Any, Callable, Coroutine, Type

from fastapi import Request, Response
from fastapi.routing import APIRoute

from bot import problems
from bot.desk.access import Form, spoken
from bot.desk.rendering import Rendering
from bot.problems import Problem
from bot.store import AWAY
from knowledge import unbroken

_log = logging.getLogger(__name__)
_LOGIN = "/desk/login"
_LEAVING = (_LOGIN, "/desk/logout")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def failing_well(pages: Rendering) -> Type[APIRoute]:
    """Routes that answer browsers with a page where scripts get a problem document.

    A form that comes after the session ended is answered so, too, instead of by the way to
    sign in: what was typed would be lost.
    """

    class Route(APIRoute):
        def get_route_handler(self) -> Handler:
            answer = super().get_route_handler()

            async def answered(request: Request) -> Response:
                if "text/html" not in request.headers.get("accept", ""):
                    return await answer(request)
                try:
                    response = await answer(request)
                except Problem as problem:
                    return await _page(pages, request, problem)
                except Exception as error:  # whatever it is, what was typed comes back
                    return await _page(pages, request, _told(request, error))
                sent = request.method == "POST" and request.url.path not in _LEAVING
                if sent and response.headers.get("location") == _LOGIN:
                    return await _page(pages, request, Problem(401, "signed_out"))
                return response

            return answered

    return Route


def _told(request: Request, error: Exception) -> Problem:
    """What to say of a failure of ours, which is logged."""
    away = isinstance(error, AWAY)
    event = "database_away" if away else "request_failed"
    _log.error("%s path=%s error=%s", event, request.url.path, type(error).__name__)
    if away:
        return Problem(503, "database_away", retry_after=problems.AGAIN_SECONDS)
    return Problem(500, "failed")


async def _page(pages: Rendering, request: Request, problem: Problem) -> Response:
    # Without the worker: who they are stands in the database, which may be away.
    response = pages.page(
        request,
        "problem.html",
        status=problem.status,
        said=unbroken(problems.words(problem.key, spoken(request), **problem.gaps)),
        # A log-in holds a password.
        typed=[] if request.url.path == _LOGIN else Form(await request.body()).typed(),
        ended=problem.status == 401,
    )
    if "retry_after" in problem.gaps:
        response.headers["Retry-After"] = str(problem.gaps["retry_after"])
    return response
