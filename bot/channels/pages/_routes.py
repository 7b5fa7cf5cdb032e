"""The addresses of the public pages, and what every answer carries: policy, caching, language."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Optional, Union
from urllib.parse import quote

import segno
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from bot import problems
from bot.channels import caching
from bot.channels.html import NAMES, catalogue, environment, human, policy
from bot.channels.pages._entry import Entry, changed, entry_path, view
from bot.channels.pages._list import groups
from bot.channels.pages._structured import structured
from bot.channels.pages._vcard import vcard
from knowledge import (
    LUXEMBOURG,
    Helpline,
    Knowledge,
    Language,
    Service,
    UnknownId,
    directory,
)

_WORDS = catalogue("words")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
#: Seconds an answer may be kept: short, because "open now" changes.
_FRESH = 60
Source = Callable[[], Knowledge]
Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(LUXEMBOURG)


def _running() -> Knowledge:
    return directory().current


def create_router(
    public_url: Optional[str] = None,
    *,
    frames: Sequence[str] = (),
    source: Source = _running,
    clock: Clock = _now,
) -> APIRouter:
    """The pages as a router for any FastAPI application.

    `public_url`: scheme and host the site is reached at; without it, those of each request.
    `frames`: origins that may show the pages in a frame.
    `source`: gives the knowledge base in force. `clock`: local time in Luxembourg.
    The styles and the script are expected at `/static`, the folder `bot/web`.
    """
    router = APIRouter(tags=["pages"])
    site = _Site(public_url, policy(frames=frames), source, clock)
    for path, page, answer in (
        ("/services", site.all_services, "text/html"),
        ("/services/{name}.vcf", site.service_contact, "text/vcard"),
        ("/services/{name}", site.service, "text/html"),
        ("/helplines/{name}.vcf", site.helpline_contact, "text/vcard"),
        ("/helplines/{name}", site.helpline, "text/html"),
        ("/sitemap.xml", site.sitemap, "application/xml"),
        ("/robots.txt", site.robots, "text/plain"),
    ):
        described: Any = {200: {"content": {answer: {}}}}
        router.add_api_route(path, page, response_class=Response, responses=described)
        router.add_api_route(path, page, methods=["HEAD"], include_in_schema=False)
    return router


def _language(
    request: Request,
    lang: Optional[str] = Query(None, description="fr, de or lb; else Accept-Language."),  # noqa: ARG001
) -> Language:
    """`lang` is named for the documents; `language_of` reads it of every request."""
    return problems.language_of(request)


Spoken = Annotated[Language, Depends(_language)]


class _BadHost(Exception):
    """The request names no host a link could begin with."""


class _Site:
    def __init__(
        self, public_url: Optional[str], headers: dict[str, str], source: Source, clock: Clock
    ) -> None:
        self._public_url = public_url
        self._headers = headers
        self._source = source
        self._clock = clock
        self._templates = environment()

    def service(self, request: Request, name: str, language: Spoken) -> Response:
        """The page of a service: what it is, how to reach it, and where that was read."""
        return self._entry_page(request, "services", name, language)

    def helpline(self, request: Request, name: str, language: Spoken) -> Response:
        """The page of a helpline."""
        return self._entry_page(request, "helplines", name, language)

    def service_contact(self, request: Request, name: str, language: Spoken) -> Response:
        """A service as a vCard, for the address book of a phone."""
        return self._contact(request, "services", name, language)

    def helpline_contact(self, request: Request, name: str, language: Spoken) -> Response:
        """A helpline as a vCard."""
        return self._contact(request, "helplines", name, language)

    def all_services(self, request: Request, language: Spoken) -> Response:
        """All services by topic, and the helplines."""
        listed = list(groups(self._source(), _WORDS[language], language))
        return self._page(request, "list.html", "/services", language, groups=listed)

    def sitemap(self, request: Request) -> Response:
        """Every page in every language, for search engines."""
        knowledge = self._source()
        listed: list[dict[str, Any]] = [{"path": "/services", "changed": None}]
        for service in knowledge.all_services():
            path = entry_path("services", service.id)
            listed.append({"path": path, "changed": changed(service)})
        for line in knowledge.helplines.values():
            path = entry_path("helplines", line.id)
            listed.append({"path": path, "changed": changed(line)})

        def text(base: str) -> str:
            template = self._templates.get_template("sitemap.xml")
            return template.render(pages=listed, names=NAMES, base=base)

        return self._answer(request, text, "application/xml")

    def robots(self, request: Request) -> Response:
        """What search engines may read."""

        def text(base: str) -> str:
            rules = ("User-agent: *", "Disallow: /api/", "Disallow: /desk/")
            return "\n".join((*rules, f"Sitemap: {base}/sitemap.xml", ""))

        return self._answer(request, text, "text/plain")

    def _entry_page(self, request: Request, kind: str, name: str, language: Language) -> Response:
        knowledge = self._source()
        try:
            entry = self._view(knowledge, _find(knowledge, kind, name), language)
        except UnknownId:
            return self._unknown(request, language)
        association = self._view(knowledge, knowledge.association, language)
        return self._page(
            request,
            "entry.html",
            entry.path,
            language,
            entry=entry,
            association=association,
        )

    def _contact(self, request: Request, kind: str, name: str, language: Language) -> Response:
        knowledge = self._source()
        try:
            entry = self._view(knowledge, _find(knowledge, kind, name), language)
        except UnknownId:
            return self._unknown(request, language)

        def text(base: str) -> str:
            return vcard(entry, _WORDS[language], f"{base}{entry.path}?lang={language}")

        answer = self._answer(request, text, "text/vcard", language)
        answer.headers["Content-Disposition"] = f'attachment; filename="{entry.id}.vcf"'
        return answer

    def _view(
        self, knowledge: Knowledge, entry: Union[Service, Helpline], language: Language
    ) -> Entry:
        return view(knowledge, entry, _WORDS[language], language, self._clock())

    def _page(
        self, request: Request, template: str, path: str, language: Language, **values: Any
    ) -> Response:
        def text(base: str) -> str:
            url = f"{base}{path}?lang={language}"
            entry: Optional[Entry] = values.get("entry")
            if entry:
                values["structured"] = structured(entry, values["association"], url)
                values["qr"] = _qr(url)
                values["mailto"] = _mailto(entry, url)
            return self._render(template, path, language, base=base, url=url, **values)

        return self._answer(request, text, "text/html", language)

    def _render(self, template: str, path: str, language: Language, **values: Any) -> str:
        now = self._clock()
        return self._templates.get_template(template).render(
            w=_WORDS[language],
            names=NAMES,
            language=language,
            path=path,
            human=human(self._source(), language, now),
            today=now.strftime("%d.%m.%Y"),
            **values,
        )

    def _unknown(self, request: Request, language: Language) -> Response:
        """A page for people, a problem document for programs."""
        if "text/html" in request.headers.get("accept", ""):
            text = self._render("not_found.html", "/services", language)
            answer: Response = HTMLResponse(text, 404)
        else:
            answer = problems.document(request, 404, "unknown_service")
        answer.headers.update(self._headers)
        answer.headers["Content-Language"] = language
        answer.headers["Vary"] = "Accept, Accept-Language"
        return answer

    def _answer(
        self,
        request: Request,
        text: Callable[[str], str],
        media_type: str,
        language: Optional[str] = None,
    ) -> Response:
        """An answer that may be kept for a short time; 304 when the caller has it already."""
        try:
            body = text(self._base(request)).encode()
        except _BadHost:
            return problems.document(request, 400, "bad_host")
        tag = caching.tag_of(body)
        # An address taken from a request must not reach others through a shared cache.
        scope = "public" if self._public_url else "private"
        headers = {
            **self._headers,
            "Cache-Control": f"{scope}, max-age={_FRESH}",
            "ETag": f'"{tag}"',
            "Vary": "Accept-Language",
        }
        if language:
            headers["Content-Language"] = language
        if caching.is_held(request, tag):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=media_type, headers=headers)

    def _base(self, request: Request) -> str:
        if self._public_url:
            return self._public_url
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):
            raise _BadHost
        return f"{request.url.scheme}://{host}"


def _find(knowledge: Knowledge, kind: str, name: str) -> Union[Service, Helpline]:
    if kind == "services":
        return knowledge.service(name)
    if name not in knowledge.helplines:
        raise UnknownId(name)
    return knowledge.helplines[name]


def _qr(url: str) -> Markup:
    code = segno.make(url, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))  # noqa: S704  # nosec B704


def _mailto(entry: Entry, url: str) -> str:
    phones = [f"{p.number} – {p.notice}" if p.notice else p.number for p in entry.phones]
    body = "\r\n".join([entry.name, *phones, url])
    return f"mailto:?subject={quote(entry.name, safe='')}&body={quote(body, safe='')}"
