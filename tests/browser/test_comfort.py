"""Language, colours, letters, transcript, rating, deleting, leaving quickly, and a person's words."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from bot.store import Conversations, Handoffs, open_database
from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.talk import answers, ask, field, idle, log, state


def menu(page: Page) -> None:
    page.locator("wee-weiser .head [aria-controls=menu]").click()


def panel(page: Page) -> str:
    return page.locator("wee-weiser .panel").inner_text()


@pytest.mark.parametrize("language", ["de", "lb"])
def test_the_language_switch_changes_the_words_around(open_page: Open, language: str) -> None:
    expected = {
        "de": ("Ihre Nachricht", "Senden", "Schnell weg", "Mit jemandem sprechen"),
        "lb": ("Äre Message", "Schécken", "Séier fort", "Mat engem schwätzen"),
    }
    page = open_page()
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.post_data or ""))
    button = page.locator(f"wee-weiser .languages [lang={language}]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    for text in expected[language]:
        expect(page.locator("wee-weiser .panel")).to_contain_text(text)
    idle(page)
    payloads = [json.loads(body).get("payload") for body in posted if body]
    assert f'/change_language{{"language": "{language}"}}' in payloads
    # The switch is no message of the visitor.
    expect(page.locator("wee-weiser .msg.you")).to_have_count(0)
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_the_language_can_be_switched_without_a_connection(open_page: Open) -> None:
    page = open_page()
    page.context.set_offline(True)
    page.locator("wee-weiser .languages [lang=lb]").click()
    expect(page.get_by_role("button", name="Schécken")).to_be_visible()
    page.context.set_offline(False)


def test_no_word_of_another_language_is_left(open_page: Open) -> None:
    page = open_page()
    menu(page)
    french = set(re.findall(r"\w+", panel(page)))
    page.locator("wee-weiser .languages [lang=lb]").click()
    expect(page.get_by_role("button", name="Schécken")).to_be_visible()
    words = page.locator("wee-weiser").evaluate(
        """(element) => [...element.shadowRoot.querySelectorAll('.head, .bar, .menu, .composer > :not(.choices)')]
          .map((node) => node.innerText).join(' ')"""
    )
    same = french & set(re.findall(r"\w{4,}", words))
    assert same <= {
        "Weeweiser",
        "Inter",
        "Actions",
        "Français",
        "Deutsch",
        "Lëtzebuergesch",
        "2019",
    }, same


def test_letters_and_colours_stay(open_page: Open) -> None:
    page = open_page(color_scheme="light")
    root = page.locator("wee-weiser .root")
    size = "() => parseFloat(getComputedStyle(document.querySelector('wee-weiser').shadowRoot.querySelector('.msg p')).fontSize)"
    normal = page.evaluate(size)
    menu(page)
    page.get_by_role("button", name="Très grande").click()
    page.get_by_role("button", name="Sombres").click()
    assert page.evaluate(size) >= 1.4 * normal
    expect(root).to_have_class(re.compile("dark"))
    page.reload()
    expect(root).to_have_class(re.compile("dark"))
    assert page.evaluate(size) >= 1.4 * normal


def test_the_conversation_as_text(open_page: Open) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    menu(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Enregistrer le texte").click()
    assert download.value.suggested_filename == "weeweiser.txt"
    text = download.value.path().read_text(encoding="utf-8")
    assert re.search(r"^\d\d:\d\d Vous\nJ'ai des dettes$", text, re.M)
    assert "54 77 24 22 (+35254772422) – à confirmer" in text
    assert "Assistant automatique\n" in text


def test_the_conversation_on_paper(open_page: Open) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    menu(page)
    page.context.add_init_script(
        "window.print = () => { top.printed = document.body.innerText; top.language = document.documentElement.lang; }"
    )
    page.reload()
    menu(page)
    page.get_by_role("button", name="Imprimer la conversation").click()
    printed = page.evaluate("window.printed")
    assert printed.startswith("Weeweiser\n")
    assert "J'ai des dettes" in printed and "54 77 24 22" in printed
    assert page.evaluate("window.language") == "fr"


def test_an_answer_is_rated_with_one_word(open_page: Open) -> None:
    page = open_page()
    rated: list[dict[str, str]] = []

    def keep(route: Route) -> None:
        rated.append(json.loads(route.request.post_data or ""))
        route.continue_()

    page.route("**/feedback", keep)
    group = page.get_by_role("group", name="Cette réponse vous aide ?")
    # Not before there is an answer.
    expect(group).to_have_count(0)
    ask(page, "J'ai des dettes")
    group.get_by_role("button", name="Non").click()
    expect(group).to_contain_text("Merci pour votre avis.")
    group.get_by_role("textbox").fill("trop loin")
    group.get_by_role("textbox").press("Enter")
    expect(group.get_by_role("textbox")).to_have_count(0)
    answer = next(entry["key"] for entry in state(page)["entries"] if entry["from"] == "you")
    assert rated == [
        {"rating": "down", "answer": answer},
        {"rating": "down", "word": "trop loin", "answer": answer},
    ]
    page.reload()
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    expect(group).to_have_count(0)


#: A question, then the widget's words: the group of thumbs, up, down, and how a word is sent.
THUMBS = {
    "fr": ("J'ai des dettes", "Cette réponse vous aide ?", "Oui", "Non", "Envoyer l'avis"),
    "de": ("Ich habe Schulden", "Hilft Ihnen diese Antwort?", "Ja", "Nein", "Rückmeldung senden"),
    "lb": ("Ech hu Scholden", "Hëlleft Iech dës Äntwert?", "Jo", "Neen", "Meenung schécken"),
}


@pytest.mark.parametrize("language", ["fr", "de", "lb"])
def test_thumbs_and_the_word_are_kept_in_each_language(
    open_page: Open, server: Server, language: str
) -> None:
    """Up, then thought better of, with one word; a second answer is rated up without any."""
    question, name, up, down, send = THUMBS[language]
    kept = Conversations(open_database(f"sqlite:///{server.database}"))
    page = open_page(f"/?lang={language}")
    ask(page, question)
    group = page.get_by_role("group", name=name)
    for thumb in (up, down):
        group.get_by_role("button", name=thumb, exact=True).click()
        expect(group.get_by_role("button", name=thumb, exact=True, pressed=True)).to_be_visible()
        expect(group.get_by_role("status")).not_to_be_empty()
    group.get_by_role("textbox").fill("zu wäit")
    group.get_by_role("button", name=send).click()
    expect(group.get_by_role("textbox")).to_have_count(0)
    ask(page, question)
    group.get_by_role("button", name=up, exact=True).click()
    expect(group.get_by_role("status")).not_to_be_empty()
    talk = state(page)
    first, second = [entry["key"] for entry in talk["entries"] if entry["from"] == "you"]
    name_of_talk = talk["conversation"]["id"]
    assert kept.rating(name_of_talk, first) == ("down", "zu wäit")
    assert kept.rating(name_of_talk, second) == ("up", None)


def test_a_cry_for_help_in_the_field_of_the_word_is_answered(open_page: Open) -> None:
    """Who is frightened does not look which field it is."""
    page = open_page()
    ask(page, "J'ai des dettes")
    group = page.get_by_role("group", name="Cette réponse vous aide ?")
    group.get_by_role("button", name="Non").click()
    group.get_by_role("textbox").fill("mon père me frappe")
    group.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.locator("wee-weiser .card.urgent").first).to_be_visible()
    expect(page.locator("wee-weiser .msg.you").last).to_contain_text("mon père me frappe")
    expect(group).to_have_count(0)


def test_no_rating_after_a_crisis_or_from_a_person(open_page: Open) -> None:
    page = open_page()
    ask(page, "mon mari me frappe")
    expect(page.locator("wee-weiser .rate")).to_have_count(0)
    answers(page, lambda body: {**body, "crisis": True} if "language" in body else body)
    ask(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .rate")).to_have_count(0)


def test_a_rating_that_could_not_be_kept_says_so(open_page: Open) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    page.route("**/feedback", lambda route: route.abort())
    group = page.get_by_role("group", name="Cette réponse vous aide ?")
    group.get_by_role("button", name="Oui").click()
    expect(group).to_contain_text("Cela n'a pas marché.")


def test_deleting_the_conversation(open_page: Open) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    old = state(page)["conversation"]
    menu(page)
    page.get_by_role("button", name="Effacer la conversation").click()
    page.get_by_role("button", name="Non, garder").click()
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    page.get_by_role("button", name="Effacer la conversation").click()
    page.get_by_role("button", name="Oui, effacer").click()
    expect(page.locator("wee-weiser .trouble p")).to_have_text("La conversation est effacée.")
    expect(page.locator("wee-weiser .card")).to_have_count(0)
    answer = page.request.post(
        f"{page.url.split('/?')[0]}/api/conversations/{old['id']}/messages",
        data={"text": "bonjour"},
        headers={"Authorization": f"Bearer {old['token']}"},
    )
    assert answer.status == 404
    ask(page, "merci")


def test_deleting_without_a_connection_claims_nothing(open_page: Open) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    page.context.set_offline(True)
    menu(page)
    page.get_by_role("button", name="Effacer la conversation").click()
    page.get_by_role("button", name="Oui, effacer").click()
    expect(page.locator("wee-weiser .trouble")).to_contain_text("Rien n'est encore effacé.")
    expect(page.locator("wee-weiser .card").first).to_be_attached()
    page.context.set_offline(False)


def test_the_notice_before_the_first_text(open_page: Open) -> None:
    page = open_page()
    expect(field(page)).to_have_accessible_description(re.compile("Un programme lit vos messages"))
    link = page.get_by_role("link", name="Protection des données")
    expect(link).to_have_attribute("href", re.compile("/privacy\\?lang=fr$"))
    page.get_by_role("button", name="Dettes").click()
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    # A choice is no free text.
    expect(link).to_be_visible()
    ask(page, "merci")
    expect(link).to_be_hidden()
    menu(page)
    expect(page.get_by_role("link", name="Protection des données")).to_be_visible()


def test_nothing_outlasts_the_tab_before_the_person_agrees(open_page: Open) -> None:
    page = open_page()
    ask(page, "J'ai des dettes")
    assert page.evaluate("localStorage.length") == 0
    menu(page)
    box = page.get_by_role("checkbox", name="Garder la conversation sur cet appareil")
    expect(box).to_have_accessible_description("Seulement sur votre propre appareil.")
    box.check()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("wee-weiser .card").first).to_be_visible()
    box.uncheck()
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("kept", [False, True])
def test_leaving_quickly(open_page: Open, server: Server, kept: bool) -> None:
    html = (
        "<!doctype html><html lang=fr><title>A site</title><h1>Site</h1>"
        + server.script.replace("defer", 'defer data-exit-url="https://neutral.example/"')
    )
    page = open_page("", wait=False)
    page.context.route("https://neutral.example/**", lambda route: route.fulfill(body="weather"))
    page.goto(f"{server.address}/services")
    page.route(f"{server.foreign}/site/", lambda r: r.fulfill(body=html, content_type="text/html"))
    page.goto(f"{server.foreign}/site/")
    page.get_by_role("button", name="Besoin d'aide ?").click()
    ask(page, "mon mari me frappe")
    # What was kept for later would tell, too.
    page.locator("wee-weiser .card .actions").get_by_role("button", name="Garder").first.click()
    assert state(page)["saved"]
    if kept:
        menu(page)
        page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Quitter vite").click()
    page.wait_for_url("https://neutral.example/")
    # The way back leads to what was before the conversation, and a new visit shows nothing of it.
    page.go_back()
    expect(page).to_have_url(f"{server.address}/services")
    page.goto(f"{server.foreign}/site/")
    page.get_by_role("button", name="Besoin d'aide ?").click()
    expect(page.locator("wee-weiser .msg")).to_have_count(1)
    assert "frappe" not in page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    assert state(page)["saved"] == []


def test_leaving_on_a_slow_line_empties_the_page_at_once(open_page: Open) -> None:
    page = open_page()
    ask(page, "mon mari me frappe")
    page.context.route("https://www.meteolux.lu/**", lambda _: None)  # never answers
    # A page that is being left answers no questions: it has to tell by itself.
    page.evaluate(
        """() => new MutationObserver(() => {
          if (!document.documentElement.textContent) console.log('emptied');
        }).observe(document.documentElement, {childList: true})"""
    )
    with (
        page.expect_request("https://www.meteolux.lu/"),
        page.expect_console_message(lambda message: message.text == "emptied"),
    ):
        page.get_by_role("button", name="Quitter vite").click(no_wait_after=True)
    assert not page.url.startswith("https://www.meteolux.lu")


def test_leaving_out_of_a_frame_replaces_the_whole_page(open_page: Open, server: Server) -> None:
    page = open_page("", wait=False)
    page.context.route("https://www.meteolux.lu/**", lambda route: route.fulfill(body="weather"))
    inner = "<!doctype html><html lang=fr><title>Inner</title><h1>Inner</h1>" + server.script
    page.route(f"{server.foreign}/inner", lambda r: r.fulfill(body=inner, content_type="text/html"))
    page.route(
        f"{server.foreign}/outer",
        lambda r: r.fulfill(
            body="<h1>Outer</h1><iframe src=/inner width=500 height=600></iframe>",
            content_type="text/html",
        ),
    )
    page.goto(f"{server.foreign}/outer")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Besoin d'aide ?").click()
    frame.get_by_role("button", name="Quitter vite").click()
    page.wait_for_url("https://www.meteolux.lu/")


def test_topics_have_plain_words_and_our_icons(open_page: Open) -> None:
    page = open_page()
    buttons = page.get_by_role("group", name="Réponses proposées").get_by_role("button")
    expect(buttons).to_have_count(10)
    assert (
        buttons.evaluate_all("(all) => all.filter((b) => !b.querySelector('svg path')).length") == 0
    )
    # Each is another drawing.
    drawn = buttons.evaluate_all(
        "(all) => all.map((b) => b.querySelector('path').getAttribute('d'))"
    )
    assert len(set(drawn)) == 10


def event(number: int, kind: str, data: dict[str, object]) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"


def test_a_person_takes_over_and_gives_back(open_page: Open) -> None:
    """Events arrive once each, whatever the line does, with the person's role."""
    page = open_page()
    asked: list[str | None] = []
    said = {"type": "text", "text": "Bonjour, je vous lis.", "lang": "fr"}
    again = {"type": "text", "text": "Je suis de nouveau l'assistant.", "lang": "fr"}
    events = [
        event(1, "owner", {"owner": "person", "role": "assistante sociale", "messages": []}),
        event(2, "message", {**said, "role": "assistante sociale"}),
        # The line breaks here, and the next stream repeats.
        event(2, "message", {**said, "role": "assistante sociale"}),
        event(3, "owner", {"owner": "assistant", "role": None, "messages": [again]}),
    ]

    def stream(route: Route) -> None:
        asked.append(route.request.headers.get("last-event-id"))
        body = "".join(events[:2] if len(asked) == 1 else events[2:])
        route.fulfill(body=body, content_type="text/event-stream")

    page.route("**/events", stream)
    answers(
        page, lambda body: {**body, "messages": [], "handoff": True} if "language" in body else body
    )
    field(page).fill("Je veux parler à quelqu'un")
    field(page).press("Enter")
    person = page.locator("wee-weiser .msg.person")
    expect(person).to_contain_text("Bonjour, je vous lis.")
    expect(person).to_contain_text("assistante sociale")
    expect(page.locator("wee-weiser #owner")).to_have_text("Vous parlez avec : assistante sociale")
    expect(log(page)).to_contain_text("Je suis de nouveau l'assistant.", timeout=10_000)
    expect(page.locator("wee-weiser #owner")).to_have_text("Assistant automatique d'Inter-Actions")
    expect(person).to_have_count(1)
    assert asked[:2] == [None, "2"]


