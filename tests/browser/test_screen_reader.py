"""What a screen reader gets: the accessibility tree, and what is read out when something comes."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.talk import answers, ask, idle, log, state

#: Notes what is added to live regions and whether they were on, as a screen reader would hear it.
LISTEN = """() => {
  window.heard = [];
  const start = () => {
    const root = document.querySelector('wee-weiser')?.shadowRoot;
    if (!root || !root.querySelector('[role=log]')) return setTimeout(start, 5);
    const regions = [...root.querySelectorAll('[role=log], [role=status], [role=alert]')];
    new MutationObserver((changes) => {
      for (const {target, addedNodes, type, attributeName} of changes) {
        const node = target.nodeType === 1 ? target : target.parentElement;
        const region = node.closest('[role=log], [role=status], [role=alert]');
        if (!region || node.closest('[aria-live=off]') || type === 'attributes') continue;
        for (const added of addedNodes) {
          if (added.nodeType === 1 && (added.ariaHidden || added.closest('[aria-live=off]'))) continue;
          const text = added.textContent.trim();
          if (text) heard.push([region.getAttribute('role'), text]);
        }
      }
    }).observe(root, {childList: true, subtree: true, characterData: true});
  };
  start();
}"""


def tree(page: Page) -> list[dict[str, Any]]:
    """The accessibility tree as Chromium hands it to screen readers."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    return nodes


def below(nodes: list[dict[str, Any]], role: str) -> list[str]:
    """The texts a reader meets inside the first node with this role, in order."""
    by_id = {node["nodeId"]: node for node in nodes}
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if node["role"]["value"] == "StaticText" and not node["ignored"]:
            found.append(node["name"]["value"])
        for child in node.get("childIds", []):
            if child in by_id:
                walk(by_id[child])

    walk(next(node for node in nodes if node["role"]["value"] == role))
    return found


@pytest.fixture
def page(open_page: Open, server: Server) -> Page:
    html = "<!doctype html><html lang=fr><title>A site</title><body><h1>A site</h1>"
    opened = open_page(html=html + server.script, wait=False)
    expect(opened.locator("wee-weiser .launcher")).to_be_visible()
    opened.evaluate(LISTEN)
    opened.get_by_role("button", name="Besoin d'aide ?").click()
    expect(opened.locator("wee-weiser .msg.bot").first).to_be_visible()
    return opened


def test_the_log_and_its_name(page: Page) -> None:
    ask(page, "J'ai des dettes")
    # On a busy machine the answer comes before the region is switched on.
    expect(log(page)).to_have_attribute("aria-live", "polite")
    nodes = tree(page)
    seen = [node for node in nodes if not node["ignored"]]
    names = {node["role"]["value"]: node.get("name", {}).get("value") for node in seen}
    assert names["dialog"] == "Weeweiser"
    assert names["log"] == "Conversation"
    live = next(node for node in nodes if node["role"]["value"] == "log")
    properties = {p["name"]: p["value"]["value"] for p in live["properties"]}
    assert properties["live"] == "polite"
    assert properties["relevant"] == "additions"
    texts = below(nodes, "log")
    # Who speaks is said with each message.
    assert texts[0].startswith("Assistant automatique")
    asked = texts.index("J'ai des dettes")
    assert texts[asked - 1].startswith("Vous")
    assert texts[asked + 1].startswith("Assistant automatique")
    assert any("54 77 24 22" in text for text in texts)


def test_each_message_has_its_language(page: Page) -> None:
    ask(page, "Ech hu Scholden")
    ask(page, "Ich habe Schulden und brauche Hilfe")
    languages = page.locator("wee-weiser .msg").evaluate_all("(all) => all.map((m) => m.lang)")
    greeting, *rest = languages
    assert greeting == "fr"
    assert {"lb", "de"} <= set(rest)
    assert "" not in languages
    last = page.locator("wee-weiser .card").last
    assert last.evaluate("(card) => card.closest('[lang]').lang") == "de"


