"""The one FastAPI application: channels in front, the assistant and the store behind."""

import logging
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Awaitable, Callable

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from bot import problems
from bot.assistant import Assistant
from bot.channels import contact, hsds, pages, search, web
from bot.settings import ROOT, Settings
from bot.store import Conversations, tracker_store
from knowledge import LANGUAGES, directory

_log = logging.getLogger(__name__)
_WEB = ROOT / "bot" / "web"
_MAX_BODY = 64 * 1024
#: One everyday message per language; readiness means each is understood in its language.
_PROBES = {
    "fr": "je cherche une maison des jeunes",
    "de": "ich suche ein Jugendhaus für meinen Sohn",
    "lb": "ech sichen e Jugendhaus fir mäi Bouf",
}
_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'"
_requests = Counter("weeweiser_requests_total", "HTTP requests", ["method", "status"])
_broken = Gauge("weeweiser_directory_broken", "1: the files have mistakes, older ones are served")
_seconds = Histogram("weeweiser_request_seconds", "Time to answer a HTTP request")

Next = Callable[[Request], Awaitable[Response]]


def create_app(settings: Settings, model: Path) -> FastAPI:
    """Builds the application; the model is loaded when the server starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if settings.database.startswith("sqlite:///"):
            Path(settings.database[len("sqlite:///") :]).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(settings.database, future=True)
        app.state.conversations = Conversations(engine)
        app.state.assistant = Assistant(
            model,
            tracker_store=tracker_store(settings.database, None),
            deadline=settings.deadline_seconds,
            queue=settings.queue_per_conversation,
        )
        app.state.assistant.start()
        watch_directory()
        _log.info("Weeweiser serves on http://localhost:%d", settings.port)
        yield
        app.state.assistant.stop()
        engine.dispose()

    app = FastAPI(
        title="Weeweiser",
        description="Which social service helps, where it is and how to reach it.",
        version="0.1.0",
        lifespan=lifespan,
        responses=problems.RESPONSES,
    )
    problems.install(app)
    app.include_router(web.router)
    app.include_router(hsds.router)
    app.include_router(search.router)
    app.include_router(contact.router)
    app.include_router(pages.create_router(settings.public_url))
    app.mount("/static", GZipMiddleware(StaticFiles(directory=_WEB)), name="static")
    _add_pages(app)
    _add_guard(app)
    # The widget stands in other sites' pages. No cookie is used: a token says who may do what.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        max_age=86400,
    )
    return app


def watch_directory() -> None:
    """Follows the files of the directory, and shows in the metrics when they have mistakes."""
    _broken.set_function(lambda: float(bool(directory().problems)))


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(_WEB / "index.html", headers={"Content-Security-Policy": _POLICY})

    @app.get("/widget.js", include_in_schema=False)
    async def widget() -> FileResponse:
        headers = {"Cache-Control": "no-cache"}
        return FileResponse(_WEB / "widget" / "boot.js", headers=headers)

    @app.get("/demo", include_in_schema=False)
    async def demo() -> FileResponse:
        return FileResponse(_WEB / "demo.html", headers={"Content-Security-Policy": _POLICY})

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["operation"])
    async def readyz(request: Request) -> JSONResponse:
        """The model understands every language, and the database answers."""
        state: dict[str, Any] = {"database": request.app.state.conversations.alive()}
        for language in LANGUAGES:
            found = await request.app.state.assistant.parse(_PROBES[language])
            state[language] = found.get("language") == language
        ready = all(state.values())
        # Not a reason to be taken out of service: the last good directory answers.
        on_disk = "broken" if directory().problems else "ok"
        body = {"ready": ready, **state, "directory_on_disk": on_disk}
        return JSONResponse(body, status_code=200 if ready else 503)

    @app.get("/metrics", tags=["operation"])
    async def metrics() -> Response:
        """Counters for Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _add_guard(app: FastAPI) -> None:
    @app.middleware("http")
    async def guard(request: Request, call_next: Next) -> Response:
        """Refuses large bodies, counts, and keeps answers out of caches."""
        length = request.headers.get("content-length", "0")
        unbounded = "transfer-encoding" in request.headers
        if unbounded or not length.isdigit() or int(length) > _MAX_BODY:
            return problems.document(request, 413, "too_large")
        with _seconds.time():
            response = await call_next(request)
        _requests.labels(request.method, str(response.status_code)).inc()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.url.path.startswith("/api/"):
            response.headers["Cache-Control"] = "no-store"
        return response
