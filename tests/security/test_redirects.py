"""No address of ours sends a visitor to a place somebody else chose."""

import ast
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from bot.settings import ROOT
from tests.security.cheap import Running

EVIL = "evil.example"
NAMES = ("next", "url", "to", "return", "redirect", "redirect_uri", "continue", "view", "lang")
PATHS = (
    *(f"//{EVIL}{path}" for path in ("", "/", "/services/", "/desk", "/hsds", "/%2e%2e")),
    *(f"/{path}//{EVIL}/" for path in ("services", "hsds", "desk", "static", "talk")),
    *(f"/{path}/" for path in ("services", "desk", "api/contact", "talk", "healthz")),
    f"/\\{EVIL}",
    f"/%5c{EVIL}",
    f"/%2f%2f{EVIL}",
    f"/https://{EVIL}",
    "/hsds",
    "/desk",
)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_way_leads_elsewhere(site: Running, method: str) -> None:
    paths = {route.path for route in site.app.routes if "{" not in route.path}
    sent = dict.fromkeys(NAMES, f"https://{EVIL}/")
    seen = 0
    with httpx.Client(base_url=site.address, timeout=60) as client:
        for path in sorted({*PATHS, *paths} - {"/talk/leave"}):
            url = httpx.URL(site.address).copy_with(raw_path=path.encode() + b"?x=1")
            for params, data in ((None, None), (sent, sent)):
                answer = client.request(
                    method,
                    url.copy_merge_params(params) if params else url,
                    data=data if method == "POST" else None,
                    headers={"Referer": f"https://{EVIL}/"},
                )
                assert answer.status_code < 500, path
                target = answer.headers.get("location")
                if target is not None:
                    seen += 1
                    there = urlsplit(urljoin(f"{site.address}/", target.replace("\\", "/")))
                    assert f"{there.scheme}://{there.netloc}" == site.address, (path, target)
    assert seen > 3


def test_leaving_quickly_leads_where_the_operator_chose(site: Running) -> None:
    sent = dict.fromkeys(NAMES, f"https://{EVIL}/")
    answer = httpx.post(f"{site.address}/talk/leave", params=sent, data=sent, timeout=60)
    assert answer.headers["location"] == "https://www.meteolux.lu/"


def test_redirects_are_made_in_few_places() -> None:
    made = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RedirectResponse"
    }
    assert made == {"bot/channels/web/_plain.py", "bot/desk/access.py"}
