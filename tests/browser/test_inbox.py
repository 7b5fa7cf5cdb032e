"""Two workers and a visitor at once, in one real browser each: asked, claimed, written, given back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.channels.messenger._person import Door
from bot.store import Handoffs, Review, Workers, open_database
from tests.browser.conftest import PRIVACY_KEY, Open
from tests.browser.server import Server
from tests.browser.talk import ask, field, idle, state
from tests.browsing import barriers
from tests.channels.messenger.graph import Graph
from tests.channels.messenger.page import sends, until


@pytest.fixture
def desks(server: Server, browser: Browser) -> Iterator[tuple[Page, Page]]:
    """The inbox, open for two workers; nothing may go wrong in their consoles."""
    workers = Workers(open_database(f"sqlite:///{server.database}"))
    contexts: list[BrowserContext] = []
    wrong: list[str] = []
    pages = []
    for name in ("inbox-anna", "inbox-berta"):
        known = workers.named(name)
        number = known.id if known else workers.add(name, "worker", "no password")
        context = browser.new_context(
            locale="fr-LU",
            viewport={"width": 1280, "height": 900},
            bypass_csp=name == "inbox-anna",  # for axe; the other page keeps the policy
        )
        context.add_cookies(
            [{"name": "desk", "value": workers.open(number), "url": server.address}]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda m: wrong.append(m.text) if "Content Security" in m.text else None)
        page.goto(f"{server.address}/desk/inbox")
        pages.append(page)
    yield pages[0], pages[1]
    for context in contexts:
        context.close()
    assert wrong == []


def test_two_workers_and_a_visitor(
    open_page: Open, server: Server, desks: tuple[Page, Page]
) -> None:
    anna, berta = desks
    visitor = open_page()
    expect.set_options(timeout=30_000)
    try:
        ask(visitor, "Je veux parler à une personne")
        name = state(visitor)["conversation"]["id"]
        claims = [page.locator(f"[id='claim-{name}']") for page in desks]
        for page, claim in zip(desks, claims):
            expect(claim).to_be_visible()
            expect(page).to_have_title(re.compile(r"^\(\d+\) Boîte de réception – Weeweiser$"))
        assert barriers(anna) == []

        # Both press; one gets it, the other is told.
        # Berta's list is that of a moment ago.
        berta.route("**/desk/inbox/list", lambda route: route.abort())
        claims[0].press("Enter")
        anna.wait_for_url(f"**/desk/inbox/talk/{name}")
        claims[1].press("Enter")
        berta.wait_for_url("**/desk/inbox?done=taken")
        berta.unroute("**/desk/inbox/list")
        expect(berta.locator(".saved")).to_contain_text("Quelqu'un d'autre a déjà répondu")
        expect(visitor.locator("wee-weiser #owner")).to_have_text("Une personne vous répond")

        # Words both ways, live; by keyboard.
        expect(anna.locator("#text")).to_be_focused()
        anna.keyboard.type("Bonjour, je vous lis.")
        anna.keyboard.press("Control+Enter")
        words = visitor.locator("wee-weiser .msg.person")
        expect(words).to_contain_text("Bonjour, je vous lis.")
        expect(anna.locator("#text")).to_have_value("")
        expect(anna.locator("li.person .mark")).to_have_text("arrivé")
        field(visitor).fill("J'ai des dettes, trois mille euros")
        field(visitor).press("Enter")
        idle(visitor)
        expect(anna.locator("li.visitor").last).to_contain_text("trois mille euros")
        expect(visitor.locator("wee-weiser .card")).to_have_count(0)

        # A prepared text, changed before it is sent; and a card beside half a sentence.
        anna.locator("#canned").select_option("moment")
        anna.locator("#canned").press("Control+Enter")
        expect(anna.locator("#text")).to_have_value(
            "Un instant, s'il vous plaît. Je cherche la réponse pour vous."
        )
        anna.locator("#q").fill("dettes")
        anna.locator("#q").press("Enter")
        hit = anna.locator("#hits [value=surendettement]")
        expect(hit).to_be_visible()
        assert barriers(anna) == []
        hit.press("Enter")
        expect(visitor.locator("wee-weiser .msg.person .card")).to_be_visible()
        expect(
            visitor.locator("wee-weiser .msg.person .card a[href^='tel:']").first
        ).to_be_visible()
        expect(anna.locator("#text")).to_have_value(
            "Un instant, s'il vous plaît. Je cherche la réponse pour vous."
        )
        expect(words).to_have_count(2)

        # To the colleague, with a word the visitor never sees; then she writes, the first may not.
        anna.locator("summary").click()
        anna.locator("#to").select_option(label="inbox-berta")
        anna.locator("#note").fill("Elle préfère le soir")
        anna.get_by_role("button", name="Passer à quelqu'un d'autre").click()
        anna.wait_for_url("**/desk/inbox?done=transferred")
        berta.goto(f"{server.address}/desk/inbox/talk/{name}")
        expect(berta.locator(".note")).to_contain_text("Elle préfère le soir")
        answer = anna.goto(f"{server.address}/desk/inbox/talk/{name}")
        assert answer and answer.status == 403
        berta.locator("#text").fill("Je prends la suite.")
        berta.locator("#text").press("Control+Enter")
        expect(words.last).to_contain_text("Je prends la suite.")
        assert "soir" not in visitor.locator("wee-weiser").inner_text()
        berta.set_viewport_size({"width": 320, "height": 700})
        assert berta.evaluate("document.documentElement.scrollWidth") <= 320

        # Given back: the assistant says that it is one, and answers again.
        berta.get_by_role("button", name="Rendre à l'assistant").click()
        berta.wait_for_url("**/desk/inbox?done=back")
        log = visitor.locator("wee-weiser [role=log]")
        expect(log).to_contain_text("Je suis de nouveau l'assistant automatique.")
        owner = visitor.locator("wee-weiser #owner")
        expect(owner).to_have_text("Assistant automatique d'Inter-Actions")
        ask(visitor, "J'ai des dettes")
        expect(visitor.locator("wee-weiser .msg.bot .card").first).to_be_visible()
    finally:
        expect.set_options(timeout=5_000)


def test_messenger_and_the_website_at_once(
    open_page: Open, server: Server, desks: tuple[Page, Page], graph: Graph
) -> None:
    """Each worker answers one of two people; on Messenger over real sockets, as Meta would."""
    anna, berta = desks
    person = graph.person("7000000000000042")

    def writes(mid: str, text: str) -> None:
        sends(server.address, person, mid, text)

    expect.set_options(timeout=30_000)
    try:
        writes("m1", "Ech wëll mat engem Mënsch schwätzen")
        visitor = open_page()
        ask(visitor, "Je veux parler à une personne")
        name = state(visitor)["conversation"]["id"]
        sealed = Door(PRIVACY_KEY.encode()).person(person)
        claim = anna.locator(f"[id='claim-{sealed}']")
        expect(claim).to_be_visible()
        assert "Messenger" in anna.locator("main").inner_text()
        claim.press("Enter")
        anna.wait_for_url("**/desk/inbox/talk/*")
        berta.locator(f"[id='claim-{name}']").press("Enter")
        berta.wait_for_url(f"**/desk/inbox/talk/{name}")
        anna.locator("#text").fill("Moien, ech liesen Iech.")
        anna.keyboard.press("Control+Enter")
        berta.locator("#text").fill("Bonjour, je vous lis.")
        berta.keyboard.press("Control+Enter")
        until(lambda: "Moien, ech liesen Iech." in graph.texts(person))
        expect(anna.locator("li.person .mark")).to_have_text("arrivé")
        words = visitor.locator("wee-weiser .msg.person")
        expect(words).to_contain_text("Bonjour, je vous lis.")
        # The assistant is silent beside the worker; the person's words come to her alone.
        before = len(graph.texts(person))
        writes("m2", "Ech hu Scholden")
        expect(anna.locator("li.visitor").last).to_contain_text("Ech hu Scholden")
        assert "Scholden" not in berta.locator("main").inner_text()
        assert len(graph.texts(person)) == before
        anna.get_by_role("button", name="Rendre à l'assistant").click()
        anna.wait_for_url("**/desk/inbox?done=back")
        writes("m3", "Ech brauch eppes z'iessen")
        until(lambda: any("nees den automateschen" in text for text in graph.texts(person)))
        berta.get_by_role("button", name="Rendre à l'assistant").click()
        berta.wait_for_url("**/desk/inbox?done=back")
    finally:
        expect.set_options(timeout=5_000)


def test_who_was_not_helped_may_agree_to_be_learnt_from(open_page: Open, server: Server) -> None:
    """Asked in the widget by two buttons; the field for a word stays; then no more rating."""
    review = Review(open_database(f"sqlite:///{server.database}"))
    visitor = open_page()
    ask(visitor, "Je m'appelle Marie Dupont et j'ai des dettes")
    visitor.locator("wee-weiser .rate .down").click()
    question = visitor.locator("wee-weiser .msg.bot").last
    expect(question).to_contain_text("Pouvons-nous garder votre message")
    expect(visitor.locator("wee-weiser .rate input")).to_be_visible()
    assert review.count() == 0
    visitor.locator("wee-weiser .choices button", has_text="Oui, d'accord").press("Enter")
    expect(visitor.locator("wee-weiser .msg.bot").last).to_contain_text("est gardé")
    assert [one.text for one in review.waiting()] == ["Je m'appelle [name] et j'ai des dettes"]
    expect(visitor.locator("wee-weiser .rate")).to_have_count(0)
    visitor.reload()
    expect(visitor.locator("wee-weiser .msg.bot").last).to_contain_text("est gardé")
    expect(visitor.locator("wee-weiser .rate")).to_have_count(0)


def test_a_visitor_without_javascript_reads_the_card(server: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-LU")
    page = context.new_page()
    page.goto(f"{server.address}/?lang=fr")
    page.fill("#text", "Je veux parler à une personne")
    page.click("button.main")
    handoffs = Handoffs(open_database(f"sqlite:///{server.database}"))
    name = handoffs.waiting()[-1]
    handoffs.claim(name, 99, "educator")
    message = {
        "type": "service", "id": "x", "lang": "fr", "name": "Service d'essai", "summary": "Aide",
        "address": None, "phones": [{"number": "26 48 00 00", "label": None}], "email": None,
        "website": None, "hours_text": None, "opening": "", "cost": None, "who": None,
        "languages": [], "map_url": None, "alert": None,
    }  # fmt: skip
    handoffs.write(name, None, "fr", "educator", message=message)
    page.locator("a.button").first.click()
    assert page.locator("article.card h3", has_text="Service d'essai").count() == 1
    assert page.locator("a[href='tel:+35226480000']").count() == 1
    handoffs.give_back(name)
    context.close()
