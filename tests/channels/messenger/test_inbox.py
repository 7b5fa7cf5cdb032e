"""A worker answers somebody on Messenger from the desk: words, a card, hand-over, and the end."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot import problems
from bot.assistant import Assistant
from bot.desk import create_router
from bot.store import Handoffs, Inbox, States, Workers, open_database
from bot.store.messenger import Deliveries
from tests.channels.messenger.page import SITE, Running, running, until
from tests.desk.conftest import csrf

ONE = "7000000000000042"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("inbox"), assistant) as started:
        yield started


@pytest.fixture(scope="module")
def desk(page: Running) -> Iterator[TestClient]:
    """The desk on the same database, with a worker signed in."""
    engine = open_database(page.settings.database)
    app = FastAPI()
    app.state.workers, app.state.handoffs = Workers(engine), Handoffs(engine)
    app.state.inbox, app.state.states = Inbox(engine), States(engine)
    app.state.deliveries = Deliveries(engine)
    problems.install(app)
    app.include_router(create_router(secure=False))
    anna = app.state.workers.add("Anna", "worker", "no password")
    with TestClient(app, follow_redirects=False) as browser:
        browser.cookies.set("desk", app.state.workers.open(anna))
        yield browser


def test_from_the_desk_to_messenger_and_back(page: Running, desk: TestClient) -> None:
    page.graph.person(ONE)
    page.write(ONE, "first", text="J'ai des dettes")
    page.settle()
    name = page.channel.door.person(ONE)
    # The tests' assistant keeps its conversations elsewhere; the desk is told here.
    Handoffs(open_database(page.settings.database)).ask(name, language="fr")
    listed = desk.get("/desk/inbox?lang=fr").text
    assert name in listed and "Messenger" in listed
    key, address = csrf(listed), f"/desk/inbox/talk/{name}"
    desk.post("/desk/inbox/presence", data={"csrf": key, "role": "educator"})
    assert desk.post(address + "/claim", data={"csrf": key}).headers["location"] == address
    assert "Messenger accepte toute réponse" in desk.get(address).text

    def arrived(words: str) -> bool:
        return any(words in text for text in page.graph.texts(ONE))

    until(lambda: arrived("éducatrice"))
    written = {"csrf": key, "text": "Bonjour, je vous lis.", "do": "send"}
    assert desk.post(address + "/write", data=written).status_code == 303
    until(lambda: arrived("Bonjour, je vous lis."))
    card = {"csrf": key, "service": "surendettement", "script": "yes"}
    assert desk.post(address + "/write", data=card).status_code == 204

    def carousel() -> list[dict[str, object]]:
        payloads = [b.get("attachment", {}).get("payload", {}) for b in page.bodies(ONE)]
        return [e for p in payloads for e in p.get("elements", [])]

    before = len(carousel())
    until(lambda: any(f"{SITE}/services/surendettement" in str(e) for e in carousel()[-1:]))
    assert len(carousel()) >= max(1, before), "as the assistant shows it: to swipe and to tap"
    page.settle()
    said = desk.get(address).text
    assert said.count("arrivé<") == 2, "the words and the card"

    handed = {"csrf": key, "to": "queue", "note": "intern"}
    assert desk.post(address + "/transfer", data=handed).status_code == 303
    until(lambda: arrived("Une autre personne va vous répondre"))
    assert not arrived("intern")
    assert desk.post(address + "/claim", data={"csrf": key}).headers["location"] == address
    done = desk.post(address + "/back", data={"csrf": key, "do": "close"})
    assert done.headers["location"] == "/desk/inbox?done=closed"
    until(lambda: arrived("La conversation avec la personne est terminée"))


def test_what_cannot_arrive_is_said(page: Running, desk: TestClient) -> None:
    """Somebody blocked the page meanwhile: the worker sees it, and is not left to wonder."""
    person = "7000000000000043"
    page.graph.person(person)
    page.write(person, "second", text="Bonjour")
    page.settle()
    name = page.channel.door.person(person)
    handoffs = Handoffs(open_database(page.settings.database))
    handoffs.ask(name, language="fr")
    key, address = csrf(desk.get("/desk/inbox").text), f"/desk/inbox/talk/{name}"
    desk.post(address + "/claim", data={"csrf": key})
    page.settle()
    page.graph.blocked.add(person)
    desk.post(address + "/write", data={"csrf": key, "text": "Êtes-vous là ?", "do": "send"})
    until(lambda: "ne reçoit plus nos messages" in desk.get(address + "?lang=fr").text)
