"""A first call with the keyboard only, from the ring to the saved record, steps counted."""

import time
from datetime import datetime

from playwright.sync_api import Browser, Dialog, Page

from bot.desk.accounts import Accounts
from bot.store import Calls, DirectoryEdits, Handoffs, Workers, open_database
from knowledge import LUXEMBOURG, Directory
from tests.browser.server import Server

PASSWORD = "correct horse battery"
#: Keys pressed beside the notes themselves; a person needs about three seconds for each.
MOST_STEPS = 12
#: From the ring to the record. Three signs of the notes a second are typed while listening.
MOST_SECONDS, SECONDS_A_STEP, SIGNS_A_SECOND = 90, 3, 3
NOTES = "mme 34 ans, 2 enfants, expulsée hier, dort en voiture, Esch"


class Keys:
    """The keyboard, with what was pressed counted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.steps = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.steps += 1


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def wait_for_focus(page: Page, name: str) -> None:
    """The browser moves it by itself, a moment after the page is there."""
    page.wait_for_function("name => document.activeElement.id === name", arg=name)


def told_of_places(edits: DirectoryEdits, entry: str, availability: str) -> None:
    """An editor enters what a service told of its places today."""
    content = Directory().on_disk(entry)
    assert content
    today = datetime.now(LUXEMBOURG).date().isoformat()
    number = len(edits.of(entry)) + 1
    new = {**content, "capacity": {"availability": availability, "told_on": today}}
    edits.add(entry, number, new, deed="edited", base=content, changed=["capacity"], worker=1)


def test_a_call_from_ring_to_record(server: Server, browser: Browser) -> None:
    engine = open_database(f"sqlite:///{server.database}")
    Accounts(Workers(engine)).add("anna", "worker", PASSWORD)
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto(f"{server.address}/desk")
    wait_for_focus(page, "name")
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")

    page.goto(f"{server.address}/desk/call")
    keys = Keys(page)
    wait_for_focus(page, "notes")
    page.keyboard.type(NOTES)
    page.wait_for_selector("#services input")
    assert page.locator("#risk").input_value() == "B"
    assert page.locator("#need0").input_value() == "emergency_housing"
    assert "expulsée" in page.locator("#cause0").inner_text()
    assert page.locator("#place").input_value() == "Esch-sur-Alzette"
    assert page.locator("#household").input_value() == "family"

    keys.press("Control+Enter")  # risk B, and nothing done yet: not closed
    page.wait_for_selector("[role=alert]:not([hidden])")
    assert "Avec le risque A ou B" in page.locator("[role=alert]").first.inner_text()
    assert page.locator("#need0").input_value() == "emergency_housing"
    wait_for_focus(page, "notes")
    # What was found is found again without a key.
    page.wait_for_selector("#services input")
    assert "«\u00a0expulsée hier\u00a0»" in page.locator("#why").inner_text()
    keys.press("Tab", "Tab")
    assert focused(page) == "action"
    keys.press("ArrowDown", "ArrowDown", "Control+Enter")
    page.wait_for_url("**/desk?saved=*")
    assert keys.steps <= MOST_STEPS
    assert keys.steps * SECONDS_A_STEP + len(NOTES) / SIGNS_A_SECOND <= MOST_SECONDS
    call = Calls(engine).get(int(page.url.rpartition("=")[2]))
    assert call and call.record["risk"] == "B" and call.record["action"] == "cold_referral"
    assert (call.name, call.phone) == (None, None)
    assert [m for m in wrong if "422" not in m] == []
    context.close()


def test_what_was_chosen_by_hand_is_not_overwritten(server: Server, browser: Browser) -> None:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.set_default_timeout(60_000)
    engine = open_database(f"sqlite:///{server.database}")
    Accounts(Workers(engine)).add("berta", "worker", PASSWORD)
    page.goto(f"{server.address}/desk/login")
    page.fill("#name", "berta")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    told_of_places(DirectoryEdits(engine), "partners/ligue-surendettement", "waiting_list")
    page.goto(f"{server.address}/desk/call")
    assert page.locator("#phone").is_disabled()  # until the person agreed
    page.select_option("#risk", "D")
    page.fill("#notes", "Gerichtsvollzieher war da")
    page.wait_for_selector("#services input")
    # The server looks for edits every two seconds, and the notes are read anew with each change.
    rows = page.locator("#services label")
    ligue, other = rows.filter(has_text="Ligue"), rows.filter(has_not_text="Ligue").first
    end = time.monotonic() + 30
    while "Warteliste" not in ligue.inner_text():
        assert time.monotonic() < end, ligue.inner_text()
        page.type("#notes", " ")
        page.wait_for_timeout(1000)
    assert "Warteliste" not in other.inner_text()
    assert page.locator("#risk").input_value() == "D"
    assert page.locator("#need0").input_value() == "debt_help"
    page.check("#consent")
    assert page.locator("#phone").is_enabled()
    # Nobody leaves what is written by a slip.
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.click("nav.languages a[lang=fr]", no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert "Gerichtsvollzieher" in page.locator("#notes").input_value()
    context.close()


def test_a_message_left_is_read_like_notes(server: Server, browser: Browser) -> None:
    """Also danger in it: the numbers are there before a key is pressed."""
    engine = open_database(f"sqlite:///{server.database}")
    workers = Workers(engine)
    left = "J'ai 34 ans, je vais me tuer ce soir"
    Handoffs(engine).leave_message("left", left, "phone", "621 000 000", datetime(2026, 11, 1))
    number = Handoffs(engine).left_messages()[-1].id
    context = browser.new_context(locale="fr-FR")
    key = workers.open(workers.add("clara", "worker", "no password"))
    context.add_cookies([{"name": "desk", "value": key, "url": server.address}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{server.address}/desk/call?message={number}")
    page.wait_for_selector("#numbers:not([hidden])")
    first = page.locator("#numbers li").first
    assert "112" in first.inner_text()
    # A number is never torn, however narrow the screen.
    page.set_viewport_size({"width": 320, "height": 640})
    for strong in page.locator("#numbers li strong").all():
        assert strong.evaluate("e => e.getClientRects().length") == 1
    # Nothing is said anew to screen readers while the same numbers stay.
    first.evaluate("row => { row.dataset.kept = 'yes'; }")
    with page.expect_response("**/desk/api/triage"):
        page.locator("#notes").press_sequentially(" et demain")
    page.wait_for_timeout(300)
    assert first.get_attribute("data-kept") == "yes"
    assert (page.locator("#risk").input_value(), page.locator("#age").input_value()) == (
        "A",
        "26_59",
    )
    context.close()
