"""The search over HTTP, and what the application says of a directory that broke."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from prometheus_client import generate_latest
from pydantic import ValidationError

from bot import app as application
from bot import problems
from bot.channels import search
from bot.settings import Settings
from knowledge import FOLDER, Directory
from tests import postgres


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(search.router)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def get(client: httpx.AsyncClient, language: str = "fr", **query: Any) -> httpx.Response:
    return await client.get("/api/search", params=query, headers={"Accept-Language": language})


async def test_hits_have_what_a_page_shows(client: httpx.AsyncClient) -> None:
    body = (await get(client, q="Scholdeberodung", lang="lb")).json()
    assert body["language"] == "lb"
    assert body["hits"][0].keys() == {"kind", "id", "name", "summary", "place", "score"}
    assert body["hits"][0]["id"] == "surendettement"
    assert body["hits"][0]["name"].startswith("Scholdeberodung")


async def test_the_browser_language_place_and_limit_count(client: httpx.AsyncClient) -> None:
    body = (await get(client, "de", q="Jugendhaus", place="Miersch", limit=2)).json()
    assert body["language"] == "de" and len(body["hits"]) == 2
    assert body["hits"][0]["id"] == "maison-des-jeunes-mersch"


async def test_nothing_found_is_an_empty_list(client: httpx.AsyncClient) -> None:
    response = await get(client, q="asdf")
    assert response.status_code == 200 and response.json()["hits"] == []


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ({}, "Recherche illisible"),
        ({"q": ""}, "Recherche illisible"),
        ({"q": "  "}, "Recherche illisible"),
        ({"q": "x" * 501}, "Recherche illisible"),
        ({"q": "dettes", "lang": "en"}, "Recherche illisible"),
        ({"q": "dettes", "limit": "0"}, "Recherche illisible"),
        ({"q": "dettes", "limit": "51"}, "Recherche illisible"),
        ({"q": "dettes", "limit": "dix"}, "Recherche illisible"),
        ({"q": "dettes", "place": "Atlantis"}, "Lieu inconnu"),
    ],
)
async def test_bad_input_is_a_problem_document(
    client: httpx.AsyncClient, query: dict[str, str], title: str
) -> None:
    response = await get(client, **query)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == title


async def test_a_running_service_outlives_a_broken_file(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    live = Directory(folder)
    for module in (search, application):
        monkeypatch.setattr(module, "directory", lambda: live)
    path = folder / "services" / "polygone.yml"
    whole = path.read_text(encoding="utf-8")

    async def found(text: str) -> list[str]:
        return [hit["id"] for hit in (await get(client, q=text)).json()["hits"]]

    def save(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        live.look()
        live.look()

    application.watch_directory()
    save(whole.replace("Polygone", "Zyklopenwerk", 1) + "\n: [\n")
    assert (await found("Zyklopenwerk"), (await found("Polygone"))[0]) == ([], "polygone")
    assert b"weeweiser_directory_broken 1.0" in generate_latest()
    save(whole.replace("Polygone", "Zyklopenwerk", 1))
    assert await found("Zyklopenwerk") == ["polygone"]
    assert b"weeweiser_directory_broken 0.0" in generate_latest()


async def test_the_words_may_be_in_a_database(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := postgres.why_not():
        pytest.skip(reason)
    live = Directory()
    for module in (search, application):
        monkeypatch.setattr(module, "directory", lambda: live)
    expected = (await get(client, q="Jugendhaus Miersch")).json()
    with postgres.server() as address:
        application.watch_directory(Settings(search_database=address).search_database)
        assert (await get(client, q="Jugendhaus Miersch")).json() == expected
        database = sa.create_engine(address)
        assert sa.inspect(database).has_table("directory_posting")
        database.dispose()
        live.stop()


@pytest.mark.parametrize("address", ["sqlite:///x.db", "postgresql", "postgresql://host:port/x"])
def test_only_postgresql_keeps_the_words(address: str) -> None:
    with pytest.raises(ValidationError, match="postgresql://user@host/database"):
        Settings(search_database=address)


def test_no_database_is_none() -> None:
    assert Settings(search_database="").search_database is None
