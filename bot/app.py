"""The one FastAPI application: channels in front, the assistant and the store behind."""

import asyncio
import logging
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, AsyncIterator, Optional

import yaml
from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy.engine import Engine

from bot import desk, problems, retention, security_txt
from bot.assistant_process import Setup
from bot.assistants import Assistants
from bot.channels import hsds, messenger, pages, search, site, web
from bot.channels.learning import Lessons
from bot.channels.limits import Limits
from bot.counting import Counted, Counting
from bot.desk.triage import Triage
from bot.guard import add_guard
from bot.keeping import Keeping
from bot.overlay import OverlayFollower
from bot.settings import ROOT, Settings
from bot.store import (
    Answers,
    Calls,
    Conversations,
    Counts,
    DirectoryEdits,
    Handoffs,
    Inbox,
    Pages,
    People,
    Referrals,
    Review,
    SignIns,
    Spans,
    States,
    Workers,
    open_buckets,
    open_database,
    without_sync,
)
from bot.store.messenger import Deliveries
from bot.turn_metrics import watch_waiting
from knowledge import LANGUAGES, directory

_log = logging.getLogger(__name__)
_WEB = ROOT / "bot" / "web"
_DAY_SECONDS = 24 * 60 * 60
#: One everyday message per language; readiness means each is understood in its language.
_PROBES: dict[str, str] = yaml.safe_load(
    (ROOT / "bot" / "wording" / "probes.yml").read_text(encoding="utf-8")
)
_broken = Gauge("weeweiser_directory_broken", "1: the files have mistakes, older ones are served")


