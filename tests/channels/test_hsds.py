"""The HSDS interface: pages, filters, languages, caches; bad questions get a clear 4xx."""

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot import problems
from bot.channels import hsds
from bot.channels.hsds import _routes
from knowledge import FOLDER, HSDS_PROFILE, LANGUAGES, Directory, Hsds, load
from tests import official

LISTS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
AT = datetime(2026, 6, 1, 12)
_WHOLE = {"services", "organizations", "service_at_locations"}


def _app() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(hsds.router)
    return app


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(_app(), raise_server_exceptions=False)


def _everything(client: TestClient, path: str, **params: Any) -> list[dict[str, Any]]:
    """All objects of a list, by following its pages."""
    found: list[dict[str, Any]] = []
    for number in range(1, 1000):
        answer = client.get(f"/hsds/{path}", params={**params, "page": number, "per_page": 40})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page["page_number"] == number
        assert page["size"] == len(page["contents"])
        assert page["first_page"] == (number == 1)
        assert page["empty"] == (not page["contents"])
        found += page["contents"]
        if page["last_page"]:
            assert page["total_items"] == len(found)
            assert page["total_pages"] == (number if found else 0)
            return found
    raise AssertionError("the list has no last page")


def _ids(objects: list[dict[str, Any]]) -> list[str]:
    return [found["id"] for found in objects]