def test_while_a_person_answers_no_program_seems_to_type(open_page: Open) -> None:
    page = open_page()
    answers(
        page, lambda body: {**body, "messages": [], "handoff": True} if "language" in body else body
    )
    body = event(1, "owner", {"owner": "person", "role": None, "messages": []})
    page.route("**/events", lambda r: r.fulfill(body=body, content_type="text/event-stream"))
    field(page).fill("Bonjour")
    field(page).press("Enter")
    expect(page.locator("wee-weiser #owner")).to_have_text("Une personne vous répond")
    page.evaluate(
        """() => { window.typed = 0;
          new MutationObserver(([{target}]) => { typed += !target.hidden; }).observe(
            document.querySelector('wee-weiser').shadowRoot.querySelector('.typing'), {attributes: true}); }"""
    )
    page.route("**/messages", lambda route: (page.wait_for_timeout(800), route.fallback()))
    field(page).fill("Êtes-vous là ?")
    field(page).press("Enter")
    idle(page)
    assert page.evaluate("typed") == 0
    expect(page.locator("wee-weiser .msg.you")).to_have_count(2)


def test_a_real_person_through_the_database(open_page: Open, server: Server) -> None:
    """Asked for, taken, written, heard, given back: with the server's own stream."""
    desk = Handoffs(open_database(f"sqlite:///{server.database}"))
    page = open_page()
    desk.here("desk")
    ask(page, "Je veux parler à une personne")
    conversation = state(page)["conversation"]["id"]
    assert desk.owner(conversation) == "waiting"
    owner = page.locator("wee-weiser #owner")
    expect(owner).to_have_text("Une personne va vous lire")
    desk.take(conversation, "social_worker")
    expect(owner).to_have_text("Vous parlez avec : assistante sociale")
    desk.write(conversation, "Bonjour, je vous lis.", "fr", "social_worker")
    expect(page.locator("wee-weiser .msg.person")).to_contain_text("Bonjour, je vous lis.")
    page.reload()
    expect(page.locator("wee-weiser .msg.person")).to_have_count(1)
    field(page).fill("Merci, j'ai des dettes")
    field(page).press("Enter")
    idle(page)
    assert [heard.text for heard in desk.heard(conversation)] == ["Merci, j'ai des dettes"]
    expect(page.locator("wee-weiser .card")).to_have_count(0)
    desk.give_back(conversation)
    expect(owner).to_have_text("Assistant automatique d'Inter-Actions")
    ask(page, "J'ai des dettes")
    expect(page.locator("wee-weiser .card").first).to_be_visible()
    # And once more: what is old in the stream is not told again.
    ask(page, "Je veux parler à une personne")
    expect(owner).to_have_text("Une personne va vous lire")
    desk.take(conversation)
    expect(owner).to_have_text("Une personne vous répond")
    expect(page.locator("wee-weiser .msg.person")).to_have_count(1)
