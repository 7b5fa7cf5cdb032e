"""Pages of the desk as a parser sees them: fields with labels, ids once, nothing foreign runs."""

from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from bot.desk.catalogues import FOLDER
from bot.store import Calls, Referrals
from knowledge import LANGUAGES
from tests.desk.conftest import sign_in

_VOID = {"meta", "link", "input", "br", "img", "path"}
EVIL = "<script>alert(1)</script>\"'"


class Structure(HTMLParser):
    """What is wrong with a page, in `wrong`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self._open: list[str] = []
        self._ids: list[str] = []
        self._labels: set[str] = set()
        self._fields: list[tuple[str, bool]] = []
        self._titles: list[str] = []
        self.feed(page)
        self.wrong += [f"twice: {name}" for name in set(self._ids) if self._ids.count(name) > 1]
        self.wrong += [f"no label: {n}" for n, held in self._fields if n not in self._labels | {""}]
        self.wrong += ["no label"] * sum(not n and not held for n, held in self._fields)
        if self._titles[:1] != ["h1"] or self._titles.count("h1") != 1 or self._open:
            self.wrong.append(f"titles {self._titles}, open {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if "id" in held:
            self._ids.append(held["id"])
        if tag == "label" and "for" in held:
            self._labels.add(held["for"])
        if tag in ("input", "select", "textarea") and held.get("type") != "hidden":
            inside = "label" in self._open
            self._fields.append(("" if inside else held.get("id", "?"), inside))
        if tag in ("h1", "h2", "h3"):
            self._titles.append(tag)
        if tag not in _VOID:
            self._open.append(tag)
        if "style" in held or any(name.startswith("on") for name in held):
            self.wrong.append(f"inline: {tag}")
        if tag == "script" and "src" not in held:
            self.wrong.append("a foreign script")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and (not self._open or self._open.pop() != tag):
            self.wrong.append(f"closed too soon: {tag}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole(
    client: TestClient, calls: Calls, referrals: Referrals, language: str
) -> None:
    sign_in(client)
    record = {
        "type": "counselling", "risk": "A", "action": "information", "notes": EVIL,
        "services": ["surendettement", "gone"], "needs": ["debt_help", "gone"], "place": "Gone",
        "wanted": "pt", "outcome": "partly", "reason": "full",
    }  # fmt: skip
    more = {"consent": EVIL, "name": EVIL, "phone": EVIL}
    call = calls.add(1, record, follow_up=date(2026, 11, 1), **more)
    referrals.add(call, 1, "surendettement", "warm", "requested", note=EVIL, **more)
    referrals.add(call, 1, "gone", "warm", "requested")
    fields = {"risk": ["A", "B"], "follow_up": [None, "2026-11-01"], "consent": None, "notes": None}
    calls.change(call, 1, 2, record, follow_up=date(2026, 11, 1), fields=fields, **more)
    for path in (
        "/desk?saved=1", "/desk/call?", "/desk/calls?number=<b>", "/desk/calls/1?",
        "/desk/calls/1/change?", "/desk/calls/1/refer?q=<b>schulden",
        "/desk/calls/1/refer?service=surendettement", "/desk/referrals?state=all",
        "/desk/referrals/1?", "/desk/referrals/2?", "/desk/referrals/1/sheet?client=yes",
    ):  # fmt: skip
        page = client.get(f"{path}&lang={language}")
        assert page.status_code == 200, path
        assert Structure(page.text).wrong == [], path


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_no_word_hides_behind_a_method(path: Path) -> None:
    """In a template `w.copy` is what every dictionary can do, not the word of that name."""
    assert not set(_keys(yaml.safe_load(path.read_text(encoding="utf-8")))) & set(dir(dict))


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)


def test_faults_are_found() -> None:
    page = (
        '<h2>t</h2><p id="a" onclick="x"></p><i id="a"></i><input id="b"><script>alert(1)</script>'
    )
    assert len(Structure(page).wrong) == 5
