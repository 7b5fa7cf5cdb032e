"""The public pages without a browser: what they say, in which language, what stays text."""

import json
import re
import subprocess
import sys
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import segno
import vobject
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError

from bot.channels import pages
from bot.channels.pages._structured import weekly
from bot.settings import ROOT, Settings
from knowledge import FOLDER, LANGUAGES, Knowledge, Language, UnknownId, load
from tests.test_widget_words import words as widget_words

SITE = "https://weeweiser.example"
#: A Tuesday afternoon.
AT = datetime(2026, 11, 24, 15, 0)
TO_CONFIRM = {"fr": "à confirmer", "de": "noch zu bestätigen", "lb": "nach ze confirméieren"}


def site(
    knowledge: Optional[Knowledge] = None, *, at: datetime = AT, url: Optional[str] = SITE
) -> TestClient:
    app = FastAPI()
    source = load if knowledge is None else lambda: knowledge
    app.include_router(pages.create_router(url, source=source, clock=lambda: at))
    return TestClient(app, headers={"Accept": "text/html"})


@pytest.fixture(scope="module")
def client() -> TestClient:
    return site()


def paths() -> list[str]:
    knowledge = load()
    services = [f"/services/{service.id}" for service in knowledge.all_services()]
    return services + [f"/helplines/{name}" for name in knowledge.helplines]


