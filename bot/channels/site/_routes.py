"""The addresses of the site's own pages and of the widget."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Optional

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from bot.channels.html import NAMES, Phone, Words, catalogue, clean, environment, human, policy
from bot.channels.site import _widget
from bot.problems import language_of
from knowledge import LUXEMBOURG, Knowledge, Language, directory

_KINDS = ("accessibility", "privacy")
_WORDS: dict[str, dict[Language, Words]] = {
    kind: {code: {**catalogue("words")[code], **words} for code, words in catalogue(kind).items()}
    for kind in _KINDS
}


class Number(BaseModel):
    """A telephone number: as people say it, as a phone dials it, and a notice about it."""

    number: str
    dialled: str
    label: str


class Contact(BaseModel):
    """How to reach the association. What is not known is null or empty."""

    language: Language
    name: str
    phones: list[Number]
    email: Optional[str]
    address: Optional[str]
    exit_url: str


def create_router(
    exit_url: str,
    frames: Iterable[str] = (),
    *,
    days: int,
    message_days: int,
    review_days: int = 30,
) -> APIRouter:
    """The pages as a router. `frames`: origins that may show them in a frame.

    `days`: how long a conversation is kept after its last message; `message_days`: how long a
    message for the office is; `review_days`: how long a message waits to be learnt from.
    """
    kept = {"days": days, "message_days": message_days, "review_days": review_days}
    router = APIRouter()
    site = _Site(exit_url, policy(frames=frames), policy(frames=frames, connects=True), kept)
    html: Any = {200: {"content": {"text/html": {}}}}
    script: Any = {200: {"content": {"text/javascript": {}}}}
    for path, page, described in (
        ("/accessibility", site.accessibility, html),
        ("/privacy", site.privacy, html),
        ("/demo", site.demo, html),
        ("/docs", site.docs, html),
        ("/widget.js", site.widget, script),
    ):
        router.add_api_route(
            path, page, response_class=Response, responses=described, tags=["pages"]
        )
    router.add_api_route("/api/contact", site.contact, tags=["directory"])
    return router


class _Site:
    def __init__(
        self,
        exit_url: str,
        headers: dict[str, str],
        demo_headers: dict[str, str],
        kept: dict[str, int],
    ) -> None:
        self._exit_url = exit_url
        self._headers = headers
        self._demo_headers = demo_headers
        self._kept = kept
        self._templates = environment()

    def accessibility(
        self,
        request: Request,
        lang: Optional[str] = Query(None, description="fr, de or lb."),  # noqa: ARG002
    ) -> Response:
        """How far the site can be used by everybody, and where to say that it cannot."""
        return self._text(request, "accessibility")

    def privacy(
        self,
        request: Request,
        lang: Optional[str] = Query(None, description="fr, de or lb."),  # noqa: ARG002
    ) -> Response:
        """What is kept of a visitor, how long, who reads it, and how to delete it."""
        return self._text(request, "privacy")

    def demo(self) -> Response:
        """The widget in a page, with every option it has."""
        return _widget.file_of("demo.html", self._demo_headers)

    def widget(self, request: Request) -> Response:
        """The script another site includes to show the chat widget."""
        return _widget.script(request)

    def docs(self, request: Request) -> Response:
        """This API, described: what can be asked, and what is answered."""
        text = self._templates.get_template("docs.html").render(api=request.app.openapi())
        return HTMLResponse(text, headers=self._headers)

    def contact(
        self,
        request: Request,
        lang: Optional[str] = Query(None, description="fr, de or lb."),  # noqa: ARG002
    ) -> Contact:
        """How to reach a person of the association, and where the quick way out leads to."""
        language = language_of(request)
        card, phones = _association(directory().current, language)
        return Contact(
            language=language,
            name=card["name"],
            phones=[Number(number=p.number, dialled=p.dialled, label=p.notice) for p in phones],
            email=card["email"],
            address=card["address"],
            exit_url=self._exit_url,
        )

    def _text(self, request: Request, kind: str) -> Response:
        language = language_of(request)
        words = _WORDS[kind][language]
        card, phones = _association(directory().current, language)
        text = self._templates.get_template("text.html").render(
            w=words,
            names=NAMES,
            language=language,
            path=f"/{kind}",
            human=phones,
            association=card,
            kept=self._kept,
        )
        headers = {**self._headers, "Content-Language": language, "Vary": "Accept-Language"}
        return HTMLResponse(text, headers=headers)


def _association(knowledge: Knowledge, language: Language) -> tuple[dict[str, Any], list[Phone]]:
    now = datetime.now(LUXEMBOURG)
    card = clean(knowledge.service_card(knowledge.association, language, at=now))
    return card, human(knowledge, language, now)
