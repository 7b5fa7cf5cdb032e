"""Errors of the HTTP interface as RFC 9457 problem documents, in the visitor's language."""

import logging
from pathlib import Path
from typing import Any, Optional

import yaml
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from knowledge import LANGUAGES

_log = logging.getLogger(__name__)
_WORDS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "wording" / "problems.yml").read_text(encoding="utf-8")
)
_BY_STATUS = {404: "not_found", 405: "method", 413: "too_large"}


class Problem(Exception):
    """Ends a request with a problem document; `key` names its words."""

    def __init__(self, status: int, key: str) -> None:
        self.status = status
        self.key = key
        super().__init__(key)


def language_of(request: Request) -> str:
    """The first of our languages the browser asks for; French without one."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        code = part.split(";")[0].strip()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


def document(
    request: Request, status: int, key: str, language: Optional[str] = None
) -> JSONResponse:
    """The problem document `key`, in `language` or else the one the browser asks for."""
    language = language or language_of(request)
    words = _WORDS[key][language]
    return JSONResponse(
        {"type": f"/problems/{key}", "status": status, **words},
        status_code=status,
        media_type="application/problem+json",
        headers={"Content-Language": language},
    )


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem document."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> JSONResponse:
        return document(request, error.status, error.key)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return document(request, 422, "bad_json")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        key = _BY_STATUS.get(error.status_code, "bad_json" if error.status_code < 500 else "failed")
        return document(request, error.status_code, key)

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        _log.error("request_failed path=%s error=%s", request.url.path, type(error).__name__)
        return document(request, 500, "failed")