class Reader(HTMLParser):
    """Elements with their attributes, and the text a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Optional[str]]]] = []
        self.text = ""
        self._hidden = ""
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if self._hidden:
            self.scripts.append(data)
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, Optional[str]]]:
        return [attrs for name, attrs in self.elements if name == tag]

    def links(self) -> list[str]:
        return [str(a["href"]) for a in self.all("a")]

    def data(self) -> dict[str, Any]:
        """The JSON-LD block."""
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found


def read(client: TestClient, address: str) -> Reader:
    response = client.get(address)
    assert response.status_code == 200, (address, response.text)
    return Reader(response.text)


def card(client: TestClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200
    return vobject.readOne(response.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_what_the_card_says(client: TestClient, language: Language) -> None:
    knowledge = load()
    for service in knowledge.all_services():
        page = read(client, f"/services/{service.id}?lang={language}")
        shown = re.sub(r"\s+", " ", page.text)
        said = knowledge.service_card(service, language, at=AT)
        assert page.all("html") == [{"lang": language}]
        assert len(page.all("h1")) == len(page.all("main")) == 1
        for field in ("name", "summary", "address", "hours_text", "who", "cost", "place", "alert"):
            assert not said[field] or re.sub(r"\s+", " ", said[field]) in shown, (service.id, field)
        for phone in said["phones"]:
            assert phone["number"] in shown
            assert phone["label"] in shown
        calls = [link[4:] for link in page.links() if link.startswith("tel:")]
        assert all(re.fullmatch(r"\+352\d{4,12}|11\d|116\d{3}|2755", number) for number in calls)
        assert len(calls) >= 2 + len(said["phones"])
        for field in ("email", "website"):
            if said[field]:
                prefix = "mailto:" if field == "email" else ""
                assert prefix + said[field] in page.links()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_helpline_has_its_page(client: TestClient, language: Language) -> None:
    knowledge = load()
    for line in knowledge.helplines.values():
        page = read(client, f"/helplines/{line.id}?lang={language}")
        said = knowledge.helpline_card(line, language, at=AT)
        shown = re.sub(r"\s+", " ", page.text)
        for value in (said["name"], said["number"], said["hours_text"]):
            assert not value or re.sub(r"\s+", " ", value) in shown, line.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_confirmed_is_marked_with_source_and_date(
    client: TestClient, language: Language
) -> None:
    page = read(client, f"/services/inter-actions-asbl?lang={language}")
    assert page.text.count(TO_CONFIRM[language]) >= 4  # phone, e-mail, address, source
    assert "etika.lu" in page.text and "12.11.2019" in page.text
    assert "https://etika.lu/Inter-Actions-asbl" in page.links()
    outside = [a for a in page.all("a") if str(a["href"]).startswith("http")]
    assert all(a["rel"] == "noopener noreferrer" for a in outside) and outside


def test_facts_of_the_type_have_their_source_too(client: TestClient) -> None:
    page = read(client, "/services/maison-relais-nic-welter?lang=fr")
    assert "maison-orientation.public.lu" in page.text


def test_the_associations_contact_stands_in_for_an_unknown_one(client: TestClient) -> None:
    unknown = read(client, "/services/foyer-obenthalt?lang=de")
    assert "nicht bekannt" in unknown.text and "tel:+352492660" in unknown.links()
    assert "/services/inter-actions-asbl?lang=de" in unknown.links()
    known = read(client, "/services/surendettement?lang=de")
    # Only where a person is always offered, not as the contact of this service.
    assert known.links().count("tel:+352492660") == 1


def test_open_now_follows_the_clock() -> None:
    day = read(site(), "/services/surendettement?lang=fr")
    night = read(site(at=datetime(2026, 11, 24, 22, 0)), "/services/surendettement?lang=fr")
    assert "Ouvert maintenant" in day.text and "Fermé maintenant" in night.text


def test_a_cards_own_words_about_opening_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Knowledge.service_card

    def with_opening(*args: Any, **more: Any) -> dict[str, Any]:
        return {**plain(*args, **more), "opening": "ouvert jusqu'à 17h00"}

    monkeypatch.setattr(Knowledge, "service_card", with_opening)
    page = read(site(), "/services/surendettement?lang=fr")
    assert "ouvert jusqu'à 17h00" in page.text and "Ouvert maintenant" not in page.text


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("?lang=lb", "de", "lb"),
        ("", "de-LU,de;q=0.9", "de"),
        ("?lang=en", "lb", "lb"),
        ("?lang=", "en", "fr"),
        ("", "", "fr"),
    ],
)
def test_language_asked_for_then_the_browsers_then_french(
    client: TestClient, query: str, accepted: str, language: str
) -> None:
    for path in ("/services/streetwork", "/services", "/services/nothing", "/services/nothing.vcf"):
        answer = client.get(path + query, headers={"Accept-Language": accepted})
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
        assert f'<html lang="{language}">' in answer.text


def test_each_language_links_to_the_others(client: TestClient) -> None:
    page = read(client, "/helplines/113?lang=de")
    address = f"{SITE}/helplines/113"
    alternates = {a["hreflang"]: a["href"] for a in page.all("link") if a["rel"] == "alternate"}
    assert alternates == {
        **{code: f"{address}?lang={code}" for code in LANGUAGES},
        "x-default": address,
    }
    assert {"rel": "canonical", "href": f"{address}?lang=de"} in page.all("link")
    visible = [a for a in page.all("a") if "hreflang" in a]
    assert [a["hreflang"] for a in visible] == list(LANGUAGES)
    assert [a["lang"] for a in visible if "aria-current" in a] == ["de"]


def test_the_map_is_a_link_and_only_where_there_is_something_to_find(client: TestClient) -> None:
    def maps(path: str) -> list[str]:
        links = read(client, f"{path}?lang=fr").links()
        return [link for link in links if "openstreetmap.org" in link]

    (search,) = maps("/services/maison-relais-eimab")
    assert parse_qs(urlsplit(search).query)["query"] == ["46, rue de la Gare, L-7590 Mersch"]
    pointed = next(s for s in load().all_services() if s.facts.get("coordinates"))
    (point,) = maps(f"/services/{pointed.id}")
    assert point == load().service_card(pointed, "fr", at=AT)["map_url"]
    # "Findel, near the airport" and no address at all.
    assert maps("/services/wanteraktioun-coordination-de-terrain") == []
    assert maps("/services/foyer-obenthalt") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_made_the_map_is_said_where_a_point_is_shown(
    client: TestClient, language: Language
) -> None:
    knowledge = load()
    credit = knowledge.words(language, "map_attribution")
    pointed = next(s for s in knowledge.all_services() if s.facts.get("coordinates"))
    assert credit in read(client, f"/services/{pointed.id}?lang={language}").text
    assert widget_words(language)["map_credit"] == credit


def test_unknown_entries_are_a_page_or_a_problem(client: TestClient) -> None:
    for path in ("/services/x", "/helplines/surendettement", "/services/x.vcf", "/helplines/X"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 404 and "<h1>Page inconnue</h1>" in page.text, path
        program = client.get(path, headers={"Accept": "*/*"})
        assert program.status_code == 404
        assert program.headers["Content-Type"] == "application/problem+json"
    assert client.get("/services/nothing?lang=lb", headers={"Accept": "*/*"}).json() == {
        "type": "/problems/unknown_service",
        "status": 404,
        "title": "Service onbekannt",
        "detail": "Dëse Service steet net oder net méi am Repertoire. All d'Servicer: /services",
    }


def test_answers_may_be_kept_for_a_minute(client: TestClient) -> None:
    path = "/services/surendettement?lang=fr"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    for tag in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    night = site(at=datetime(2026, 11, 24, 22, 0))
    closed = night.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert closed.status_code == 200
    head = client.head(path)
    assert head.status_code == 200 and head.headers["ETag"] == first.headers["ETag"]


def test_the_public_address_is_not_the_callers_to_choose(client: TestClient) -> None:
    for path in ("/services/streetwork", "/services", "/sitemap.xml", "/robots.txt"):
        assert "evil.example" not in client.get(path, headers={"Host": "evil.example"}).text


def test_without_a_public_address_the_host_is_used_but_never_for_others() -> None:
    client = site(url=None)
    answer = client.get("/robots.txt", headers={"Host": "localhost:8000"})
    assert "Sitemap: http://localhost:8000/sitemap.xml" in answer.text
    assert answer.headers["Cache-Control"].startswith("private")
    for host in ('a"><script>', "a/b", "user@a", "", "a b"):
        bad = client.get("/services/streetwork", headers={"Host": host})
        assert bad.status_code == 400 and bad.json()["type"] == "/problems/bad_host", host


@pytest.mark.parametrize(
    "value", ["weeweiser.example", "https://a.example/", "https://a.example/x"]
)
def test_a_public_address_is_a_scheme_and_a_host(value: str) -> None:
    with pytest.raises(ValidationError, match="must be like https://"):
        Settings(public_url=value)
    assert Settings(public_url="https://a.example").public_url == "https://a.example"


def test_every_answer_carries_the_policy_and_no_cookie(client: TestClient) -> None:
    for path in ("/services", "/services/streetwork", "/services/x", "/services/streetwork.vcf"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers


def test_nothing_inline_and_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/services", "/services/wanteraktioun-coordination-de-terrain", "/helplines/112"):
        page = read(client, path)
        loaded = [a.get("src") or a.get("href") for a in page.all("script") + page.all("img")]
        loaded += [a["href"] for a in page.all("link") if a["rel"] in ("stylesheet", "icon")]
        assert all(address is None or address.startswith("/static/") for address in loaded)
        for _, attributes in page.elements:
            assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_the_share_link_needs_no_script(client: TestClient) -> None:
    page = read(client, "/services/surendettement?lang=fr")
    address = f"{SITE}/services/surendettement?lang=fr"
    assert address in page.text
    (mail,) = [link for link in page.links() if link.startswith("mailto:?")]
    fields = parse_qs(urlsplit(mail).query)
    assert fields["subject"] == ["Conseil en surendettement"]
    body = fields["body"][0].split("\r\n")
    assert body[-1] == address and body[1].startswith("54 77 24 22 – à confirmer")


def test_the_qr_code_is_the_pages_own_address(client: TestClient) -> None:
    html = client.get("/services/surendettement?lang=lb").text
    drawn = re.findall(r'class="qrline" stroke="#000" d="([^"]+)"', html)
    expected = segno.make(f"{SITE}/services/surendettement?lang=lb", error="m", micro=False)
    assert [path in expected.svg_inline() for path in drawn] == [True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_contact_card_can_be_imported(client: TestClient, language: Language) -> None:
    for path in paths():
        response = client.get(f"{path}.vcf?lang={language}")
        assert response.headers["Content-Type"] == "text/vcard; charset=utf-8"
        assert path.split("/")[-1] in response.headers["Content-Disposition"]
        lines = response.content.split(b"\r\n")
        assert max(map(len, lines)) <= 75 and b"\n" not in b"".join(lines)
        assert all(line.decode() is not None for line in lines)
        found = vobject.readOne(response.text)
        assert found.version.value == "3.0" and found.fn.value
        assert f"{SITE}{path}?lang={language}" in found.note.value


def test_a_contact_card_holds_number_address_and_notice(client: TestClient) -> None:
    eimab = card(client, "/services/maison-relais-eimab.vcf?lang=fr")
    assert eimab.tel.value == "+35228338500"
    assert (eimab.adr.value.street, eimab.adr.value.code, eimab.adr.value.city) == (
        "46, rue de la Gare",
        "L-7590",
        "Mersch",
    )
    lines = eimab.note.value.split("\n")
    assert lines[-1] == f"{SITE}/services/maison-relais-eimab?lang=fr" and len(lines) == 6
    assert "à confirmer" not in eimab.note.value
    first = card(client, "/services/premier-appel.vcf?lang=de")
    assert [tel.value for tel in first.contents["tel"]] == ["+35227400115", "+352621141115"]
    assert first.note.value.count("noch zu bestätigen (Stand 2017)") == 3
    assert card(client, "/helplines/112.vcf").tel.value == "112"


def test_search_engines_get_only_what_needs_no_notice(client: TestClient) -> None:
    old = read(client, "/services/surendettement?lang=fr").data()
    assert "availableChannel" not in old, "the website was read more than 12 months ago"
    fresh = site(at=datetime(2025, 6, 1, 15, 0))
    flagged = read(fresh, "/services/surendettement?lang=fr").data()
    assert flagged["@type"] == "Service"
    assert flagged["provider"] == {"@type": "NGO", "name": "Inter-Actions asbl"}
    assert flagged["availableChannel"] == {
        "@type": "ServiceChannel",
        "serviceUrl": "https://www.endettement.lu",
    }
    assert "hoursAvailable" not in flagged
    eimab = read(client, "/services/maison-relais-eimab?lang=fr").data()
    assert eimab["availableChannel"]["servicePhone"][0]["telephone"] == "+35228338500"
    assert eimab["availableChannel"]["serviceLocation"] == {
        "@type": "Place",
        "address": "46, rue de la Gare, L-7590 Mersch",
    }
    children = read(client, "/helplines/116000?lang=fr").data()
    assert children["hoursAvailable"][0]["closes"] == "23:59" and "provider" not in children
    police = read(client, "/helplines/113?lang=fr").data()
    assert "hoursAvailable" not in police, "its hours were read in 2020"
    itself = read(client, "/services/inter-actions-asbl?lang=fr").data()
    assert itself["@type"] == "NGO" and "telephone" not in itself


WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("24/7", [(WEEK, "00:00", "23:59")]),
        ("Mo-Fr 08:00-17:00", [(WEEK[:5], "08:00", "17:00")]),
        (
            "Mo-Fr 08:30-11:30; PH off",
            [(WEEK[:5], "08:30", "11:30"), (["PublicHolidays"], "00:00", "00:00")],
        ),
        (
            "Mo,We 08:00-12:00,13:00-17:00",
            [(WEEK[0:3:2], "08:00", "12:00"), (WEEK[0:3:2], "13:00", "17:00")],
        ),
        ("Fr-Mo 22:00-02:00", [(["Monday", "Friday", "Saturday", "Sunday"], "22:00", "02:00")]),
        (
            "Mo-We 09:00-10:00; Tu off",
            [(["Monday", "Wednesday"], "09:00", "10:00")],
        ),
        ("Dec-Mar Mo-Su 19:00-09:00", None),
        ("Mo[1] 09:00-10:00", None),
        ("Mo-Fr 09:00-10:00 \"by appointment\"", None),
    ],
)  # fmt: skip
def test_weekly_hours_for_search_engines(hours: str, expected: Optional[list[Any]]) -> None:
    found = weekly(hours, "unknown")
    if found is None or expected is None:
        assert found == expected
    else:
        assert [(s["dayOfWeek"], s["opens"], s["closes"]) for s in found] == expected


def test_the_list_reaches_every_page(client: TestClient) -> None:
    for language in LANGUAGES:
        page = read(client, f"/services?lang={language}")
        linked = {link.partition("?")[0] for link in page.links() if f"lang={language}" in link}
        same = {f"/services/{s.id}" for s in load().services.values() if s.same_service_as}
        assert set(paths()) - same <= linked
        anchors = [link[1:] for link in page.links() if link.startswith("#")]
        ids = {attributes.get("id") for _, attributes in page.elements}
        assert set(anchors) <= ids and "debt_help" in anchors


def test_the_sitemap_lists_every_page_in_every_language(client: TestClient) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml"
    names = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    root = ElementTree.fromstring(answer.content)
    listed = {str(u.findtext("s:loc", None, names)): u for u in root.findall("s:url", names)}
    expected = {f"{SITE}{p}?lang={code}" for p in ["/services", *paths()] for code in LANGUAGES}
    assert set(listed) == expected and len(root) == len(expected)
    one = listed[f"{SITE}/services/inter-actions-asbl?lang=de"]
    assert one.findtext("s:lastmod", None, names) == "2019-11-12"
    alternates = {a.get("hreflang"): a.get("href") for a in one.findall("x:link", names)}
    assert alternates == {c: f"{SITE}/services/inter-actions-asbl?lang={c}" for c in LANGUAGES}
    assert "Sitemap: https://weeweiser.example/sitemap.xml" in client.get("/robots.txt").text


def test_catalogues_say_the_same_things() -> None:
    folder = ROOT / "bot" / "web" / "pages"
    words = {c: yaml.safe_load((folder / f"words.{c}.yml").read_text("utf-8")) for c in LANGUAGES}
    used = set()
    for name in ("base", "entry", "list", "not_found"):  # others add words of their own
        template = folder / f"{name}.html"
        used |= set(re.findall(r"\bw\.(\w+)", template.read_text("utf-8")))
    for language in LANGUAGES:
        assert used <= set(words[language]) == set(words["fr"])
        for key, text in words[language].items():
            assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", words["fr"][key]), key


def test_the_pages_need_no_model() -> None:
    code = "import sys, bot.channels.pages; sys.exit('rasa' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


# -- Hostile text in the directory --------------------------------------------------------------

HOSTILE = [
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>&amp;{{ 7*7 }}",
    "\u202egnp.exe\u2066\u0000\u001b[31m\ud800",
    "a\r\nEND:VCARD\r\nBEGIN:VCARD\r\nTEL:1;,\\n",
    "]]></loc><loc>https://evil.example</loc>",
    "é" * 5000,
]
#: Values whose form the loader checks: the hostile text goes where the check lets it.
FORMS = {
    "email": "x?bcc=evil@evil.example{}",
    "website": "https://x.example/{}",
    "phone": "27 40 01 15 {}",
    "coordinates": "49.6,6.1{}",
}


def hostile(knowledge: Knowledge, text: str) -> None:
    """Puts the text into every field of one service, past the loader's checks."""
    service = knowledge.services["maison-relais-eimab"]
    words = service.name.copy(update=dict.fromkeys(LANGUAGES, text))
    example = service.facts.get("address")[0]
    facts = {}
    bare_text = re.sub(r"[\d,]", "", text)
    for field, _ in service.facts:
        bare = field in FORMS
        changes = {
            "value": FORMS[field].format(bare_text) if bare else text,
            "words": None if bare else words,
            "source": f"https://source.example/{text}",
            "date": "2030-01-01",  # of another form the directory would not load
            "note": text,
        }
        facts[field] = (example.copy(update=changes),)
    knowledge.services[service.id] = service.copy(
        update={
            "name": words,
            "description": words,
            "facts": service.facts.copy(update=facts),
            "note": text,
        }
    )


