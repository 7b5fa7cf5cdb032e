"""The Graph API of one page: one call, its answer, or an error that says what to do."""

import hashlib
import hmac
import json
import logging
import time
from dataclasses import dataclass
from typing import Any, Callable, Literal, Optional

from prometheus_client import Counter

from bot.channels.messenger import _limits, _usage
from bot.channels.messenger._errors import (
    RATE_PAUSE,
    Blocked,
    GraphError,
    OutsideWindow,
    RateLimited,
    Refused,
    Temporary,
    TokenInvalid,
    UnknownPerson,
    error_for,
)
from bot.channels.messenger._http import Http, NoAnswer
from bot.settings import Settings

__all__ = [
    "Blocked",
    "GraphClient",
    "GraphError",
    "NotConfigured",
    "OutsideWindow",
    "RateLimited",
    "Refused",
    "Sent",
    "Temporary",
    "TokenInvalid",
    "UnknownPerson",
]

_log = logging.getLogger(__name__)
_calls = Counter("weeweiser_messenger_calls_total", "Calls to the Graph API", ["call", "result"])

Action = Literal["typing_on", "typing_off", "mark_seen"]
#: Meta's own app, in which people of the page answer.
PAGE_INBOX = 263902037430900
#: Percent of the rate limit from which "seen" and "typing" are left out, to keep room for answers.
_SPARING = 80.0
#: Seconds without calls after a refused token: each would be refused again.
_TOKEN_PAUSE = 60.0


class NotConfigured(Exception):
    """A setting without which nothing can be sent is missing."""


@dataclass(frozen=True)
class Sent:
    """What the platform calls the message it took; empty when it took it and did not say."""

    message_id: str


class GraphClient:
    """Sends for one page. `await aclose()` it at the end; use it in one event loop.

    Raises NotConfigured without page token or app secret.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        token, secret = settings.messenger_page_token, settings.messenger_app_secret
        if token is None or secret is None:
            raise NotConfigured(
                "set WEEWEISER_MESSENGER_PAGE_TOKEN and WEEWEISER_MESSENGER_APP_SECRET"
            )
        key, words = (value.get_secret_value().strip() for value in (secret, token))
        if not words.isascii():
            raise NotConfigured("WEEWEISER_MESSENGER_PAGE_TOKEN holds letters that no token has")
        self._proof = hmac.new(key.encode(), words.encode(), hashlib.sha256).hexdigest()
        page = f"{settings.messenger_graph_address}/{settings.messenger_graph_version}/me/"
        self._http = Http(page, words)
        self._clock = clock
        self._percent = 0.0
        self._closed: Optional[GraphError] = None
        self._closed_until = 0.0

    async def aclose(self) -> None:
        await self._http.aclose()

    @property
    def token_refused(self) -> bool:
        """Whether the last call was refused for its token: an operator has to set a new one."""
        return isinstance(self._closed, TokenInvalid)

    async def send(self, recipient: str, body: dict[str, Any], tag: Optional[str] = None) -> Sent:
        """Sends one `message` body of `render`; `tag` as `_window.tag_for` gives it.

        Raises Temporary, RateLimited, TokenInvalid, Refused, OutsideWindow, UnknownPerson, Blocked.
        """
        kind = {"messaging_type": "RESPONSE"}
        if tag:
            kind = {"messaging_type": "MESSAGE_TAG", "tag": tag}
        answer = await self._to(recipient, "messages", {**kind, "message": body})
        return Sent(str(answer.get("message_id") or ""))

    async def action(self, recipient: str, action: Action) -> None:
        """Shows "seen" or "typing". Never fails: no answer depends on it."""
        if self._percent >= _SPARING:
            return
        try:
            await self._to(recipient, "messages", {"sender_action": action})
        except GraphError as error:
            _log.debug("messenger_action_failed error=%s", error)

    async def pass_thread(self, recipient: str, app: int = PAGE_INBOX, note: str = "") -> None:
        """Gives the conversation to another app: by default people in the page's inbox.

        `note` is for that app. Raises what `send` raises.
        """
        await self._to(recipient, "pass_thread_control", {"target_app_id": app, **_noted(note)})

    async def take_thread(self, recipient: str, note: str = "") -> None:
        """Takes the conversation back. Raises what `send` raises."""
        await self._to(recipient, "take_thread_control", _noted(note))

    async def profile(self, fields: list[str]) -> dict[str, Any]:
        """The page's present profile, without the fields it does not have. Raises GraphError."""
        answer = await self._call("GET", "messenger_profile", params={"fields": ",".join(fields)})
        found: dict[str, Any] = {}
        for part in answer.get("data") or []:
            found |= part
        return found

    async def set_profile(self, values: dict[str, Any]) -> None:
        """Replaces these fields of the page's profile. Raises GraphError."""
        await self._call("POST", "messenger_profile", content=values)

    async def _to(self, recipient: str, path: str, content: dict[str, Any]) -> dict[str, Any]:
        return await self._call("POST", path, content={"recipient": {"id": recipient}, **content})

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Optional[dict[str, str]] = None,
        content: Optional[dict[str, Any]] = None,
    ) -> dict[str, Any]:
        try:
            self._check()
            answer = await self._answer(method, path, params or {}, content)
        except GraphError as error:
            _calls.labels(path, type(error).__name__).inc()
            raise
        _calls.labels(path, "ok").inc()
        return answer

    async def _answer(
        self, method: str, path: str, params: dict[str, str], content: Optional[dict[str, Any]]
    ) -> dict[str, Any]:
        asked = {**params, "appsecret_proof": self._proof}
        # Escaped to ASCII, so that no character can make it fail.
        body = None if content is None else json.dumps(content).encode()
        try:
            status, headers, raw = await self._http.request(method, path, asked, body)
        except NoAnswer as error:
            raise Temporary(unsure=error.begun) from error
        answer = _object(raw)
        usage = _usage.read(headers)
        self._percent = usage.percent
        if 200 <= status < 300 and "error" not in answer:
            if isinstance(self._closed, TokenInvalid):
                self._closed = None
            if usage.percent >= 100 or usage.regain:
                self._close(RateLimited(), max(RATE_PAUSE, usage.regain))
            return answer
        failure = answer.get("error")
        detail = failure if isinstance(failure, dict) else {}
        refusal = error_for(status, detail, usage.regain)
        # Meta finds the call by its trace; the message is left out, it may quote the person.
        trace = str(detail.get("fbtrace_id") or "")[:40]
        _log.warning("messenger_call_failed call=%s error=%s trace=%s", path, refusal, trace)
        if isinstance(refusal, RateLimited):
            self._close(refusal, refusal.retry_after or RATE_PAUSE)
        elif isinstance(refusal, TokenInvalid):
            self._close(refusal, _TOKEN_PAUSE)
        raise refusal

    def _close(self, error: GraphError, seconds: float) -> None:
        self._closed = error
        self._closed_until = self._clock() + seconds

    def _check(self) -> None:
        """Raises what closed the way out, without a call, until the pause is over."""
        left = self._closed_until - self._clock()
        if self._closed is None or left <= 0:
            return
        if isinstance(self._closed, TokenInvalid):
            raise TokenInvalid(self._closed.code, self._closed.subcode)
        raise RateLimited(left, self._closed.code, self._closed.subcode)


def _noted(note: str) -> dict[str, Any]:
    return {"metadata": note[: _limits.METADATA]} if note else {}


def _object(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
