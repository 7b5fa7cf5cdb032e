"""Pages of the desk: templates that escape everything, words per language, headers."""

from typing import Any, Callable

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.desk.access import Access, at_least, spoken
from bot.desk.catalogues import FOLDER, catalogue
from bot.policy import policy
from bot.store import Role, Worker
from knowledge import LANGUAGE_NAMES, LANGUAGES, Language

#: The parts of the desk, each with the word for it, its address and who may enter.
PARTS: tuple[tuple[str, str, Role], ...] = (
    ("first_call", "/desk/call", "worker"),
    ("reports_title", "/desk/reports", "manager"),
    ("person_title", "/desk/person", "manager"),
    ("directory", "/desk/directory", "worker"),
    ("all_calls", "/desk/calls", "worker"),
    ("all_referrals", "/desk/referrals", "worker"),
    ("inbox", "/desk/inbox", "worker"),
    ("learning", "/desk/learning", "editor"),
    ("audit", "/desk/audit", "manager"),
)  # fmt: skip
#: How much waits in a part, by its address; the part itself adds how it is counted.
COUNTS: dict[str, Callable[[Request], int]] = {}
NAMES = LANGUAGE_NAMES


class Rendering:
    """Makes pages; the words of `<catalogue>.<language>.yml` stand in `w`."""

    def __init__(self, access: Access, *catalogues: str) -> None:
        self._access = access
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            lstrip_blocks=True,
        )
        self.words: dict[Language, dict[str, Any]] = {
            code: {k: v for name in catalogues for k, v in catalogue(name, code).items()}
            for code in LANGUAGES
        }
        # The desk is never shown inside another page, ours included.
        self._headers = policy(forms=("'self'",), connects=True)
        held = self._headers["Content-Security-Policy"]
        self._headers["Content-Security-Policy"] = held.replace(
            "frame-ancestors 'self'", "frame-ancestors 'none'"
        )
        self._headers |= {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

    def page(
        self,
        request: Request,
        template: str,
        *,
        worker: Worker | None = None,
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """A page in the language of this browser, which is remembered."""
        language = spoken(request)
        text = self._templates.get_template(template).render(
            language=language,
            names=NAMES,
            parts=[p for p in PARTS if worker and at_least(worker, p[2])],
            counts={path: count(request) for path, count in COUNTS.items()} if worker else {},
            path=request.url.path,
            w=self.words[language],
            worker=worker,
            csrf=self._access.csrf(request) if worker else "",
            **values,
        )
        response = HTMLResponse(text, status_code=status, headers=self._headers)
        if "lang" in request.query_params:
            self._access.speak(response, language)
        return response
