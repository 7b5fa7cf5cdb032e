"""Pressed in a real browser: confirmed today, the sheet's file and its code, a person of Messenger
erased, and a better model served after the switch. On a server with a public address of its own."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import httpx
import numpy as np
import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from bot import review_file
from bot.channels.messenger._person import Door
from bot.channels.pages._entry import spoken_date
from bot.comparing import Comparing
from bot.desk.times import today
from bot.evaluation import Case, Parsed
from bot.model import LEARNED, current_manifest, digest_of
from bot.review_file import Learnt
from bot.settings import ROOT
from bot.store import Calls, Referrals, Workers, open_database
from knowledge import directory
from tests.browser.conftest import PRIVACY_KEY, Open, messenger_settings
from tests.browser.server import Server
from tests.browser.talk import ask, widget
from tests.browser.test_desk_directory import tab_to
from tests.channels.messenger.graph import Graph
from tests.channels.messenger.page import sends, until

HOME = "/desk/directory/services/polygone"
THANKS, OTHER_THANKS = "Avec plaisir.", "Toujours volontiers."


@pytest.fixture(scope="module")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory, graph: Graph) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("pressed")
    shutil.copytree(model.parent, folder / "models", ignore=shutil.ignore_patterns("candidate"))
    started = Server(
        folder / "weeweiser.db",
        **messenger_settings(graph),
        WEEWEISER_MODELS=str(folder / "models"),
        WEEWEISER_REVIEW_FOLDER=str(folder / "review"),
    )
    started.more["WEEWEISER_PUBLIC_URL"] = started.address
    started.start()
    yield started
    started.stop()


@pytest.fixture
def manager(server: Server, browser: Browser) -> Iterator[Page]:
    """The desk, open for a manager on a narrow screen."""
    workers = Workers(open_database(f"sqlite:///{server.database}"))
    known = workers.named("pressed-carla")
    number = known.id if known else workers.add("pressed-carla", "manager", "no password")
    context = browser.new_context(locale="fr-LU", viewport={"width": 320, "height": 700})
    context.add_cookies([{"name": "desk", "value": workers.open(number), "url": server.address}])
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_confirmed_today_by_keyboard(server: Server, manager: Page) -> None:
    def told() -> str:
        """What visitors read of when it was confirmed last."""
        page = httpx.get(f"{server.address}/services/polygone?lang=fr").text
        return page.replace("\u00a0", " ")

    line = f"Dernière information confirmée : {spoken_date(today().isoformat())}"
    assert line not in told()
    manager.goto(server.address + HOME)
    tab_to(manager, "#who")
    manager.keyboard.type("Berta Beispill")
    tab_to(manager, "button[name=field]")
    manager.keyboard.press("Enter")
    manager.wait_for_url("**?said=saved")
    expect(manager.locator("[role=status]")).to_be_visible()
    until(lambda: line in told())
    manager.goto(f"{server.address}{HOME}/history")
    expect(manager.locator("main")).to_contain_text("pressed-carla")
    tab_to(manager, "button[name=version]")
    manager.keyboard.press("Enter")
    manager.wait_for_url("**?said=saved")
    until(lambda: line not in told())


def test_the_file_and_the_code_of_a_sheet(server: Server, manager: Page, browser: Browser) -> None:
    engine = open_database(f"sqlite:///{server.database}")
    call = Calls(engine).add(1, {"type": "counselling", "services": ["polygone"]})
    referral = Referrals(engine).add(call, 1, "polygone", "cold", "requested")
    name = directory().current.service("polygone").name.de
    manager.goto(f"{server.address}/desk/referrals/{referral}/sheet?in=de")
    link = manager.locator("a[href*='sheet.pdf']")
    link.focus()
    with manager.expect_response("**/sheet.pdf?in=de") as answered:
        manager.keyboard.press("Enter")
    assert answered.value.headers["content-type"] == "application/pdf"
    content = manager.request.get(answered.value.url).body()
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 1 and name in " ".join(pages[0].extract_text().split())
    manager.goto(f"{server.address}/desk/referrals/{referral}/sheet?in=de")

    # As it stands on the screen: these are the modules of that address, with a rim around them.
    address = manager.locator("article .url").inner_text().strip()
    code = segno.make(address, error="m", micro=False)
    assert modules(manager.locator("article .code svg")) == [list(row) for row in code.matrix]
    assert address.startswith(server.address)
    visitor = browser.new_page(locale="de-LU")
    visitor.goto(address)
    expect(visitor.locator("h1")).to_contain_text(name)
    visitor.close()


def modules(code: Locator) -> list[list[int]]:
    """The squares of a code in a picture of it: 1 is dark."""
    picture = np.array(Image.open(io.BytesIO(code.screenshot(scale="device"))).convert("L")) < 128
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    inside = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    # The corner pattern is seven squares wide.
    square = int(np.argmin(inside[0])) / 7
    count = round(inside.shape[0] / square)
    at = [int((n + 0.5) * inside.shape[0] / count) for n in range(count)]
    return [[int(inside[y, x]) for x in at] for y in at]


def test_a_person_of_messenger_is_erased(server: Server, manager: Page, graph: Graph) -> None:
    person = graph.person("7100000000000042")
    sends(server.address, person, "p1", "Ech heeschen Anna Beispill an hu Scholden")
    until(lambda: bool(graph.texts(person)))
    sealed = Door(PRIVACY_KEY.encode()).person(person)
    manager.goto(f"{server.address}/desk/person")
    tab_to(manager, "#conversation")
    manager.keyboard.type(sealed)
    manager.keyboard.press("Enter")
    chosen = manager.locator("[name=chosen]")
    expect(chosen).to_have_count(1)
    expect(chosen).to_be_checked()
    with manager.expect_download() as download:
        manager.locator("button", has_text="JSON").press("Enter")
    assert "Anna Beispill" in Path(download.value.path()).read_text(encoding="utf-8")
    tab_to(manager, "[name=sure]")
    manager.keyboard.press("Space")
    manager.keyboard.press("Tab")
    manager.keyboard.press("Enter")
    expect(manager.locator("[role=status]")).to_be_visible()
    manager.fill("#conversation", sealed)
    manager.locator("#conversation").press("Enter")
    expect(chosen).to_have_count(0)
    assert b"Anna Beispill" not in server.database.read_bytes()
    # Who writes again begins anew.
    before = len(graph.texts(person))
    sends(server.address, person, "p2", "Moien")
    until(lambda: len(graph.texts(person)) > before)


def test_a_better_model_is_served_after_the_switch_and_not_after_going_back(
    server: Server, open_page: Open
) -> None:
    """`learn switch` and `learn back` as processes; the candidate thanks in other words."""
    models, review = server.database.parent / "models", server.database.parent / "review"
    review_file.write(
        review / review_file.FILE, [Learnt("mon garagiste réclame", "fr", "debt_help")]
    )
    served = current_manifest(models)
    cases: list[Case] = [
        {"text": intent, "lang": "fr", "intent": intent, "noise": "", "also": ""}
        for intent in ("debt_help", "crisis_child")
    ]
    comparing = Comparing(models, review, cases, lambda folder: other(models, folder), understood)
    assert comparing.compare(models / served.file, folds=0).reasons == []

    def thanks() -> str:
        visitor = open_page()
        ask(visitor, "merci")
        said: str = widget(visitor).locator(".msg.bot").last.inner_text()
        return said

    def learn(verb: str) -> None:
        given = {
            **os.environ,
            "WEEWEISER_MODELS": str(models),
            "WEEWEISER_REVIEW_FOLDER": str(review),
        }
        subprocess.run(
            [sys.executable, "-m", "bot", "learn", verb], cwd=ROOT, env=given, check=True
        )

    for verb, word in (("", THANKS), ("switch", OTHER_THANKS), ("back", THANKS)):
        if verb:
            learn(verb)
            server.stop()
            server.start()
        assert word in thanks(), verb


def other(models: Path, folder: Path) -> Path:
    """In place of a training: the served model, with other words of thanks."""
    served = current_manifest(models)
    path = folder / "weeweiser-other.tar.gz"
    with tarfile.open(models / served.file) as old, tarfile.open(path, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            data = content.read() if content else b""
            if member.name.endswith(("domain.yml", "metadata.json")):
                data = data.replace(THANKS.encode(), OTHER_THANKS.encode())
                assert OTHER_THANKS.encode() in data
            member.size = len(data)
            new.addfile(member, io.BytesIO(data) if content else None)
    about = replace(
        served, file=path.name, sha256=digest_of(path), learned=digest_of(folder / LEARNED)
    )
    (folder / "manifest.json").write_text(json.dumps(asdict(about)), encoding="utf-8")
    return path


def understood(_: Path, texts: list[str]) -> list[Parsed]:
    """What both make of the cases, which are named by their intents."""
    about = {"needs": [], "place": None, "age": None, "language": "fr", "confidence": 0.9}
    return [
        {"text": t, "intent": t, "crisis": [t] if t.startswith("crisis_") else [], **about}
        for t in texts
    ]
