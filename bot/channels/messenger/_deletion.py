"""Meta's data-deletion callback, and the page that shows what was done."""

import asyncio
import base64
import hashlib
import hmac
import html
import json
import time
from datetime import datetime, timezone
from typing import Any, Optional
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from bot.channels.messenger._notices import words
from bot.channels.messenger._webhook import PATH, channel_of
from bot.problems import Problem, language_of

DELETION = f"{PATH}/deletion"
_PAGE = """<!doctype html>
<html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>{title}</title><h1>{title}</h1>{lines}</html>
"""


class Requested(BaseModel):
    """Where the state of a request for deletion is shown, and its code."""

    url: str
    confirmation_code: str


def add_deletion(router: APIRouter, public_url: Optional[str]) -> None:
    """Adds the callback and its page."""

    @router.post(DELETION)
    async def delete(request: Request) -> Requested:
        """Meta passes on that somebody wants their data deleted (form field `signed_request`)."""
        channel = channel_of(request)
        raw = await request.body()
        user = signed_user(raw, channel.secrets.app_secret)
        if user is None:
            raise Problem(403, "messenger_signature")
        person = channel.door.person(user)
        loop = asyncio.get_running_loop()
        code = await loop.run_in_executor(channel.thread, channel.forget, person)
        base = public_url or str(request.base_url).rstrip("/")
        return Requested(url=f"{base}{DELETION}/{code}", confirmation_code=code)

    @router.get(DELETION + "/{code}", response_class=HTMLResponse)
    async def state(request: Request, code: str) -> HTMLResponse:
        """What became of a request for deletion, in the reader's language."""
        channel = channel_of(request)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(channel.thread, channel.records.deletion, code)
        language = language_of(request)
        if found is None:
            lines = [words(language, "page_unknown")]
        else:
            moment = datetime.fromtimestamp(found.at / 1000, timezone.utc)
            day = moment.strftime("%d.%m.%Y")
            key = "page_done" if found.found else "page_nothing"
            lines = [words(language, key, day=day)]
        lines.append(words(language, "page_how", days=channel.retention_days))
        content = _PAGE.format(
            language=language,
            title=html.escape(words(language, "page_title")),
            lines="".join(f"<p>{html.escape(line)}</p>" for line in lines),
        )
        headers = {"Content-Language": language, "Cache-Control": "no-store"}
        return HTMLResponse(content, 200 if found else 404, headers)


def signed_user(raw: bytes, secret: bytes) -> Optional[str]:
    """The number in a form's signed request; None unless Meta signed it in the last day."""
    try:
        form = parse_qs(raw.decode("ascii"), strict_parsing=True, max_num_fields=5)
        signature, _, content = form["signed_request"][0].partition(".")
        expected = hmac.digest(secret, content.encode("ascii"), hashlib.sha256)
        if not hmac.compare_digest(_decoded(signature), expected):
            return None
        found: Any = json.loads(_decoded(content))
        recent = abs(time.time() - float(found.get("issued_at", 0))) < 24 * 3600
        user = found["user_id"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    algorithm = str(found.get("algorithm", "")).upper()
    return str(user) if algorithm == "HMAC-SHA256" and recent else None


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
