"""Where somebody who found a hole can report it (RFC 9116)."""

from datetime import datetime, timedelta, timezone
from typing import Optional

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from bot.problems import Problem
from knowledge import LANGUAGES

PATH = "/.well-known/security.txt"
#: The RFC recommends less than a year.
_VALID = timedelta(days=180)


def create_router(contact: Optional[str], public_url: Optional[str]) -> APIRouter:
    """Serves the file when there is a contact; 404 otherwise."""
    router = APIRouter(tags=["operation"])

    @router.get(PATH, response_class=PlainTextResponse)
    async def security_txt() -> PlainTextResponse:
        """Where to report a hole in security; 404 when no contact is set."""
        if not contact:
            raise Problem(404, "not_found")
        expires = (datetime.now(timezone.utc) + _VALID).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = [
            f"Contact: {contact}",
            f"Expires: {expires}",
            f"Preferred-Languages: {', '.join(LANGUAGES)}",
        ]
        if public_url:
            lines.append(f"Canonical: {public_url}{PATH}")
        return PlainTextResponse("\n".join(lines) + "\n")

    return router
