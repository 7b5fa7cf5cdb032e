"""The site around the chat: policies, other sites, the widget's files, statement and notice."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from pydantic import ValidationError

from bot.app import create_app
from bot.channels import site
from bot.channels.html import FOLDER, catalogue
from bot.channels.limits import Limit
from bot.settings import Settings
from knowledge import LANGUAGES, Language, load

FRIEND = "https://www.example.lu"
PAGES = ["/accessibility", "/privacy", "/docs", "/services", "/services/streetwork"]


def client_of(**values: Any) -> TestClient:
    """The application without a model: what needs neither assistant nor store."""
    app = create_app(Settings(**values), Path("unused"))
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    yield client_of(allowed_origins=[FRIEND], allowed_frames=[FRIEND])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "unsafe" not in policy and "*" not in policy and "http:" not in policy
    assert f"frame-ancestors 'self' {FRIEND}" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    inline = re.findall(r"<script(?![^>]*(?:src=|ld\+json))|<style| style=| on\w+=", answer.text)
    assert inline == []


def test_without_a_setting_nobody_else_frames() -> None:
    policy = client_of().get("/privacy").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self'")


def test_what_is_no_page_loads_nothing(client: TestClient) -> None:
    for path in ("/healthz", "/openapi.json", "/nowhere"):
        policy = client.get(path).headers["content-security-policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'", path


def test_encrypted_sites_stay_encrypted() -> None:
    name = "strict-transport-security"
    assert name not in client_of(public_url="http://x.lu").get("/healthz").headers
    assert "max-age" in client_of(public_url="https://x.lu").get("/healthz").headers[name]


def ask_first(client: TestClient, origin: str, path: str, method: str = "POST") -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return client.options(path, headers=headers)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_allowed_site_may_use_the_api(client: TestClient, method: str) -> None:
    answer = ask_first(client, FRIEND, "/api/conversations/x", method)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == FRIEND
    assert method in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("origin", "path", "method"),
    [
        ("https://evil.example", "/api/conversations", "POST"),
        ("http://www.example.lu", "/api/conversations", "POST"),
        ("https://www.example.lu.evil.example", "/api/conversations", "POST"),
        ("https://www.example.lu:8443", "/api/conversations", "POST"),
        ("null", "/api/conversations", "POST"),
        ("", "/api/conversations", "POST"),
        (FRIEND, "/api/conversations", "PUT"),
        (FRIEND, "/desk/", "POST"),
        (FRIEND, "/talk", "POST"),
    ],
)
def test_others_are_refused(client: TestClient, origin: str, path: str, method: str) -> None:
    answer = ask_first(client, origin, path, method)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign_origin"
    assert "access-control-allow-methods" not in answer.headers


def test_answers_can_be_read_by_allowed_sites_only(client: TestClient) -> None:
    def allowed(origin: str, path: str = "/api/contact") -> Any:
        return client.get(path, headers={"Origin": origin}).headers.get(
            "access-control-allow-origin"
        )

    assert allowed(FRIEND) == FRIEND
    assert allowed("https://evil.example") is None and allowed("null") is None
    # Errors, too, or the widget could not say what is wrong.
    assert allowed(FRIEND, "/api/nothing") == FRIEND
    assert allowed(FRIEND, "/services") is None
    assert allowed(FRIEND, "/openapi.json") is None


def test_a_fault_of_ours_can_be_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(allowed_origins=[FRIEND])
    answer = client.post("/api/conversations", headers={"Origin": FRIEND})  # no store was opened
    assert answer.status_code == 500 and answer.json()["type"] == "/problems/failed"
    assert answer.headers["access-control-allow-origin"] == FRIEND
    assert "112" in answer.json()["detail"]


def test_without_a_setting_no_other_site(client: TestClient) -> None:
    alone = client_of()
    assert ask_first(alone, FRIEND, "/api/conversations").status_code == 403


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "null",
        "https://*.example.lu",
        "https://x.lu/",
        "https://x.lu/a",
        "x.lu",
        "HTTPS://X.LU",
        "https://x.lu; script-src *",
        "javascript:alert(1)",
    ],
)
def test_only_exact_origins_are_settings(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALLOWED_ORIGINS", "ALLOWED_FRAMES"):
        monkeypatch.setenv(f"WEEWEISER_{name}", value)
        with pytest.raises(ValidationError):
            Settings()
        monkeypatch.delenv(f"WEEWEISER_{name}")


def test_several_origins_are_written_with_spaces_or_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "WEEWEISER_ALLOWED_ORIGINS", f" {FRIEND},http://localhost:8080  https://b.lu"
    )
    assert Settings().allowed_origins == (FRIEND, "http://localhost:8080", "https://b.lu")
    monkeypatch.setenv("WEEWEISER_ALLOWED_ORIGINS", "")
    assert Settings().allowed_origins == ()


@pytest.mark.parametrize(
    "value", ["http://x.lu/", "javascript:alert(1)", "https://x.lu/a; b", "https://x.lu/a,b", ""]
)
def test_only_a_plain_address_is_a_way_out(value: str) -> None:
    with pytest.raises(ValidationError):
        Settings(exit_url=value)


def test_the_widgets_script(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "boot.js"
    monkeypatch.setattr(site._widget.script, "__defaults__", (script,))
    assert client.get("/widget.js").status_code == 404
    script.write_text("1", encoding="utf-8")
    answer = client.get("/widget.js", headers={"Origin": "https://anywhere.example"})
    assert answer.text == "1" and answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age" in answer.headers["cache-control"]
    tag = answer.headers["etag"]
    assert client.get("/widget.js", headers={"If-None-Match": tag}).status_code == 304
    script.write_text("2", encoding="utf-8")
    assert client.get("/widget.js", headers={"If-None-Match": tag}).text == "2"


async def test_the_widgets_folder(tmp_path: Path) -> None:
    (tmp_path / "x.js").write_text("1", encoding="utf-8")
    files = site.WidgetFiles(directory=tmp_path)
    answer = TestClient(files).get("/x.js")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "max-age" in answer.headers["cache-control"] and answer.headers["etag"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/accessibility", "/privacy"])
def test_both_texts_say_whom_to_ask(client: TestClient, path: str, language: Language) -> None:
    text = client.get(f"{path}?lang={language}").text
    facts = load().association.facts
    assert facts.get("email")[0].value in text and 'href="tel:+352492660"' in text
    assert facts.get("address")[0].value.replace("’", "&#8217;") in text or "côte d" in text
    to_confirm = {"fr": "à confirmer", "de": "noch zu bestätigen", "lb": "nach ze confirméieren"}
    assert to_confirm[language] in text, "contact data keep their notice"
    assert f'<html lang="{language}">' in text
    for other in ("/accessibility", "/privacy", "/services"):
        assert f'href="{other}?lang={language}"' in text


def test_the_statement_names_the_days_of_the_law(client: TestClient) -> None:
    for language in LANGUAGES:
        assert "30" in client.get(f"/accessibility?lang={language}").text


def test_the_notice_says_how_long() -> None:
    from fastapi import FastAPI

    app = FastAPI()
    app.include_router(site.create_router("https://example.lu/", days=45, message_days=77))
    for language in LANGUAGES:
        text = TestClient(app).get(f"/privacy?lang={language}").text
        assert " 45 " in text and " 77 " in text


@pytest.mark.parametrize("name", ["accessibility", "privacy", "chat", "words"])
def test_texts_are_whole_in_each_language(name: str) -> None:
    texts = catalogue(name)

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(part) for key, part in value.items()}
        if isinstance(value, list):
            return [shape(part) for part in value]
        return re.findall(r"{\w+}", value) if isinstance(value, str) else value

    assert shape(texts["fr"]) == shape(texts["de"]) == shape(texts["lb"])
    assert len({str(texts[code]) for code in LANGUAGES}) == 3
    assert yaml.safe_load((FOLDER / f"{name}.lb.yml").read_text(encoding="utf-8"))


def test_the_contact(client: TestClient) -> None:
    body = client.get("/api/contact?lang=de").json()
    assert body["language"] == "de" and body["exit_url"].startswith("https://")
    [phone] = body["phones"]
    assert (phone["number"], phone["dialled"]) == ("49 26 60", "+352492660")
    assert "noch zu bestätigen" in phone["label"]
    assert body["email"] == load().association.facts.get("email")[0].value


def test_the_api_describes_itself_without_another_host(client: TestClient) -> None:
    text = client.get("/docs").text
    assert "/api/conversations/{name}/messages" in text and "https://" not in text


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_lets_through_so_many_and_then_some_each_minute() -> None:
    clock = Clock()
    limit = Limit(6, clock)
    assert [limit.take("a") for _ in range(6)] == [0.0] * 6
    assert limit.take("a") == 10.0 and limit.take("b") == 0.0
    clock.now += 9
    assert limit.take("a") == pytest.approx(1.0)
    clock.now += 1
    assert limit.take("a") == 0.0 and limit.take("a") == 10.0
    clock.now += 3600
    assert [limit.take("a") > 0 for _ in range(7)] == [False] * 6 + [True]


def test_zero_is_no_limit() -> None:
    assert not any(Limit(0).take("a") for _ in range(1000))


def test_limits_forget_who_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.limits._MANY", 10)
    clock = Clock()
    limit = Limit(60, clock)
    for number in range(10):
        limit.take(str(number))
    clock.now += 60
    for number in range(10):
        limit.take(f"new {number}")
    assert len(limit._buckets) <= 11