def create_app(settings: Settings, model: Path) -> FastAPI:
    """Builds the application; the model is loaded when the server starts.

    Raises messenger.BadSettings or desk.BadSettings for what is set up in part.
    """
    page = messenger.secrets_of(settings)
    provider = desk.provider_of(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = open_database(settings.database)
        app.state.buckets = open_buckets(engine)
        app.state.bell = web.Bell(engine)
        app.state.conversations = Conversations(engine)
        app.state.handoffs = Handoffs(engine)
        pause = timedelta(minutes=settings.session_pause_minutes)
        app.state.assistant = Assistants(
            Setup(
                model,
                settings.database,
                keeping=Keeping(pause, settings.keep_days, settings.keep_message_days),
                deadline=settings.deadline_seconds,
                queue=settings.queue_per_conversation,
                search_database=settings.search_database,
                log_level=settings.log_level,
                log_format=settings.log_format,
            ),
            settings.assistants,
        )
        # A message is claimed and answered around what its turn keeps: that waits for the disk.
        unsynced = without_sync(engine)
        app.state.answers = Answers(unsynced)
        app.state.pages = Pages(engine)
        app.state.review = Review(engine)
        app.state.review_folder = settings.review_folder
        app.state.workers = Workers(engine)
        app.state.sign_ins = SignIns(engine)
        app.state.calls = Calls(engine)
        edits = DirectoryEdits(engine)
        overlay = OverlayFollower(edits, directory())
        app.state.entries = desk.Entries(edits, overlay, directory())
        app.state.preview = pages.preview
        app.state.referrals = Referrals(engine)
        app.state.inbox, app.state.states = Inbox(engine), States(engine)
        app.state.deliveries = Deliveries(engine)
        app.state.triage = Triage(app.state.assistant.parse, lambda: directory().current)
        kept = (app.state.conversations, app.state.answers, app.state.handoffs)
        app.state.counts = Counts(engine)
        app.state.spans = Spans(engine)
        app.state.people = People(engine)
        counting = Counting(app.state.counts)
        app.state.turns = web.Turns(app.state.assistant, *kept, note=counting.note)
        told = (States(engine), app.state.answers, app.state.review)
        app.state.learning = web.Learning(app.state.assistant, *told)
        app.state.assistant.start()
        watch_waiting(lambda: len(app.state.handoffs.waiting()))
        app.state.bell.start()
        watch_directory(settings.search_database)
        overlay.start()
        app.state.messenger = None
        if page:
            counted = Counted(app.state.assistant, counting, "messenger")
            lessons = Lessons(app.state.assistant, app.state.states, app.state.review)
            held = (app.state.conversations, app.state.handoffs)
            app.state.messenger = messenger.Messenger(
                settings, page, counted, *held, lessons=lessons
            )
            await app.state.messenger.start()
        _log.info("Weeweiser serves on http://localhost:%d", settings.port)
        forgetting = asyncio.create_task(_forget_daily(engine, settings))
        writing = asyncio.create_task(counting.run())
        freeing = asyncio.create_task(desk.keep_free(app.state.handoffs))
        yield
        freeing.cancel()
        forgetting.cancel()
        writing.cancel()
        overlay.stop()
        app.state.bell.stop()
        if app.state.messenger:
            await app.state.messenger.stop()
        app.state.assistant.stop()
        counting.flush()
        unsynced.dispose()
        engine.dispose()

    app = FastAPI(
        title="Weeweiser",
        description="Which social service helps, where it is and how to reach it.",
        version="0.1.0",
        lifespan=lifespan,
        # FastAPI's own pages load their scripts from another host.
        docs_url=None,
        redoc_url=None,
        responses=problems.RESPONSES,
    )
    app.state.limits = Limits(settings.client_requests_per_minute, settings.messages_per_minute)
    problems.install(app)
    # First, because routes are compared in their order, and a webhook must be taken at once.
    app.include_router(messenger.create_router(settings))
    app.include_router(web.router)
    app.include_router(web.create_plain(settings.exit_url, settings.allowed_frames))
    secure = (settings.public_url or "").startswith("https://")
    key = settings.desk_key.get_secret_value() if settings.desk_key else None
    app.include_router(
        desk.create_router(
            secure=secure,
            public_url=settings.public_url,
            keep_call_days=settings.keep_call_days,
            keep_consented_call_days=settings.keep_consented_call_days,
            verify_days=settings.directory_verify_days,
            message_days=settings.keep_message_days,
            key=key,
            provider=provider,
        )
    )
    app.include_router(hsds.router)
    app.include_router(search.router)
    app.include_router(pages.create_router(settings.public_url, frames=settings.allowed_frames))
    kept = {
        "days": settings.keep_days,
        "message_days": settings.keep_message_days,
        "review_days": settings.keep_review_days,
    }
    app.include_router(site.create_router(settings.exit_url, settings.allowed_frames, **kept))
    app.include_router(security_txt.create_router(settings.security_contact, settings.public_url))
    # Files only: pages hold keys, which packing together with foreign words could betray.
    widget = site.WidgetFiles(directory=site.WIDGET, check_dir=False)
    app.mount("/static/widget", GZipMiddleware(widget))
    app.mount("/static", GZipMiddleware(StaticFiles(directory=_WEB)), name="static")
    _add_pages(app)
    add_guard(app, settings)
    return app


async def _forget_daily(engine: Engine, settings: Settings) -> None:
    """Deletes what was kept long enough: now, and then once a day."""
    while True:
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        gone = await asyncio.to_thread(retention.run, engine, settings, now)
        _log.info("expired conversations=%d", gone.get("conversations", 0))
        await asyncio.sleep(_DAY_SECONDS)


def watch_directory(search_database: Optional[str] = None) -> None:
    """Follows the files of the directory, and shows in the metrics when they have mistakes."""
    if search_database:
        directory().search_in(search_database)
    _broken.set_function(lambda: float(bool(directory().problems)))


def _add_pages(app: FastAPI) -> None:
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
        if request.app.state.messenger:
            body["messenger"] = request.app.state.messenger.state()
        return JSONResponse(body, status_code=200 if ready else 503)

    @app.get("/metrics", tags=["operation"])
    async def metrics() -> Response:
        """Counters for Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