def _problem(answer: Any, status: int, key: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["type"] == f"/problems/{key}"
    assert found["detail"] and "{" not in found["detail"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", LISTS)
def test_every_answer_validates(client: TestClient, path: str, language: str) -> None:
    kind = LISTS[path]
    lists = kind if kind.startswith("taxonomy") else f"compiled/{kind}_list"
    items = _everything(client, path, lang=language)
    for item in items:
        assert not official.faults(item, lists)
        assert not official.foreign(item, kind)
        one = client.get(f"/hsds/{path}/{item['id']}", params={"lang": language})
        assert not official.faults(one.json(), kind)
        assert not official.foreign(one.json(), kind)
        assert one.headers["content-language"] == language
    if path in _WHOLE:
        whole = _everything(client, path, lang=language, full=True)
        assert _ids(whole) == _ids(items)
        for found in whole:
            assert not official.faults(found, kind)
            one = client.get(f"/hsds/{path}/{found['id']}", params={"lang": language})
            assert one.json() == found
    if path == "services":
        for stub in _everything(client, path, minimal=True):
            assert not official.faults(stub, lists)
            assert stub.keys() == {"id", "name", "status", "last_modified"}
    if path == "organizations":
        for found in _everything(client, path, full_service=True):
            assert not official.faults(found, kind)
            assert all(not official.faults(s, "service") for s in found["services"])


def test_the_front_door(client: TestClient) -> None:
    found = client.get("/hsds/").json()
    assert found == {
        "version": "3.1",
        "profile": "http://testserver/hsds/profile",
        "openapi_url": "http://testserver/openapi.json",
    }
    assert client.get(found["profile"]).json() == HSDS_PROFILE
    assert "/hsds/services" in client.get(found["openapi_url"]).json()["paths"]


_everywhere = {
    "page": [1, 1, 1, 2, 3, 0, -1, "x", 10**30],
    "per_page": [1, 7, 50, 500, 0, 501, "ten"],
    "format": ["json", "ndjson", "xml"],
    "search": ["dett", "jugend haus", "Käerjeng", "ECH", "%00", "zzzz", "", "a" * 201],
    "lang": ["fr", "de", "lb", "en"],
    "colour": ["blue"],
}
_boolean = ["true", "false", "perhaps"]


def _some_ids(kind: str) -> list[str]:
    names = list(Hsds(load(), at=AT).in_("fr").ids(kind))
    return [
        names[0],
        names[len(names) // 2],
        names[-1].upper(),
        "x",
        "0" * 8 + "-0000" * 3 + "0" * 12,
    ]


_classified = {
    "taxonomy_id": [*_some_ids("taxonomy")],
    "taxonomy_term_id": [*_some_ids("taxonomy_term")],
    "full": _boolean,
}
_placed = {
    "organization_id": _some_ids("organization"),
    "modified_after": ["2020-01-01", "2999-01-01T00:00:00+02:00", "nan", "yesterday", "0001-01-01"],
    "postcode": ["1450", "L-7590", "9999", "Mersch", "14500"],
    "proximity": [1, 500, 20000.5, 0, "nan", "inf", "near"],
}
_PARAMETERS: dict[str, dict[str, list[Any]]] = {
    "services": {**_everywhere, **_classified, **_placed, "minimal": _boolean},
    "organizations": {**_everywhere, **_classified, "full_service": _boolean},
    "service_at_locations": {**_everywhere, **_classified, **_placed},
    "taxonomies": _everywhere,
    "taxonomy_terms": {
        **_everywhere,
        "taxonomy_id": _some_ids("taxonomy"),
        "parent_id": _some_ids("taxonomy_term"),
        "top_only": _boolean,
    },
}


@st.composite
def _questions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    path = draw(st.sampled_from([*LISTS, "services", "services"]))
    names = draw(st.sets(st.sampled_from(sorted(_PARAMETERS[path])), max_size=4))
    return path, {n: draw(st.sampled_from(_PARAMETERS[path][n])) for n in sorted(names)}


_client = TestClient(_app(), raise_server_exceptions=False)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(question=_questions(), post=st.booleans())
def test_any_question_gets_a_page_or_a_clear_refusal(
    question: tuple[str, dict[str, Any]], post: bool
) -> None:
    path, params = question
    if post:
        answer = _client.post(f"/hsds/{path}", json=params)
    else:
        answer = _client.get(f"/hsds/{path}", params=params)
    if answer.status_code != 200:
        assert answer.status_code in (404, 422), answer.text
        assert answer.json()["detail"]
        assert answer.headers["content-type"] == "application/problem+json"
        return
    if params.get("format") == "ndjson":
        contents = [json.loads(line) for line in answer.text.splitlines()]
    else:
        page = answer.json()
        contents = page["contents"]
        assert page["size"] == len(contents) <= page["total_items"]
        assert page["page_number"] == params.get("page", 1)
    whole = _ids(_everything(_client, path))
    found = _ids(contents)
    assert len({*found}) == len(found)
    assert found == [name for name in whole if name in {*found}]


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(per_page=st.integers(1, 160), path=st.sampled_from(sorted(LISTS)))
def test_pages_put_together_are_the_list(per_page: int, path: str) -> None:
    everything = _ids(_everything(_client, path))
    found: list[str] = []
    while len(found) < len(everything):
        number = len(found) // per_page + 1
        page = _client.get(f"/hsds/{path}", params={"page": number, "per_page": per_page}).json()
        assert page["total_pages"] == -(-len(everything) // per_page)
        assert page["last_page"] == (number == page["total_pages"])
        found += _ids(page["contents"])
    assert found == everything


@pytest.mark.parametrize("path", LISTS)
def test_lines_are_the_list_without_pages(client: TestClient, path: str) -> None:
    answer = client.get(f"/hsds/{path}", params={"format": "ndjson", "per_page": 1})
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == _everything(client, path)


def test_term_filter_splits_the_services(client: TestClient) -> None:
    (term,) = (t for t in _everything(client, "taxonomy_terms") if t["code"] == "need:debt_help")
    found = {*_ids(_everything(client, "services", taxonomy_term_id=term["id"]))}
    for service in _everything(client, "services", full=True):
        codes = {a["taxonomy_term"]["code"] for a in service["attributes"]}
        assert ("need:debt_help" in codes) == (service["id"] in found)
    assert 1 < len(found) < 20
    places = _everything(client, "service_at_locations", taxonomy_term_id=term["id"])
    assert all(place["service_id"] in found for place in places)


def test_taxonomy_filter_asks_for_any_term_of_it(client: TestClient) -> None:
    needs, types = _everything(client, "taxonomies")
    found = {*_ids(_everything(client, "services", taxonomy_id=needs["id"]))}
    whole = _everything(client, "services", full=True)
    assert found == {
        s["id"] for s in whole if any(a["link_type"] == "need" for a in s["attributes"])
    }
    assert found < {*_ids(whole)}  # some helplines answer no need
    assert len(_everything(client, "services", taxonomy_id=types["id"])) == len(whole)
    terms = _everything(client, "taxonomy_terms", taxonomy_id=types["id"])
    (helpline,) = (term for term in terms if term["code"] == "type:helpline")
    both = {"taxonomy_id": needs["id"], "taxonomy_term_id": helpline["id"]}
    lines = {*_ids(_everything(client, "services", taxonomy_term_id=helpline["id"]))}
    assert {*_ids(_everything(client, "services", **both))} == lines & found != set()


def test_filters_add_up(client: TestClient) -> None:
    association = _everything(client, "organizations")[0]["id"]
    (term,) = (t for t in _everything(client, "taxonomy_terms") if t["code"] == "need:youth_house")
    own = {*_ids(_everything(client, "services", organization_id=association))}
    youth = {*_ids(_everything(client, "services", taxonomy_term_id=term["id"]))}
    both = {"organization_id": association, "taxonomy_term_id": term["id"]}
    assert {*_ids(_everything(client, "services", **both))} == own & youth
    assert own - youth and youth - own and own & youth
    named = {*_ids(_everything(client, "services", search="clausen"))}
    assert {*_ids(_everything(client, "services", search="clausen", **both))} == own & youth & named


def test_organizations_and_terms_by_taxonomy(client: TestClient) -> None:
    terms = _everything(client, "taxonomy_terms")
    (debt,) = (t for t in terms if t["code"] == "need:debt_help")
    services = _everything(client, "services", taxonomy_term_id=debt["id"])
    found = _ids(_everything(client, "organizations", taxonomy_term_id=debt["id"]))
    assert {*found} == {service["organization_id"] for service in services}
    for taxonomy in _everything(client, "taxonomies"):
        own = _everything(client, "taxonomy_terms", taxonomy_id=taxonomy["id"])
        assert _ids(own) == [t["id"] for t in terms if t["taxonomy_id"] == taxonomy["id"]]
    assert _everything(client, "taxonomy_terms", top_only=True) == terms
    assert _everything(client, "taxonomy_terms", parent_id=debt["id"]) == []


@pytest.mark.parametrize("words", ["schuldnerberatung", "SCHULDNERBERATUNG", "surendettement"])
def test_search_finds_words_of_any_language(client: TestClient, words: str) -> None:
    wanted = load().service("surendettement").name.fr
    assert wanted in [s["name"] for s in _everything(client, "services", search=words)]


def test_every_word_of_a_search_counts(client: TestClient) -> None:
    both = {*_ids(_everything(client, "services", search="jugendhaus  DUDELANGE"))}
    assert both
    for word in ("jugendhaus", "dudelange"):
        assert both < {*_ids(_everything(client, "services", search=word))}


def test_postcode_is_whom_a_service_is_for(client: TestClient) -> None:
    mersch = {*_ids(_everything(client, "services", postcode="L-7590"))}
    assert mersch == {*_ids(_everything(client, "services", postcode="7590"))}
    knowledge = load()
    for service in knowledge.all_services():
        fits = service.serves.national or "mersch" in service.serves.communes
        names = {s["name"] for s in _everything(client, "services", search=service.name.fr)}
        assert service.name.fr in names
        (found, *_) = (
            s
            for s in _everything(client, "services", search=service.name.fr)
            if s["name"] == service.name.fr
        )
        assert (found["id"] in mersch) == fits, service.id


def test_proximity_is_a_circle(client: TestClient) -> None:
    near = {"postcode": "7590", "proximity": 1}
    names = [s["name"] for s in _everything(client, "services", **near)]
    assert load().service("maison-relais-eimab").name.fr in names
    assert load().service("maison-des-jeunes-river-clausen").name.fr not in names
    before: set[str] = set()
    for metres in (1, 5_000, 20_000, 100_000):
        now = {*_ids(_everything(client, "services", postcode="7590", proximity=metres))}
        assert before <= now
        before = now
    wider = _everything(client, "services", postcode="7590", proximity=5_000)
    far = load().service("maison-des-jeunes-river-clausen").name.fr  # about 15 km away
    assert far not in [s["name"] for s in wider]
    assert far in [
        s["name"] for s in _everything(client, "services", postcode="7590", proximity=20_000)
    ]
    located = {p["service_id"] for p in _everything(client, "service_at_locations", **near)}
    assert located <= {*_ids(_everything(client, "services", **near))}


@pytest.fixture
def dated(tmp_path: Path) -> TestClient:
    """A directory whose files are of 2023, but one of 15 June 2025, 15:06:40.25 UTC."""
    copy = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    (copy / "changed.tsv").unlink()
    for path in copy.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    os.utime(copy / "services" / "surendettement.yml", (1_750_000_000.25, 1_750_000_000.25))
    app = _app()
    served = Hsds(load(copy), at=AT)
    app.dependency_overrides[hsds.served] = lambda: served
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        ("2025-06-15T15:06:40.250Z", 1),
        ("2025-06-15T15:06:40.250", 1),
        ("2025-06-15T17:06:40.250+02:00", 1),
        ("2025-06-15T15:06:40.251Z", 0),
        ("2025-06-15", 1),
        ("2025-06-16", 0),
        ("2023-01-01", 147),
    ],
)
def test_modified_after(dated: TestClient, moment: str, count: int) -> None:
    assert len(_everything(dated, "services", modified_after=moment)) == count


def test_last_modified_is_told(dated: TestClient) -> None:
    (changed,) = _everything(dated, "services", modified_after="2025-01-01")
    answer = dated.get(f"/hsds/services/{changed['id']}")
    assert answer.headers["last-modified"] == "Sun, 15 Jun 2025 15:06:40 GMT"


@pytest.mark.parametrize(
    ("accept", "query", "language"),
    [
        (None, None, "fr"),
        ("de", None, "de"),
        ("lb-LU,lb;q=0.9,fr;q=0.8", None, "lb"),
        ("fr;q=0.2, de-AT;q=0.9", None, "de"),
        ("en, pt;q=0.5, lb;q=0.1", None, "lb"),
        ("de;q=0, lb;q=0.1", None, "lb"),
        ("fr;q=0, *", None, "de"),
        ("en", None, "fr"),
        (";;q=,,*;q=x", None, "fr"),
        ("de", "lb", "lb"),
    ],
)
def test_language(client: TestClient, accept: str | None, query: str | None, language: str) -> None:
    headers = {"Accept-Language": accept} if accept is not None else {"Accept-Language": ""}
    params = {"lang": query} if query else {}
    answer = client.get("/hsds/taxonomies", headers=headers, params=params)
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"
    names = {"fr": "Besoins", "de": "Anliegen", "lb": "Besoinen"}
    assert answer.json()["contents"][0]["name"] == names[language]


def test_caches(client: TestClient) -> None:
    first = client.get("/hsds/services")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=300"
    assert client.get("/hsds/services").headers["etag"] == tag
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get("/hsds/services", headers={"If-None-Match": sent})
        assert again.status_code == 304 and again.content == b""
        assert again.headers["etag"] == tag
        assert again.headers["vary"] == "Accept-Language"
    other = client.get("/hsds/services?lang=de", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["etag"] != tag
    assert "public" not in client.get("/hsds/").headers["cache-control"]


@pytest.mark.parametrize("path", ["", "profile", "services", "services/x", "taxonomies?page=x"])
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    get, head = client.get(f"/hsds/{path}"), client.head(f"/hsds/{path}")
    assert head.status_code == get.status_code
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


def test_any_page_may_read_but_not_post(client: TestClient) -> None:
    for path in ("services", "services/x"):
        assert client.get(f"/hsds/{path}").headers["access-control-allow-origin"] == "*"
    posted = client.post("/hsds/services", json={})
    assert "access-control-allow-origin" not in posted.headers
    assert posted.headers["cache-control"] == "no-store"
    assert "etag" not in posted.headers


@pytest.mark.parametrize("path", LISTS)
def test_post_asks_the_same_question(client: TestClient, path: str) -> None:
    question = {"search": "jugend", "per_page": 3, "lang": "de"}
    asked = client.get(f"/hsds/{path}", params=question).json()
    assert client.post(f"/hsds/{path}", json=question).json() == asked
    assert client.post(f"/hsds/{path}", params=question).json() == asked
    mixed = client.post(f"/hsds/{path}?per_page=3&lang=de", json={"search": "jugend"})
    assert mixed.json() == asked
    assert client.post(f"/hsds/{path}").json() == client.get(f"/hsds/{path}").json()


@pytest.mark.parametrize(
    ("path", "status", "key"),
    [
        *((f"{path}/nothing", 404, "hsds_unknown_id") for path in LISTS),
        ("services?page=0", 422, "hsds_bad_parameter"),
        ("services?per_page=501", 422, "hsds_bad_parameter"),
        ("services?format=xml", 422, "hsds_bad_parameter"),
        ("services?full=perhaps", 422, "hsds_bad_parameter"),
        ("services?modified_after=soon", 422, "hsds_bad_parameter"),
        ("services?taxonomy_term_id=debt_help", 422, "hsds_bad_parameter"),
        ("services?postcode=14500", 422, "hsds_bad_parameter"),
        ("services?postcode=9999", 422, "hsds_unknown_postcode"),
        ("services?proximity=100", 422, "hsds_postcode_missing"),
        ("services?minimal=true&full=true", 422, "hsds_minimal_or_full"),
        ("services?page=1000", 404, "hsds_no_such_page"),
        ("services?page=1&page=2", 422, "hsds_repeated_parameter"),
        ("services?serch=dettes", 422, "hsds_unknown_parameter"),
        ("taxonomies?postcode=1450", 422, "hsds_unknown_parameter"),
        (
            f"services?organization_id={'0' * 8}-0000-0000-0000-{'0' * 12}",
            422,
            "hsds_unknown_value",
        ),
    ],
)
def test_refusals(client: TestClient, path: str, status: int, key: str) -> None:
    said = {
        _problem(client.get(f"/hsds/{path}", headers={"Accept-Language": lang}), status, key)[
            "detail"
        ]
        for lang in LANGUAGES
    }
    assert len(said) == 3


@pytest.mark.parametrize(
    ("body", "query", "key"),
    [
        (b"{", "", "bad_json"),
        (b"[1]", "", "bad_json"),
        (b'{"page": 0}', "", "hsds_bad_parameter"),
        (b'{"colour": 1}', "", "hsds_unknown_parameter"),
        (b'{"page": 1}', "?page=1", "hsds_repeated_parameter"),
    ],
)
def test_refusals_of_a_body(client: TestClient, body: bytes, query: str, key: str) -> None:
    headers = {"Content-Type": "application/json"}
    _problem(client.post(f"/hsds/services{query}", content=body, headers=headers), 422, key)


def test_a_refused_value_says_what_is_right(client: TestClient) -> None:
    detail = client.get("/hsds/services?page=0&lang=de").json()["detail"]
    assert detail == (
        "Der Parameter „page“ nimmt diesen Wert nicht an. Richtig ist: eine ganze Zahl ab 1."
    )


def test_the_running_directory_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    """The objects are built once per directory, not once per process."""
    copy = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    running = Directory(copy)
    monkeypatch.setattr(_routes, "directory", lambda: running)
    first = hsds.served()
    assert hsds.served() is first
    streetwork = copy / "services" / "streetwork.yml"
    text = streetwork.read_text(encoding="utf-8")
    streetwork.write_text(
        text.replace("fr: Streetwork (travail de rue)", "fr: Travail de rue"), "utf-8"
    )
    running.look()
    running.look()
    assert hsds.served() is not first
    names = [s["name"] for s in _everything(client, "services")]
    assert "Travail de rue" in names


def test_a_moment_before_all_time_is_no_failure(client: TestClient) -> None:
    moment = datetime.min + timedelta(days=1)
    answer = client.get("/hsds/services", params={"modified_after": moment.isoformat()})
    assert answer.json()["total_items"] == 147
