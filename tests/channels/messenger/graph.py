"""A strict stand-in of Meta's Graph API: a real HTTP server, with its rules, on a free port.

It knows people and when they last wrote, owns threads, counts calls, checks token and proof,
refuses what the documents forbid, and fails on command.
"""

import asyncio
import hashlib
import hmac
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Optional

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from tests.channels.messenger.graph_rules import refusal, wrong_profile

PAGE_TOKEN = "page-token-of-the-tests"
APP_SECRET = "app-secret-of-the-tests"
VERSION = "v25.0"
APP = 1
PAGE_INBOX = 263902037430900
_DAY = 24 * 3600
_ACTIONS = ("typing_on", "typing_off", "mark_seen")


@dataclass
class Failure:
    """How a call fails: with an error or a raw body, late, or not at all."""

    status: int = 500
    code: Optional[int] = None
    subcode: Optional[int] = None
    message: str = "told to fail"
    headers: dict[str, str] = field(default_factory=dict)
    body: Optional[bytes] = None
    #: Seconds the answer takes. With `carried_out` the message is delivered all the same.
    delay: float = 0.0
    carried_out: bool = False


@dataclass(frozen=True)
class Call:
    """A call as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Graph:
    """The state of the stand-in; tests read and change it from their own thread."""

    def __init__(self, token: str = PAGE_TOKEN, secret: str = APP_SECRET) -> None:
        self.token = token
        self.secret = secret
        self.address = ""
        self.calls: list[Call] = []
        #: Delivered messages: whom, and the `message` body.
        self.delivered: list[tuple[str, dict[str, Any]]] = []
        self.actions: list[tuple[str, str]] = []
        self.profile: dict[str, Any] = {}
        self.owners: dict[str, int] = {}
        self.blocked: set[str] = set()
        #: Calls until the rate limit refuses.
        self.limit = 10_000
        self._seen: dict[str, float] = {}
        self._failures: deque[Failure] = deque()
        self._profile_calls: deque[float] = deque()

    def person(self, name: str, hours_ago: float = 0.0) -> str:
        """Makes a person known who wrote last so many hours ago."""
        self._seen[name] = time.time() - hours_ago * 3600
        return name

    def fail(self, *failures: Failure) -> None:
        """The next message calls fail in this order; then all is well again."""
        self._failures.extend(failures)

    def texts(self, person: str) -> list[str]:
        """The words delivered to a person, those of templates too."""
        return [said(body) for whom, body in self.delivered if whom == person]

    def taken_failure(self, path: str, body: Any) -> Optional[Failure]:
        message = path == "messages" and "message" in (body or {})
        return self._failures.popleft() if message and self._failures else None

    def answer(self, call: Call) -> Response:
        """Checks a call as Meta does, and carries it out."""
        if "access_token" in call.query:
            return error(400, 190, message="the token is in the address, where logs keep it")
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return error(401, 190)
        proof = hmac.new(self.secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if call.query.get("appsecret_proof") != proof:
            return error(400, 100, message="Invalid appsecret_proof provided in the API argument")
        used = self._usage()
        if used > 100:
            return error(400, 613, headers=self._headers(used, regain=3))
        response = self._routed(call)
        response.headers.update(self._headers(used))
        return response

    def _routed(self, call: Call) -> Response:
        if call.path == "messenger_profile":
            return self._profile(call)
        if call.method != "POST" or not isinstance(call.body, dict):
            return error(400, 100)
        person = (call.body.get("recipient") or {}).get("id")
        if person not in self._seen:
            return error(400, 100, 2018001)
        if person in self.blocked:
            return error(400, 551, 1545041)
        if call.path == "messages":
            return self._message(person, call.body)
        if call.path == "pass_thread_control":
            self.owners[person] = int(call.body["target_app_id"])
            return JSONResponse({"success": True})
        if call.path == "take_thread_control":
            self.owners[person] = APP
            return JSONResponse({"success": True})
        return error(404, 2500)

    def _message(self, person: str, body: dict[str, Any]) -> Response:
        if "sender_action" in body:
            if "message" in body or body["sender_action"] not in _ACTIONS:
                return error(400, 100)
            self.actions.append((person, body["sender_action"]))
            return JSONResponse({"recipient_id": person})
        if self.owners.get(person, APP) != APP:
            return error(403, 10, 2018300)
        late = self._outside(person, body)
        if late:
            return late
        refused = refusal(body.get("message"))
        if refused:
            return error(400, refused[0], message=refused[1])
        self.delivered.append((person, body["message"]))
        return JSONResponse({"recipient_id": person, "message_id": f"m_{len(self.delivered)}"})

    def _outside(self, person: str, body: dict[str, Any]) -> Optional[Response]:
        passed = time.time() - self._seen[person]
        kind, tag = body.get("messaging_type"), body.get("tag")
        if (kind, tag) == ("RESPONSE", None):
            return error(400, 10, 2018278) if passed > _DAY else None
        if (kind, tag) == ("MESSAGE_TAG", "HUMAN_AGENT"):
            return error(400, 10, 2018278) if passed > 7 * _DAY else None
        return error(400, 100, message="messaging_type")

    def _profile(self, call: Call) -> Response:
        now = time.time()
        while self._profile_calls and self._profile_calls[0] < now - 600:
            self._profile_calls.popleft()
        if len(self._profile_calls) >= 10:
            return error(400, 613, message="10 calls in 10 minutes")
        self._profile_calls.append(now)
        if call.method == "GET":
            wanted = call.query.get("fields", "").split(",")
            found = {name: self.profile[name] for name in wanted if name in self.profile}
            return JSONResponse({"data": [found] if found else []})
        wrong = wrong_profile(call.body)
        menu_alone = "persistent_menu" in (call.body or {}) and "get_started" not in {
            **self.profile,
            **(call.body or {}),
        }
        if wrong or menu_alone:
            return error(400, 100, message=wrong or "a menu needs get_started")
        self.profile.update(call.body)
        return JSONResponse({"result": "success"})

    def _usage(self) -> float:
        return 100 * len(self.calls) / self.limit

    def _headers(self, used: float, regain: int = 0) -> dict[str, str]:
        share = {"call_count": int(used), "total_time": 1, "total_cputime": 1}
        wait = {"type": "messenger", **share, "estimated_time_to_regain_access": regain}
        return {
            "X-App-Usage": json.dumps(share),
            "X-Business-Use-Case-Usage": json.dumps({"1": [wait]}),
        }


def error(
    status: int,
    code: Optional[int],
    subcode: Optional[int] = None,
    *,
    message: str = "refused",
    headers: Optional[dict[str, str]] = None,
) -> Response:
    """An error answer in Meta's shape."""
    detail = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2"}
    if subcode:
        detail["error_subcode"] = subcode
    return JSONResponse({"error": detail}, status_code=status, headers=headers)


