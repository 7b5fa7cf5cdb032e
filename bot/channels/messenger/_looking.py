"""What looks for work: when it is woken, and now and then by itself."""

import asyncio
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Callable, Optional, TypeVar

T = TypeVar("T")
#: Also without being woken: at what another server or an earlier process left.
LOOK_SECONDS = 1.0


class Looking(ABC):
    """`start()` it in the loop it is to run in, `wake()` it when something came in.

    `thread`: where the database is asked.
    """

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._news = asyncio.Event()
        self._loop: Optional[asyncio.Task[None]] = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """What is not done is found at the next start."""
        if self._loop:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    def wake(self) -> None:
        """There may be something to do."""
        self._news.set()

    @abstractmethod
    async def _once(self) -> bool:
        """Does what there is now; whether to look again at once."""

    async def _look(self) -> None:
        while True:
            self._news.clear()
            if await self._once():
                continue
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_SECONDS)

    async def _do(self, call: Callable[..., T], *arguments: Any) -> T:
        """A call to the database, on its thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, call, *arguments)
