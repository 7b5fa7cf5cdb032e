"""Errors of the HTTP interface as RFC 9457 problem documents, in the visitor's language."""

import logging
from pathlib import Path
from typing import Any, Union

import yaml
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from bot.store import AWAY
from knowledge import LANGUAGES, Language

_log = logging.getLogger(__name__)
_WORDS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "wording" / "problems.yml").read_text(encoding="utf-8")
)
AGAIN_SECONDS = 5
_BY_STATUS = {404: "not_found", 405: "method", 413: "too_large"}


class Document(BaseModel):
    """What was wrong with a request (RFC 9457), in the reader's language."""

    type: str
    title: str
    status: int
    detail: str


#: How every operation says that a request is wrong, for the OpenAPI document.
RESPONSES: dict[Union[int, str], dict[str, Any]] = {
    "4XX": {
        "description": "What is wrong with the request, in the reader's language.",
        "content": {"application/problem+json": {"schema": Document.schema()}},
    }
}


class Problem(Exception):
    """Ends a request with a problem document; `key` names its words, `gaps` fills them."""

    def __init__(self, status: int, key: str, **gaps: object) -> None:
        self.status = status
        self.key = key
        self.gaps = gaps
        super().__init__(key)


def language_of(request: Request) -> Language:
    """`?lang=`, or the language the browser likes best of ours; French without one."""
    asked = request.query_params.get("lang")
    accepted = parse_accept_header(request.headers.get("accept-language"), LanguageAccept)
    refused = {tag.lower() for tag, quality in accepted if quality <= 0}
    wanted = [tag.lower().split("-")[0] for tag, quality in accepted if quality > 0]
    for code in (asked, *wanted):
        for language in LANGUAGES:
            if code == language or (code == "*" and language not in refused):
                return language
    return LANGUAGES[0]


def words(key: str, language: Language, **gaps: object) -> dict[str, str]:
    """The title and the detail of a problem in a language."""
    return {name: text.format(**gaps) for name, text in _WORDS[key][language].items()}


def document(request: Request, status: int, key: str, **gaps: object) -> JSONResponse:
    """The problem document `key`, in the language the request asks for.

    The gap `retry_after`, in seconds, is also said in the header of that name.
    """
    language = language_of(request)
    headers: dict[str, str] = {"Content-Language": language}
    if "retry_after" in gaps:
        headers["Retry-After"] = str(gaps["retry_after"])
    return JSONResponse(
        {"type": f"/problems/{key}", "status": status, **words(key, language, **gaps)},
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem document."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> JSONResponse:
        return document(request, error.status, error.key, **error.gaps)

    for away in AWAY:

        @app.exception_handler(away)
        async def _database(request: Request, error: Exception) -> JSONResponse:
            _log.error("database_away path=%s error=%s", request.url.path, type(error).__name__)
            return document(request, 503, "database_away", retry_after=AGAIN_SECONDS)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        in_query = any(tuple(e["loc"])[:1] == ("query",) for e in error.errors())
        return document(request, 422, "bad_search" if in_query else "bad_json")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        key = _BY_STATUS.get(error.status_code, "bad_json" if error.status_code < 500 else "failed")
        return document(request, error.status_code, key)

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        _log.error("request_failed path=%s error=%s", request.url.path, type(error).__name__)
        return document(request, 500, "failed")