def said(body: dict[str, Any]) -> str:
    """All words of a body that a person sees, a line each."""
    payload = body.get("attachment", {}).get("payload", {})
    lines = [body.get("text"), payload.get("text")]
    for part in [payload, *payload.get("elements", [])]:
        lines += [part.get("title"), part.get("subtitle")]
        lines += [button["title"] for button in part.get("buttons", [])]
    lines += [reply["title"] for reply in body.get("quick_replies", [])]
    return "\n".join(line for line in lines if line)


def _app(graph: Graph) -> FastAPI:
    app = FastAPI()

    @app.api_route(f"/{VERSION}/me/{{path}}", methods=["GET", "POST", "DELETE"])
    async def me(request: Request, path: str) -> Response:
        raw = await request.body()
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            return error(400, 100, message="not JSON")
        call = Call(request.method, path, dict(request.query_params), dict(request.headers), body)
        graph.calls.append(call)
        failure = graph.taken_failure(path, body)
        if failure is None:
            return graph.answer(call)
        if failure.carried_out:
            graph.answer(call)
        await asyncio.sleep(failure.delay)
        if failure.body is not None:
            return Response(failure.body, status_code=failure.status, headers=failure.headers)
        return error(
            failure.status,
            failure.code,
            failure.subcode,
            message=failure.message,
            headers=failure.headers,
        )

    return app


@contextmanager
def serving(graph: Optional[Graph] = None) -> Iterator[Graph]:
    """Runs the stand-in on a free port of this machine."""
    graph = graph or Graph()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        graph.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(_app(graph), log_config=None, ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield graph
        finally:
            server.should_exit = True
            thread.join(timeout=10)
