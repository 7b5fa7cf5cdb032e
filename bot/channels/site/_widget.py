"""The widget's files. Any site may load them: they are public, and hold nothing of a visitor."""

from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from bot.channels import caching
from bot.problems import Problem
from bot.settings import ROOT

WIDGET = ROOT / "bot" / "web" / "widget"
#: Modules of another site are loaded with CORS. A short life: an old part must not meet a new one.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
    "X-Content-Type-Options": "nosniff",
}


class WidgetFiles(StaticFiles):
    """The folder of the widget, for pages of any site."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def script(request: Request, file: Path = WIDGET / "boot.js") -> Response:
    """The script a site includes, with its entity tag. Raises Problem 404 while there is none."""
    if not file.is_file():
        raise Problem(404, "not_found")
    body = file.read_bytes()
    tag = caching.tag_of(body)
    headers = {**HEADERS, "ETag": f'"{tag}"'}
    if caching.is_held(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/javascript", headers=headers)


def file_of(name: str, headers: dict[str, str]) -> Response:
    """A page of the folder `bot/web`. Raises Problem 404 when it is not there."""
    path = ROOT / "bot" / "web" / name
    if not path.is_file():
        raise Problem(404, "not_found")
    return FileResponse(path, headers=headers)
