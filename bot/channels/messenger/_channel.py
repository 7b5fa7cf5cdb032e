"""The channel as it runs: its parts put together, started and stopped."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional

from prometheus_client import Gauge

from bot.channels.learning import Lessons
from bot.channels.messenger._client import GraphClient
from bot.channels.messenger._desk import Desk
from bot.channels.messenger._events import Ours
from bot.channels.messenger._inbox import Inbox
from bot.channels.messenger._person import Door
from bot.channels.messenger._render import render
from bot.channels.messenger._settings import Secrets
from bot.channels.messenger._sorter import Sorter
from bot.channels.messenger._turn import Answering, Turn
from bot.channels.messenger._worker import Sending, Worker, is_gone, now, worker_name
from bot.settings import Settings
from bot.store import Conversations, Handoffs
from bot.store.messenger import (
    Outgoing,
    Queue,
    Reception,
    Records,
    Rules,
    create_tables,
    open_arrivals,
    open_engine,
)

_log = logging.getLogger(__name__)
_DAY_MS = 24 * 3600 * 1000
_PURGE_SECONDS = 3600.0
_COUNT_SECONDS = 15.0
_DESK_SECONDS = 1.0
_waiting = Gauge("weeweiser_messenger_waiting", "Messages that wait", ["box"])
_oldest = Gauge("weeweiser_messenger_oldest_seconds", "Age of the oldest unanswered message")
_token = Gauge("weeweiser_messenger_token_refused", "1: the page's token is refused")


class Messenger:
    """Create it, `await start()` it in the server's loop, `await stop()` it at the end."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        assistant: Answering,
        conversations: Conversations,
        handoffs: Handoffs,
        client: Optional[Sending] = None,
        lessons: Optional[Lessons] = None,
    ) -> None:
        self.secrets = secrets
        self._conversations = conversations
        self.ours = Ours(page=secrets.page_id, app=secrets.app_id)
        self.door = Door(secrets.privacy_key)
        self.keep_days = settings.keep_days
        self._public_url = settings.public_url
        self._client: Any = client or GraphClient(settings)
        # One thread: SQLite takes one writer at a time, and waiting for it here is the shortest.
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="messenger")
        self._engine = open_engine(settings.database)
        create_tables(self._engine)
        self._arrivals = open_arrivals(settings.database)
        self.records = Records(self._engine, self._arrivals)
        self._desk = Desk(handoffs, assistant, self.records.language)
        self.queue = Queue(self._engine, worker_name())
        turn = Turn(
            assistant,
            conversations,
            public_url=settings.public_url,
            to_inbox=settings.messenger_handoff == "inbox",
            lessons=lessons,
        )
        self.worker = Worker(
            self.queue, turn, self._client, self.door, assistant.erase, self.thread
        )
        rules = Rules(quiet_ms=settings.messenger_quiet_minutes * 60_000)
        reception = Reception(self._engine, rules)
        self.sorter = Sorter(self._arrivals, reception, self.thread, self.worker.wake)
        self.inbox = Inbox(self._arrivals, self.door, self.sorter.wake)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Goes on with what an earlier process left."""
        self.queue.release(is_gone)
        self.sorter.start()
        self.worker.start()
        self._tasks = [
            asyncio.create_task(self._regularly(_PURGE_SECONDS, self._purge)),
            asyncio.create_task(self._regularly(_COUNT_SECONDS, self._count)),
            asyncio.create_task(self._regularly(_DESK_SECONDS, self._pass_on)),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sorter.stop()
        await self.worker.stop()
        await self._client.aclose()
        self.inbox.close()
        self.thread.shutdown()
        self._arrivals.close()
        self._engine.dispose()

    def forget(self, person: str) -> str:
        """Deletes a person on Meta's request; the code of the request."""
        self._conversations.erase(person)
        return self.records.request_deletion(person, now())

    def state(self) -> str:
        """ "ok", or what an operator has to look at."""
        return "token_refused" if getattr(self._client, "token_refused", False) else "ok"

    async def _regularly(self, seconds: float, work: Any) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.run_in_executor(self.thread, work)
            except Exception as error:
                _log.error("messenger_upkeep_failed error=%s", type(error).__name__)
            await asyncio.sleep(seconds)

    def _purge(self) -> None:
        gone = self.records.purge(self.keep_days * _DAY_MS, now())
        for person in gone:
            self._conversations.erase(person)
        if gone:
            _log.info("messenger_deleted_old people=%d", len(gone))

    def _pass_on(self) -> None:
        """What happened at the desk goes to the person."""
        for told in self._desk.news(self.queue.told()):
            language = str(told.messages[0]["lang"])
            bodies = render(told.messages, language, public_url=self._public_url)
            said = [
                Outgoing(body, by_person=told.by_person, happening=told.happening)
                for body in bodies
            ]
            if self.queue.tell(told.person, told.happening, said, now()):
                self.worker.wake_from_thread()

    def _count(self) -> None:
        waiting = self.records.waiting(now())
        for box in ("inbox", "outbox", "dead"):
            _waiting.labels(box).set(getattr(waiting, box))
        _oldest.set(waiting.oldest_ms / 1000)
        _token.set(self.state() == "token_refused")
