"""Calls to one address over HTTP, by kept-alive connections."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Optional
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

#: Seconds: for all of a call, to connect, and between two parts of the answer.
_TIMEOUT = aiohttp.ClientTimeout(total=20.0, sock_connect=3.0, sock_read=10.0)
_CONNECTIONS = 20


class NoAnswer(Exception):
    """`begun`: the call was on its way, so that it may have been carried out."""

    def __init__(self, begun: bool) -> None:
        super().__init__("begun" if begun else "not begun")
        self.begun = begun


class Http:
    """`await aclose()` it at the end; use it in one event loop. Follows no redirect."""

    def __init__(self, base: str, token: str) -> None:
        """`base`: what the address of each call begins with; `token` goes into its header."""
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}"}
        # Asked once: aiohttp would look for it, and for a netrc file, at each call.
        self._proxy = _proxy(base)
        #: Opened by the first call: it belongs to the event loop that runs then.
        self._session: Optional[aiohttp.ClientSession] = None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def request(
        self, method: str, path: str, params: dict[str, str], body: Optional[bytes]
    ) -> tuple[int, Mapping[str, str], bytes]:
        """The status, headers and body of the answer; `body` is JSON. Raises NoAnswer."""
        state = SimpleNamespace(begun=False)
        try:
            async with self._opened().request(
                method,
                self._base + path,
                params=params,
                data=body,
                headers=None if body is None else {"Content-Type": "application/json"},
                allow_redirects=False,
                proxy=self._proxy,
                trace_request_ctx=state,
            ) as response:
                return response.status, response.headers, await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise NoAnswer(state.begun) from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            watched = aiohttp.TraceConfig()
            # The types of aiosignal are newer than those of aiohttp.
            watched.on_request_headers_sent.append(_begun)  # type: ignore[arg-type]
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                timeout=_TIMEOUT,
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[watched],
            )
        return self._session


def _proxy(address: str) -> Optional[str]:
    """The operator's own proxy for an address, as the environment names it."""
    parts = urlsplit(address)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


async def _begun(_session: Any, context: SimpleNamespace, _params: Any) -> None:
    context.trace_request_ctx.begun = True
