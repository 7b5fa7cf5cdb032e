"""No French sign begins a line at the desk or on the pages: the space before it does not break."""

import html
import re
from datetime import datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.channels.pages import create_router
from bot.desk.catalogues import FOLDER, catalogue
from bot.desk.names import service_name
from knowledge import LUXEMBOURG, load
from tests.words.texts import texts

AT = datetime(2026, 11, 24, 10, tzinfo=LUXEMBOURG)
BREAKS = re.compile(r" [?!:;»]|« ")
NAMES = sorted(path.name.removesuffix(".fr.yml") for path in FOLDER.glob("*.fr.yml"))


def _said(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _said(value)]
    if isinstance(node, list):
        return [text for value in node for text in _said(value)]
    return [node] if isinstance(node, str) else []


@pytest.mark.parametrize("name", NAMES)
def test_the_space_before_a_sign_does_not_break(name: str) -> None:
    french = _said(catalogue(name, "fr"))
    assert french and not [text for text in french if BREAKS.search(text)]


def test_nothing_else_is_changed() -> None:
    """Of French only these spaces; of the other languages nothing."""
    written = {t.where: t.text for t in texts() if t.where.startswith("bot/desk/pages/")}
    for name in NAMES:
        for language in ("fr", "de", "lb"):
            said = _said(catalogue(name, language))  # type: ignore[arg-type]
            kept = [t for where, t in written.items() if f"/{name}.{language}.yml" in where]
            plain = [text.replace("\u00a0", " ") for text in said] if language == "fr" else said
            assert set(kept) <= set(plain)
    assert catalogue("inbox", "fr")["deletes"].startswith("«\u00a0C'est fait\u00a0»")


def test_the_directory_is_shown_without_breaks() -> None:
    """Cards, what stands beside them, and names: as the desk and the public pages show them."""
    knowledge = load()
    for service in knowledge.services.values():
        shown = [
            knowledge.service_card(service, "fr", at=AT),
            service_name(knowledge, service.id, "fr"),
        ]
        shown += [knowledge.text(service, field, "fr", at=AT) for field in ("cost", "appointment")]
        assert not [text for text in _said(shown) if BREAKS.search(text)], service.id
    for line in knowledge.helplines.values():
        card = knowledge.helpline_card(line, "fr", at=AT)
        assert not [text for text in _said(card) if BREAKS.search(text)], line.id
    haff = service_name(knowledge, "bistrot-social-am-haff", "fr")
    assert "«\u00a0Am Haff\u00a0»" in haff


@pytest.mark.parametrize("path", ["/services?lang=fr", "/services/bistrot-social-am-haff?lang=fr"])
def test_the_public_pages_break_at_no_sign(path: str) -> None:
    app = FastAPI()
    app.include_router(create_router("https://example.org"))
    page = html.unescape(TestClient(app).get(path).text)
    said = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", "", page, flags=re.S)
    assert "\u00a0:" in said or "\u00a0»" in said
    assert not BREAKS.findall(said)


def test_what_is_kept_and_exported_is_as_it_was_written() -> None:
    haff = load().service("bistrot-social-am-haff")
    assert "« Am Haff »" in haff.name.fr
