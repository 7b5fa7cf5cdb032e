"""Nothing is lost and nothing shown twice: slow and broken lines, reload, back, a server killed."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, show
from tests.browser.server import Server
from tests.browser.talk import ask, field, idle, state


def texts(page: Page) -> list[str]:
    return page.locator("wee-weiser .msg").all_inner_texts()


def sent(page: Page) -> list[str]:
    """The ids of the messages posted from now on."""
    ids: list[str] = []

    def note(route: Route) -> None:
        if route.request.method == "POST":
            ids.append(json.loads(route.request.post_data or "{}").get("id", ""))
        route.fallback()

    page.route("**/messages", note)
    return ids


def write(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")


def test_a_message_waits_for_the_connection(open_page: Open) -> None:
    page = open_page()
    ids = sent(page)
    page.context.set_offline(True)
    write(page, "J'ai des dettes")
    trouble = page.locator("wee-weiser .trouble")
    expect(trouble).to_contain_text("Votre message part dès que possible")
    expect(page.locator("wee-weiser .msg.you")).to_contain_text("En attente d'envoi")
    write(page, "mon mari me frappe")
    expect(page.locator("wee-weiser .msg.you")).to_have_count(2)
    # The numbers are there without a connection.
    expect(page.locator("wee-weiser .bar a").first).to_have_attribute("href", "tel:+352492660")
    page.context.set_offline(False)
    expect(page.locator("wee-weiser .card.urgent").first).to_be_visible()
    idle(page)
    expect(trouble).not_to_contain_text("Votre message")
    expect(page.locator("wee-weiser .mark")).to_have_count(0)
    asked = page.locator("wee-weiser .msg.you").all_inner_texts()
    assert [text.split("\n")[-1] for text in asked] == ["J'ai des dettes", "mon mari me frappe"]
    # In their order, each with one id for all tries.
    assert list(dict.fromkeys(ids)) == [
        entry["key"] for entry in state(page)["entries"] if entry["from"] == "you"
    ]


def test_the_first_message_may_be_written_without_a_connection(
    open_page: Open, server: Server
) -> None:
    page = open_page("", wait=False)
    page.route("**/api/conversations", lambda route: route.abort())
    page.goto(f"{server.address}/?lang=fr")
    expect(page.locator("wee-weiser .trouble")).to_contain_text("Pas de connexion")
    write(page, "J'ai des dettes")
    page.unroute("**/api/conversations")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    assert sum("Je suis Weeweiser" in text for text in texts(page)) == 1


def test_an_answer_that_was_lost_on_the_way_comes_once(open_page: Open) -> None:
    """The server has answered, the line broke: the same id gets the same answer."""
    page = open_page()
    lost = []

    def lose(route: Route) -> None:
        if not lost:
            lost.append(route.fetch().json())
            route.abort()
        else:
            route.fallback()

    page.route("**/messages", lose)
    ids = sent(page)
    write(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .trouble")).to_contain_text("Pas de connexion")
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    idle(page)
    asked = [entry["key"] for entry in state(page)["entries"] if entry["from"] == "you"]
    assert len(ids) >= 2 and set(ids) == set(asked)
    cards = page.locator("wee-weiser .card").count()
    assert cards == sum(m["type"] == "service" for m in lost[0]["messages"])
    assert page.locator("wee-weiser .msg.you").count() == 1


def test_reload_while_an_answer_is_on_its_way(open_page: Open) -> None:
    page = open_page()
    page.route("**/messages", lambda route: None)  # never answers
    write(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .msg.you")).to_have_count(1)
    page.unroute("**/messages")
    page.reload()
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    idle(page)
    assert page.locator("wee-weiser .msg.you").count() == 1
    before = texts(page)
    page.reload()
    expect(page.locator("wee-weiser .msg")).to_have_count(len(before))
    assert texts(page) == before


def test_reload_shows_the_same(open_page: Open) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    ask(page, "où est-ce ?")
    before = texts(page)
    for _ in range(2):
        page.reload()
        expect(page.locator("wee-weiser .msg")).to_have_count(len(before))
        assert texts(page) == before
    ask(page, "merci")
    assert len(texts(page)) > len(before)


def test_away_and_back(open_page: Open, server: Server) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    before = texts(page)
    page.goto(f"{server.address}/services")
    page.go_back()
    expect(page.locator("wee-weiser .msg")).to_have_count(len(before))
    assert texts(page) == before
    ask(page, "merci")
    idle(page)


def test_on_to_another_page_of_the_site(open_page: Open, server: Server) -> None:
    """The panel stays open, with the conversation, from page to page."""
    html = "<!doctype html><html lang=fr><title>A site</title><h1>Site</h1>" + server.script
    page = open_page(html=html, path="/site/one", wait=False)
    page.get_by_role("button", name="Besoin d'aide ?").click()
    ask(page, "J'ai des dettes")
    before = texts(page)
    show(page, html, server, path="/site/two")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("wee-weiser .msg")).to_have_count(len(before))
    assert texts(page) == before


def test_a_server_that_fails_is_asked_again(open_page: Open) -> None:
    page = open_page()
    failures = []

    def fail(route: Route) -> None:
        if len(failures) < 2:
            failures.append(route.request.post_data)
            route.fulfill(status=503, json={"detail": "x"})
        else:
            route.fallback()

    page.route("**/messages", fail)
    write(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .card").first).to_be_visible(timeout=15_000)
    assert failures[0] == failures[1]


def test_what_can_never_be_sent_makes_way(open_page: Open) -> None:
    """A refused message says why, stays readable, and the next one is sent."""
    page = open_page()

    def refuse(route: Route) -> None:
        if "refused" in (route.request.post_data or ""):
            route.fulfill(status=422, json={"detail": "Warum nicht"})
        else:
            route.fallback()

    page.route("**/messages", refuse)
    write(page, "refused")
    first = page.locator("wee-weiser .msg.you").first
    expect(first).to_contain_text("Message non envoyé. Warum nicht")
    ask(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    page.reload()
    expect(first).to_contain_text("Message non envoyé. Warum nicht")


def test_a_conversation_the_server_does_not_know_goes_on(open_page: Open) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          const state = JSON.parse(sessionStorage.getItem('weeweiser'));
          state.conversation = {id: 'gone', token: 'gone'};
          sessionStorage.setItem('weeweiser', JSON.stringify(state));
        }"""
    )
    page.reload()
    ask(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    assert state(page)["conversation"]["id"] != "gone"
    assert page.locator("wee-weiser .msg.you").count() == 1


def test_slow_is_said(open_page: Open) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    write(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .trouble")).to_contain_text("C'est un peu lent", timeout=15_000)
    held[0].continue_()
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    expect(page.locator("wee-weiser .trouble")).not_to_contain_text("lent")


@pytest.fixture
def own_server(model: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, to be killed."""
    started = Server(tmp_path_factory.mktemp("killed") / "weeweiser.db")
    started.start()
    yield started
    started.stop()


def test_a_server_killed_and_started_again(open_page: Open, own_server: Server) -> None:
    page = open_page("", wait=False)
    page.goto(f"{own_server.address}/?lang=fr")
    ask(page, "J'ai des dettes")
    before = texts(page)
    conversation = state(page)["conversation"]
    own_server.kill()
    write(page, "où est-ce ?")
    expect(page.locator("wee-weiser .trouble")).to_contain_text("Pas de connexion")
    write(page, "merci")
    own_server.start()
    page.get_by_role("button", name="Réessayer").click()
    idle(page)
    after = texts(page)
    assert after[: len(before)] == before
    assert [text.split("\n")[-1] for text in after].count("merci") == 1
    assert state(page)["conversation"] == conversation
    page.reload()
    expect(page.locator("wee-weiser .msg")).to_have_count(len(after))
    assert texts(page) == after


def test_two_tabs_that_keep_the_conversation(open_page: Open, server: Server) -> None:
    one = open_page()
    one.get_by_role("button", name="Menu").click()
    one.get_by_role("checkbox").check()
    one.get_by_role("button", name="Menu").click()
    two = one.context.new_page()
    two.goto(one.url)
    expect(two.locator("wee-weiser .msg.bot").first).to_be_visible()
    ask(one, "J'ai des dettes")
    expect(two.locator("wee-weiser .msg")).to_have_count(len(texts(one)))
    ask(two, "merci")
    expect(one.locator("wee-weiser .msg")).to_have_count(len(texts(two)))
    assert texts(one) == texts(two)
    for page in (one, two):
        keys = [entry["key"] for entry in state(page)["entries"]]
        assert len(keys) == len(set(keys))