@pytest.fixture(scope="module")
def own_copy(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The directory read from a folder of its own, so that a test may change it."""
    folder: Path = tmp_path_factory.mktemp("directory")
    for path in FOLDER.rglob("*.yml"):
        target = folder / path.relative_to(FOLDER)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return load(folder)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_stays_text(own_copy: Knowledge, text: str, language: Language) -> None:
    hostile(own_copy, text)
    client = site(own_copy)
    page = read(client, f"/services/maison-relais-eimab?lang={language}")
    assert [a.get("type") for a in page.all("script")] == ["application/ld+json", "module"]
    assert len(page.scripts) == 1
    assert [a["src"] for a in page.all("img")] == ["/static/icon.svg"]
    for _, attributes in page.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    schemes = {urlsplit(link).scheme for link in page.links()}
    assert schemes <= {"", "https", "tel", "mailto"}
    assert "tel:+35227400115" in page.links()
    assert not [link for link in page.links() if link.startswith("mailto:x?")]
    shown = page.text + page.data()["name"] + page.data()["description"]
    assert not re.search("[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069\ud800]", shown)
    if text.isprintable():
        assert text in page.text and page.data()["name"] == text

    response = client.get(f"/services/maison-relais-eimab.vcf?lang={language}")
    lines = response.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line for line in lines if line.startswith((b"BEGIN", b"END"))] == [
        b"BEGIN:VCARD",
        b"END:VCARD",
    ]
    found = vobject.readOne(response.text)
    assert [tel.value for tel in found.contents["tel"]] == ["+35227400115"]
    if text.isprintable():
        assert found.fn.value == text

    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = [str(node.text) for node in sitemap.iter() if node.tag.endswith("}loc")]
    assert all(address.startswith(f"{SITE}/") for address in addresses)
    assert client.get(f"/services?lang={language}").status_code == 200


@pytest.mark.parametrize(
    "source",
    ["javascript:alert(1)", "javascript://x.example/%0aalert(1)", "https://[", "a list, undated"],
)
def test_only_web_addresses_become_links(own_copy: Knowledge, source: str) -> None:
    service = own_copy.services["maison-relais-eimab"]
    fact = load().services[service.id].facts.get("address")[0].copy(update={"source": source})
    facts = service.facts.copy(update={"address": (fact,)})
    own_copy.services[service.id] = service.copy(update={"facts": facts})
    page = read(site(own_copy), f"/services/{service.id}?lang=fr")
    assert source in page.text and source not in page.links()


def test_a_link_names_the_host_it_leads_to(own_copy: Knowledge) -> None:
    service = own_copy.services["maison-relais-eimab"]
    source = "https://inter-actions.lu@evil.example/"
    fact = load().services[service.id].facts.get("address")[0].copy(update={"source": source})
    facts = service.facts.copy(update={"address": (fact,)})
    own_copy.services[service.id] = service.copy(update={"facts": facts})
    assert re.search(r">evil\.example</a>", site(own_copy).get(f"/services/{service.id}").text)


def test_evidence_is_what_a_field_rests_on() -> None:
    knowledge = load()
    own = knowledge.evidence(knowledge.service("maison-relais-eimab"), "cost")
    assert {fact.source for fact in own} == {"https://www.eimab.lu/en/primaire/sea/"}
    general = knowledge.evidence(knowledge.service("maison-relais-nic-welter"), "cost")
    assert len(general) == 2
    assert knowledge.evidence(knowledge.association, "hours") == ()
    with pytest.raises(UnknownId):
        knowledge.service("nothing")
