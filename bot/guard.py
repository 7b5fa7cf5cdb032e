"""What every request and answer passes: size, errors, counters, headers, and other sites' pages."""

import logging
import time
from typing import Optional

from fastapi import FastAPI, Request, Response
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from bot import problems
from bot.channels import messenger
from bot.policy import policy
from bot.settings import Settings

_log = logging.getLogger(__name__)
_MOST = 64 * 1024
#: A form writes most letters as six or twelve signs: 10,000 of them must fit.
_MOST_OF_A_FORM = 192 * 1024
#: Meta puts up to a thousand events into one call.
_MOST_OF_A_WEBHOOK = 1024 * 1024
_requests = Counter("weeweiser_requests_total", "HTTP requests", ["method", "status"])
_seconds = Histogram("weeweiser_request_seconds", "Time to answer a HTTP request")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Whatever is no page loads nothing, should a browser ever show it.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_STRICT_TRANSPORT = "max-age=31536000"
_METHODS = ("GET", "POST", "DELETE")
_SENT = "Authorization, Content-Type, Accept-Language, Last-Event-ID"
_PREFLIGHT_SECONDS = 600


def add_guard(app: FastAPI, settings: Settings) -> None:
    """Adds the guard; it is the outermost part of the application."""
    origins = frozenset(settings.allowed_origins)
    secure = (settings.public_url or "").startswith("https://")
    app.add_middleware(_Guard, origins=origins, secure=secure)


class _Guard:
    """Plain ASGI: Starlette's base class for such things doubles what a webhook costs."""

    def __init__(self, app: ASGIApp, origins: frozenset[str], secure: bool) -> None:
        self._app = app
        self._origins = origins
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request = Request(scope)
        status: Optional[int] = None

        async def guarded(message: ASGIMessage) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._complete(request, MutableHeaders(scope=message))
                _seconds.observe(time.perf_counter() - started)
                _requests.labels(request.method, str(status)).inc()
            await send(message)

        refused = _refused(request, self._origins)
        if refused:
            await refused(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:
            # Said here, so that a widget on another site may read it, too.
            _log.error("request_failed path=%s error=%s", request.url.path, type(error).__name__)
            if status is not None:
                raise  # too late for another answer: the connection has to break
            await problems.document(request, 500, "failed")(scope, receive, guarded)

    def _complete(self, request: Request, headers: MutableHeaders) -> None:
        for name, value in _headers(headers.get("content-type", "")).items():
            headers.setdefault(name, value)
        if self._secure:
            headers.setdefault("Strict-Transport-Security", _STRICT_TRANSPORT)
        if request.url.path.startswith("/api/"):
            headers["Cache-Control"] = "no-store"
            _share(request, headers, self._origins)


def _most(path: str) -> int:
    """Bytes a request's body may have."""
    if path == messenger.PATH:
        return _MOST_OF_A_WEBHOOK
    return _MOST_OF_A_FORM if path.startswith("/talk") else _MOST


def _refused(request: Request, origins: frozenset[str]) -> Optional[Response]:
    """The answer to a request that goes no further: too large, or a question of another site."""
    length = request.headers.get("content-length", "0")
    unbounded = "transfer-encoding" in request.headers
    if unbounded or not length.isdigit() or int(length) > _most(request.url.path):
        return problems.document(request, 413, "too_large")
    wanted = request.headers.get("access-control-request-method")
    if request.method != "OPTIONS" or wanted is None:
        return None
    shared = request.url.path.startswith("/api/") and wanted in _METHODS
    if not shared or request.headers.get("origin") not in origins:
        return problems.document(request, 403, "foreign_origin")
    allowed = {
        "Access-Control-Allow-Methods": ", ".join(_METHODS),
        "Access-Control-Allow-Headers": _SENT,
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
    return Response(status_code=204, headers=allowed)


def _headers(content_type: str) -> dict[str, str]:
    page = content_type.startswith("text/html")
    return {**_HEADERS, **policy(connects=True)} if page else _HEADERS


def _share(request: Request, headers: MutableHeaders, origins: frozenset[str]) -> None:
    """Lets a page of an allowed site read the answer. No cookie is involved, so none is allowed."""
    headers.add_vary_header("Origin")
    origin = request.headers.get("origin")
    if origin in origins:
        headers["Access-Control-Allow-Origin"] = str(origin)
        headers["Access-Control-Expose-Headers"] = "Retry-After"