def test_only_what_is_new_is_read_out(page: Page) -> None:
    ask(page, "J'ai des dettes")
    expect(log(page)).to_have_attribute("aria-live", "polite")
    before = page.locator("wee-weiser .msg").count()
    page.reload()
    page.evaluate(LISTEN)
    expect(page.locator("wee-weiser .msg")).to_have_count(before)
    expect(log(page)).to_have_attribute("aria-live", "polite")
    # The history came while the region was off; afterwards nothing of it was added again.
    assert [text for role, text in page.evaluate("heard") if role == "log"] == []
    ask(page, "merci")
    said = [text for role, text in page.evaluate("heard") if role == "log"]
    assert said[0] == "Vous: merci"
    assert len(said) == page.locator("wee-weiser .msg").count() - before


def test_the_history_stands_before_the_region_is_on(page: Page) -> None:
    ask(page, "J'ai des dettes")
    before = page.locator("wee-weiser .msg").count()
    page.add_init_script(
        """window.order = [];
        const attach = Element.prototype.attachShadow;
        Element.prototype.attachShadow = function (init) {
          const root = attach.call(this, init);
          new MutationObserver((changes) => {
            for (const {target, type} of changes) {
              if (target.getAttribute?.('role') !== 'log') continue;
              order.push(type === 'attributes'
                ? `live ${target.getAttribute('aria-live')} ${target.querySelectorAll('.msg').length}` : 'message');
            }
          }).observe(root, {subtree: true, childList: true, attributes: true, attributeFilter: ['aria-live']});
          return root;
        };"""
    )
    page.reload()
    expect(log(page)).to_have_attribute("aria-live", "polite")
    order = page.evaluate("order")
    # Switched on once, when everything stands; nothing comes after it.
    assert order[-1] == f"live polite {before}"
    assert not [entry for entry in order[:-1] if entry.startswith("live polite")]


def test_while_closed_the_log_is_quiet_and_a_new_message_is_said(page: Page) -> None:
    page.locator("wee-weiser .close").click()
    expect(log(page)).to_have_attribute("aria-live", "off")
    page.evaluate("document.querySelector('wee-weiser').send('Bonjour')")
    expect(page.locator("wee-weiser .launcher")).to_have_accessible_name("Besoin d'aide ? 1")
    assert ["status", "Nouveau message"] in page.evaluate("heard")


def test_typing_is_said_once(page: Page) -> None:
    page.evaluate("window.heard.length = 0")
    page.route("**/messages", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    ask(page, "J'ai des dettes")
    said = [text for role, text in page.evaluate("heard") if role == "status"]
    assert said.count("La réponse arrive…") == 1
    page.unroute("**/messages")


def test_choices_are_a_named_group_and_said(page: Page) -> None:
    group = page.get_by_role("group", name="Réponses proposées")
    expect(group.get_by_role("button")).to_have_count(10)
    said = [text for role, text in page.evaluate("heard") if role == "status"]
    assert any(text.startswith("10 réponses proposées") for text in said)


def test_the_question_about_an_answer_is_not_read_out(page: Page) -> None:
    ask(page, "J'ai des dettes")
    expect(page.get_by_role("group", name="Cette réponse vous aide ?")).to_be_visible()
    assert not [text for _, text in page.evaluate("heard") if "Cette réponse" in text]


def test_who_answers_is_always_told(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_accessible_description("Assistant automatique d'Inter-Actions")
    answers(page, lambda body: {**body, "messages": body["messages"][:1], "handoff": True})
    ask(page, "Bonjour")
    expect(dialog).to_have_accessible_description("Une personne va vous lire")
    assert state(page)["owner"] == "waiting"
    idle(page)


def test_the_words_around_follow_the_language(page: Page) -> None:
    ask(page, "Ech hu Scholden")
    root = page.locator("wee-weiser .root")
    expect(root).to_have_attribute("lang", "lb")
    expect(page.get_by_role("button", name="Schécken")).to_be_visible()
    expect(log(page)).to_have_accessible_name("Gespréich")
