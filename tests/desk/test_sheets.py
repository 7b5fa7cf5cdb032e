"""The sheet: in each language, on one page, with its code, and nothing of the client unasked."""

import io
import re
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from fastapi.testclient import TestClient
from pypdf import PdfReader

from bot.desk.access import Access
from bot.desk.rendering import Rendering
from bot.desk.sheet_pdf import pdf
from bot.desk.sheets import Sheet, sheet
from bot.store import Calls, Referrals, Workers
from knowledge import LANGUAGES, LUXEMBOURG, Language, directory
from tests.desk.conftest import csrf, sign_in

AT = datetime(2026, 11, 28, 10, 0, tzinfo=LUXEMBOURG)
WORDS = Rendering(Access(secure=True), "sheet").words
NAME = "Žofia Müller-Gonçalves"


def made(service: str, language: Language, **more: object) -> Sheet:
    knowledge = directory().current
    words = WORDS[language]["sheet"]
    return sheet(knowledge, knowledge.service(service), language, words, AT, **more)  # type: ignore[arg-type]


@pytest.fixture
def referral(client: TestClient, calls: Calls, referrals: Referrals) -> int:
    sign_in(client)
    csrf(client.get("/desk/call").text)
    call = calls.add(1, {"wanted": "lb"})
    more = {"consent": "yes", "name": NAME, "phone": "621 000 000"}
    return referrals.add(call, 1, "surendettement", "cold", "requested", **more)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_sheets_fit_on_one_page(language: Language) -> None:
    more = {"public_url": "https://x.lu", "client": (NAME, "621 000 000"), "spoken": "en"}
    all_ = [made(service.id, language, **more) for service in directory().current.all_services()]
    assert len(all_) > 50
    for one in sorted(all_, key=lambda one: len(one.text))[-8:]:
        reader = PdfReader(io.BytesIO(pdf(one)))
        assert len(reader.pages) == 1, one.name
        box = reader.pages[0].mediabox
        assert (round(box.width), round(box.height)) == (595, 842)


def test_the_file_can_be_read_and_searched() -> None:
    one = made("surendettement", "lb", public_url="https://x.lu", client=(NAME, None))
    reader = PdfReader(io.BytesIO(pdf(one)))
    assert reader.metadata and reader.metadata.title == f"{one.title}: {one.name}"
    assert reader.trailer["/Root"]["/Lang"] == "lb"
    text = " ".join(reader.pages[0].extract_text().split())
    for words in ("54 77 24", "Ëffnungszäiten", "Präis", "méindes bis freides", NAME, "112",
                  "28.11.2026", "https://x.lu/services/surendettement?lang=lb"):  # fmt: skip
        assert words in text, words


def test_the_code_leads_to_our_page_or_the_site_or_nowhere() -> None:
    ours = made("surendettement", "de", public_url="https://x.lu").address
    assert ours == "https://x.lu/services/surendettement?lang=de"
    assert made("surendettement", "de").address == "https://www.endettement.lu"
    knowledge = directory().current
    silent = next(s for s in knowledge.all_services() if not s.facts.get("website"))
    assert made(silent.id, "de").address is None


def test_what_cannot_be_reached_names_who_can_be_asked() -> None:
    knowledge = directory().current
    lost = next(s for s in knowledge.all_services() if not knowledge.reachable(s))
    rows = dict(made(lost.id, "fr").rows)
    assert "49 26 60" in rows["Pour demander"]
    assert "Pour demander" not in dict(made("surendettement", "fr").rows)


def test_the_page_speaks_the_language_of_the_client(
    client: TestClient, referral: int, workers: Workers
) -> None:
    page = client.get(f"/desk/referrals/{referral}/sheet?lang=fr").text
    article = page.split('<article class="sheet"')[1].split("</article>")[0]
    assert article.startswith(' lang="lb"') and "Ëffnungszäiten" in article
    assert "Langue de la fiche" in page
    drawn = segno.make("https://www.endettement.lu", error="m", micro=False)
    path = re.search(r'class="qrline"[^>]* d="([^"]+)"', article)
    assert path and path[1] in drawn.svg_inline(border=4)
    assert (workers.deeds()[-1].did, workers.deeds()[-1].about) == ("sheet_made", str(referral))
    german = client.get(f"/desk/referrals/{referral}/sheet?in=de").text
    assert "Ein Dienst für Sie" in german


def test_nothing_of_the_client_unless_chosen(
    client: TestClient, calls: Calls, referrals: Referrals, referral: int
) -> None:
    path = f"/desk/referrals/{referral}/sheet"

    def written(query: str) -> str:
        file = client.get(f"{path}.pdf?{query}")
        assert file.headers["content-type"] == "application/pdf"
        assert "no-store" in file.headers["cache-control"]
        return PdfReader(io.BytesIO(file.content)).pages[0].extract_text()

    for query, there in (("", False), ("client=no", False), ("client=yes", True)):
        assert (NAME in client.get(f"{path}?{query}").text) == there
        assert (NAME in written(query)) == there
    calls.withdraw(1, 1)
    assert NAME not in client.get(f"{path}?client=yes").text
    assert NAME not in written("client=yes")


def test_the_mail_says_the_same(client: TestClient, referral: int) -> None:
    page = client.get(f"/desk/referrals/{referral}/sheet?in=de").text
    link = re.search(r'href="(mailto:[^"]+)"', page)
    assert link
    fields = parse_qs(urlsplit(unescape(link[1])).query)
    copied = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    assert copied
    text = unescape(copied[1])
    assert fields["body"][0].replace("\r\n", "\n") == text
    assert "Telefon: 54 77 24" in text and "112" in text and NAME not in text
    assert fields["subject"][0].startswith("Ein Dienst für Sie: Schuldnerberatung")


@pytest.mark.parametrize(("wanted", "line"), [
    ("en", "This sheet is in French"), ("other", "This sheet is in French"),
    ("pt", "Esta folha está em francês"), ("fr", None), ("", None),
])  # fmt: skip
def test_other_languages_fall_back_with_a_word(
    client: TestClient, calls: Calls, referrals: Referrals, referral: int, wanted: str,
    line: str | None,
) -> None:  # fmt: skip
    call = calls.add(1, {"wanted": wanted})
    number = referrals.add(call, 1, "surendettement", "cold", "requested")
    page = client.get(f"/desk/referrals/{number}/sheet").text
    assert "Un service pour vous" in page
    assert (line in page) if line else ("This sheet" not in page and "Esta folha" not in page)
