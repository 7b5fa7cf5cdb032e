"""The inbox: who waits, who answers, who may, and that nothing written is lost."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine

from bot.desk.catalogues import FOLDER
from bot.desk.inbox import _presence
from bot.store import Conversations, Handoffs, Inbox, State, States, Workers
from bot.store.messenger import Deliveries, Outgoing
from knowledge import LANGUAGES, LUXEMBOURG
from tests.desk.conftest import csrf, sign_in

SECRET = "Ech hunn en Xylophon verluer"


def now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


@pytest.fixture
def name(engine: Engine, handoffs: Handoffs) -> str:
    """A visitor of the website who waits."""
    found = Conversations(engine).create("lb")[0]
    said = [
        {"who": "visitor", "text": "/debt_help", "lang": "lb"},
        {"who": "assistant", "text": "Wou wunnt Dir?", "lang": "lb"},
        {"who": "visitor", "text": SECRET, "lang": "lb"},
        {"who": "card", "text": "Polygone", "lang": "lb"},
    ]
    States(engine).save(found, State({"language": "lb", "need": "debt_help"}, said=said))
    handoffs.ask(found, language="lb")
    return found


@pytest.fixture
def as_(client: TestClient, workers: Workers) -> Iterator[Callable[[str], TestClient]]:
    """A browser of its own for each account; "anna", "berta" (workers), "edith" (editor), "mia"
    (manager)."""
    numbers = {"anna": 1, "berta": workers.add("Berta", "worker", "no password")}
    numbers["edith"] = workers.add("Edith", "editor", "no password")
    numbers["mia"] = workers.add("Mia", "manager", "no password")
    browsers: dict[str, TestClient] = {}

    def browser(who: str) -> TestClient:
        if who not in browsers:
            found = TestClient(client.app, base_url=client.base_url, follow_redirects=False)
            browsers[who] = found
            if who != "stranger":
                found.cookies.set("__Host-desk", workers.open(numbers[who]))
        return browsers[who]

    yield browser
    for found in browsers.values():
        found.close()


def token(browser: TestClient) -> str:
    return csrf(browser.get("/desk/inbox").text)


def post(browser: TestClient, path: str, **form: str) -> int:
    return browser.post(path, data={"csrf": token(browser), **form}).status_code


def talk(name: str) -> str:
    return f"/desk/inbox/talk/{name}"


def test_the_list_says_what_is_known(client: TestClient, handoffs: Handoffs, name: str) -> None:
    sign_in(client)
    page = client.get("/desk/inbox?lang=fr").text
    assert "<title>(1) Boîte de réception" in page and "Personne n" not in page
    assert "site web" in page and "Lëtzebuergesch" in page and "Dettes" in page
    assert SECRET not in page, "what was said is read in the conversation only"
    assert re.search(r'data-count="/desk/inbox">1<', client.get("/desk/call").text)
    handoffs.withdraw(name)
    assert "Personne n&#39;attend" in client.get("/desk/inbox").text


def test_buttons_are_told_in_words(
    client: TestClient, engine: Engine, handoffs: Handoffs, name: str
) -> None:
    """What the page itself sends first was said by nobody."""
    pressed = ("/greet", '/inform{"place": "Esch-sur-Alzette"}', "/leave_message", "/ask_cost")
    said = [{"who": "visitor", "text": text, "lang": "lb"} for text in pressed]
    States(engine).save(name, State({"language": "lb"}, said=said))
    handoffs.claim(name, 1, None)
    sign_in(client)
    page = client.get(talk(name) + "?lang=de").text
    assert re.findall(r"\[[^\]<]+\]", page) == [
        "[Esch an der Alzette]", "[möchte eine Nachricht hinterlassen]", "[ein Knopf]",
    ]  # fmt: skip


def test_danger_comes_first(engine: Engine, handoffs: Handoffs, name: str) -> None:
    later = Conversations(engine).create("fr")[0]
    handoffs.flag(later)
    assert Inbox(engine).talk(later) is None, "a flag alone asks for nobody"
    handoffs.ask(later, language="fr")
    first, second = Inbox(engine).talks()
    assert (first.conversation, first.danger) == (later, True)
    assert (second.conversation, second.danger) == (name, False)
    handoffs.take(later, worker=1)
    assert Inbox(engine).talks()[0].danger, "also while it is answered"


def test_one_takes_reads_and_writes(
    as_: Callable[[str], TestClient], handoffs: Handoffs, workers: Workers, name: str
) -> None:
    anna, berta = as_("anna"), as_("berta")
    assert post(anna, "/desk/inbox/presence", role="educator") == 303
    assert anna.post(talk(name) + "/claim", data={"csrf": token(anna)}).status_code == 303
    late = berta.post(talk(name) + "/claim", data={"csrf": token(berta)})
    assert late.headers["location"] == "/desk/inbox?done=taken"
    assert handoffs.owner(name) == "person" and handoffs.role(name) == "educator"
    handoffs.hear(name, "Sidd Dir do?")
    page = anna.get(talk(name) + "?lang=fr").text
    order = [page.index(t) for t in ("[Dettes", "Wou wunnt", "Xylophon", "Polygone", "Sidd Dir")]
    assert order == sorted(order)
    assert post(anna, talk(name) + "/write", text="Jo, ech liesen.", do="send") == 303
    said = handoffs.happenings(name)[-1]
    assert (said.text, said.role, said.lang) == ("Jo, ech liesen.", "educator", "lb")
    assert "envoyé" in anna.get(talk(name)).text
    handoffs.delivered(name, said.id)
    assert "arrivé" in anna.get(talk(name)).text
    deeds = [d.did for d in workers.deeds(1) if d.about == name]
    assert deeds[:3] == ["talk_claimed", "talk_read", "talk_written"]
    assert not any(SECRET in str(deed) for deed in workers.deeds())


def test_sent_twice_is_said_once(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna = as_("anna")
    post(anna, talk(name) + "/claim")
    for _ in range(2):
        assert post(anna, talk(name) + "/write", text="Moien", do="send", once="a" * 32) == 303
    post(anna, talk(name) + "/write", text="Moien", do="send", once="b" * 32)
    assert [h.text for h in handoffs.happenings(name) if h.text] == ["Moien", "Moien"]


MAY_READ_WAITING = {"anna": 200, "berta": 200, "edith": 200, "mia": 200, "stranger": 303}
MAY_READ = {"anna": 200, "berta": 403, "edith": 403, "mia": 200, "stranger": 303}
MAY_ACT = {"anna": 303, "berta": 409, "edith": 409, "mia": 303, "stranger": 403}


@pytest.mark.parametrize("who", MAY_ACT)
def test_who_may_what(
    as_: Callable[[str], TestClient], handoffs: Handoffs, workers: Workers, name: str, who: str
) -> None:
    """Anna answers; Berta and Edith (an editor) are her colleagues, Mia the manager."""
    browser = as_(who)
    assert browser.get(talk(name)).status_code == MAY_READ_WAITING[who]
    handoffs.claim(name, 1)
    key = "" if who == "stranger" else token(browser)
    read = browser.get(talk(name))
    assert read.status_code == MAY_READ[who]
    assert (SECRET in read.text) is (MAY_READ[who] == 200)
    lines = browser.get(talk(name) + "/lines")
    assert lines.status_code == (403 if who == "stranger" else MAY_READ[who])
    assert (SECRET in lines.text) is (lines.status_code == 200)
    before = len(handoffs.happenings(name))
    for path, form in (
        ("/write", {"text": "Bonjour à vous", "do": "send"}),
        ("/transfer", {"to": "queue", "note": "wichteg"}),
    ):
        answer = browser.post(talk(name) + path, data={"csrf": key, **form})
        assert answer.status_code == MAY_ACT[who], path
        if MAY_ACT[who] == 303:
            handoffs.claim(name, 1)
        else:
            assert form.get("text", "") in answer.text
    assert browser.post(talk(name) + "/back", data={"csrf": key}).status_code == MAY_ACT[who]
    changed = len(handoffs.happenings(name)) > before
    assert changed is (MAY_ACT[who] == 303)
    assert handoffs.owner(name) == ("assistant" if MAY_ACT[who] == 303 else "person")


@pytest.mark.parametrize("path", ["/desk/inbox", "/desk/inbox/messages"])
def test_strangers_are_sent_to_the_door(client: TestClient, path: str) -> None:
    assert client.get(path).headers["location"] == "/desk/login"
    for asked in ("/desk/inbox/list", "/desk/api/inbox"):
        assert client.get(asked).status_code == 403


def test_a_form_of_another_site_changes_nothing(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna = as_("anna")
    wrong = {"csrf": "0" * 64, "text": "Moien", "do": "send", "to": "queue"}
    assert anna.post(talk(name) + "/claim", data=wrong).status_code == 403
    handoffs.claim(name, 1)
    before = handoffs.happenings(name)
    for path in ("/write", "/transfer", "/back"):
        assert anna.post(talk(name) + path, data=wrong).status_code == 403
    assert anna.post("/desk/inbox/presence", data=wrong).status_code == 403
    handoffs.leave_message(name, "Rufft un", "phone", "621 000 000", now())
    number = handoffs.left_messages()[0].id
    assert anna.post(f"/desk/inbox/messages/{number}/done", data=wrong).status_code == 403
    assert handoffs.happenings(name) == before and handoffs.left_messages()


def test_what_is_not_asked_for_is_read_by_nobody(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    mia = as_("mia")
    handoffs.withdraw(name)
    for path in (talk(name), talk(name) + "/lines", talk("nobody")):
        answer = mia.get(path)
        assert answer.status_code == 404 and SECRET not in answer.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": " \n", "do": "send"}, 422),
        ({"text": "é" * 4001, "do": "send"}, 422),
        ({"text": "kept", "service": "nobody"}, 422),
    ],
)
def test_bad_input_comes_back(
    as_: Callable[[str], TestClient],
    handoffs: Handoffs,
    name: str,
    form: dict[str, str],
    status: int,
) -> None:
    anna = as_("anna")
    handoffs.claim(name, 1)
    answer = anna.post(talk(name) + "/write", data={"csrf": token(anna), **form})
    assert answer.status_code == status and form["text"].strip() in answer.text
    assert re.search(r'role="alert">\s*<p>', answer.text)
    assert not [h for h in handoffs.happenings(name) if h.text or h.message]


def test_what_is_written_outlasts_every_button_and_the_session(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna = as_("anna")
    handoffs.claim(name, 1)
    key, long = token(anna), "x" * 501
    for path, form in (
        ("/write", {"do": "search", "q": "dettes"}),
        ("/write", {"do": "canned", "canned": "hello"}),
        ("/write", {"service": "surendettement"}),
        ("/transfer", {"to": "99"}),
        ("/transfer", {"to": "queue", "note": long}),
    ):
        draft = {"csrf": key, "text": "Hallwe Saz", **form}
        answer = anna.post(talk(name) + path, data=draft)
        assert "Hallwe Saz" in answer.text, form
    anna.cookies.clear()
    draft = {"csrf": key, "text": "Hallwe Saz", "do": "send"}
    answer = anna.post(talk(name) + "/write", data=draft)
    assert answer.status_code == 403 and "Hallwe Saz" in answer.text and SECRET not in answer.text


def test_markup_stays_text(as_: Callable[[str], TestClient], handoffs: Handoffs, name: str) -> None:
    anna = as_("anna")
    handoffs.claim(name, 1)
    handoffs.hear(name, "<script>alert(1)</script>")
    page = anna.get(talk(name)).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_prepared_text_is_in_the_visitors_language(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna = as_("anna")
    handoffs.claim(name, 1)
    form = {"csrf": token(anna), "text": "", "do": "canned", "canned": "moment"}
    page = anna.post(talk(name) + "/write?lang=fr", data=form).text
    assert re.search(r"<textarea[^>]*>\s*Ee Moment, wannechgelift", page)
    assert ">Un instant<" in page, "its title is in the worker's"
    assert not [h for h in handoffs.happenings(name) if h.text], "it is not sent by that"


def test_prepared_texts_are_the_same_in_three_languages() -> None:
    held = {
        code: yaml.safe_load(Path(FOLDER / f"canned.{code}.yml").read_text(encoding="utf-8"))
        for code in LANGUAGES
    }
    for language in LANGUAGES:
        assert list(held[language]) == list(held["fr"])
        assert all(set(one) == {"title", "text"} for one in held[language].values())
    assert len(held["fr"]) >= 5


def test_a_card_is_found_and_shown_as_the_assistant_would(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna = as_("anna")
    handoffs.claim(name, 1, "educator")
    form = {"csrf": token(anna), "do": "search", "q": "Schold", "script": "yes"}
    hits = anna.post(talk(name) + "/write", data=form)
    assert hits.status_code == 200 and 'value="surendettement"' in hits.text
    assert post(anna, talk(name) + "/write", service="surendettement", script="yes") == 204
    card = handoffs.happenings(name)[-1]
    assert card.text is None and card.message and card.role == "educator"
    assert (card.message["type"], card.message["id"]) == ("service", "surendettement")
    assert card.message["lang"] == "lb" and card.message["phones"]
    assert card.message["name"] in anna.get(talk(name)).text


def test_handed_to_a_colleague_with_a_note(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna, berta = as_("anna"), as_("berta")
    handoffs.claim(name, 1)
    to_berta = {"to": "2", "note": "Si ass schwanger"}
    assert post(anna, talk(name) + "/transfer", **to_berta) == 422, "Berta is not there"
    post(berta, "/desk/inbox/presence", role="social_worker")
    assert post(anna, talk(name) + "/transfer", **to_berta) == 303
    assert "Si ass schwanger" in berta.get(talk(name)).text
    assert anna.get(talk(name)).status_code == 403
    assert handoffs.role(name) == "social_worker"
    assert post(berta, talk(name) + "/write", text="Moien", do="send") == 303
    assert not any("schwanger" in str(h) for h in handoffs.happenings(name))
    assert post(berta, talk(name) + "/transfer", to="queue") == 303
    assert handoffs.owner(name) == "waiting" and handoffs.happenings(name)[-1].reason == "queue"
    assert "Si ass schwanger" in anna.get(talk(name)).text, "the next one reads it, too"


@pytest.mark.parametrize(("do", "reason"), [("back", None), ("close", "closed")])
def test_given_back_and_closed(
    as_: Callable[[str], TestClient],
    engine: Engine,
    handoffs: Handoffs,
    name: str,
    do: str,
    reason: str | None,
) -> None:
    anna = as_("anna")
    handoffs.claim(name, 1)
    handoffs.hear(name, "Merci")
    Inbox(engine).note(name, 1, "intern")
    assert post(anna, talk(name) + "/back", do=do) == 303
    last = handoffs.happenings(name)[-1]
    assert (last.owner, last.returned, last.reason) == ("assistant", True, reason)
    assert handoffs.heard(name) == [] and Inbox(engine).notes(name) == []
    assert anna.get(talk(name)).status_code == 404


def test_who_left_the_desk_frees_the_visitor(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna = as_("anna")
    post(anna, talk(name) + "/claim")
    handoffs.hear(name, "Sidd Dir nach do?")
    soon = now() + _presence.LEFT
    assert _presence.free(handoffs, soon - timedelta(minutes=1)) == []
    assert handoffs.owner(name) == "person"
    assert _presence.free(handoffs, soon + timedelta(seconds=1)) == [name]
    assert handoffs.owner(name) == "waiting"
    told = handoffs.happenings(name)[-1]
    assert (told.owner, told.reason, told.returned) == ("waiting", "left", True)
    assert [h.text for h in handoffs.heard(name)] == ["Sidd Dir nach do?"], "for the next one"


def test_who_signs_out_frees_the_visitor_at_once(
    as_: Callable[[str], TestClient], handoffs: Handoffs, name: str
) -> None:
    anna, berta = as_("anna"), as_("berta")
    post(anna, talk(name) + "/claim")
    berta.get("/desk/inbox")
    anna.post("/desk/logout", data={"csrf": token(anna)})
    assert _presence.free(handoffs) == [name]


def test_looking_by_itself_keeps_no_session(
    as_: Callable[[str], TestClient], workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page left open must not keep the desk open all night."""
    anna = as_("anna")
    seen: list[bool] = []
    real = Workers.of_session

    def watched(self: Workers, key: str, at: object = None, *, goes_on: bool = True) -> object:
        seen.append(goes_on)
        return real(self, key, goes_on=goes_on)

    monkeypatch.setattr(Workers, "of_session", watched)
    for path in ("/desk/api/inbox", "/desk/inbox/list", talk("x") + "/lines"):
        anna.get(path)
    assert seen == [False] * 3
    monkeypatch.undo()
    key, begun = workers.open(1), now()
    for minutes in (10, 20, 29):
        assert workers.of_session(key, begun + timedelta(minutes=minutes), goes_on=False)
    assert workers.of_session(key, begun + timedelta(minutes=31), goes_on=False) is None


def test_presence_within_the_hours_and_by_hand(
    as_: Callable[[str], TestClient], handoffs: Handoffs, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = as_("anna")
    monkeypatch.setattr(_presence, "office", lambda: "hours_unknown")
    monkeypatch.setattr("bot.desk.inbox._list.office", lambda: "hours_unknown")
    assert not handoffs.someone_here()
    anna.get("/desk/api/inbox")
    assert handoffs.someone_here()
    assert post(anna, "/desk/inbox/presence", away="yes") == 303
    anna.get("/desk/api/inbox")
    assert not handoffs.someone_here(), "away is away, though the page is open"
    assert "absent pour les visiteurs" in anna.get("/desk/inbox?lang=fr").text
    post(anna, "/desk/inbox/presence")
    anna.get("/desk/api/inbox")
    assert handoffs.someone_here()
    monkeypatch.setattr(_presence, "office", lambda: "holiday")
    monkeypatch.setattr("bot.desk.inbox._list.office", lambda: "holiday")
    page = anna.get("/desk/inbox?lang=fr").text
    assert not handoffs.someone_here() and "Le bureau est fermé" in page


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (datetime(2026, 11, 27, 10), "hours_unknown"),
        (datetime(2026, 11, 27, 22), "perhaps_closed"),
        (datetime(2026, 11, 29, 10), "perhaps_closed"),
        (datetime(2026, 12, 25, 10), "holiday"),
    ],
)
def test_the_office(at: datetime, state: str) -> None:
    """As the association's hours stand in the directory: not known."""
    assert _presence.office(at.replace(tzinfo=LUXEMBOURG)) == state


def test_messages_left_are_read_called_and_deleted(
    as_: Callable[[str], TestClient], handoffs: Handoffs, workers: Workers, name: str
) -> None:
    anna = as_("anna")
    handoffs.leave_message(name, SECRET, "phone", "+33 6 12 34", now(), language="lb")
    handoffs.leave_message(name, "Schreift mir", "email", "a@example.org", now(), language="lb")
    page = anna.get("/desk/inbox/messages?lang=fr").text
    until = (now() + timedelta(days=90)).strftime("%d.%m.%Y")
    assert SECRET in page and until in page
    assert "tel:+3361234" in page and "mailto:a%40example.org" in page
    number = handoffs.left_messages()[0].id
    call = anna.get(f"/desk/call?message={number}").text
    assert "Xylophon" in call and re.search(r'value="lb" selected', call)
    assert "+33 6" not in call, "the contact was agreed for an answer, not for a record"
    assert [d.did for d in workers.deeds(1)].count("message_read") == 3
    assert anna.get("/desk/call?message=99999").status_code == 200
    assert post(anna, f"/desk/inbox/messages/{number}/done") == 303
    assert [m.reach_by for m in handoffs.left_messages()] == ["email"]
    assert workers.deeds(1)[-1].did == "message_done"


def messenger(engine: Engine, hours_ago: float) -> str:
    """Somebody on Messenger who wrote so long ago, and waits."""
    from bot.store.messenger._tables import people

    Deliveries(engine)
    wrote = int((time.time() - hours_ago * 3600) * 1000)
    with engine.begin() as connection:
        row = {"person": "m-1", "address": "sealed", "active_at": wrote, "wrote_at": wrote}
        connection.execute(people.insert().values(**row))
    Handoffs(engine).ask("m-1", language="fr")
    Handoffs(engine).claim("m-1", 1)
    return "m-1"


@pytest.mark.parametrize(
    ("hours", "words", "status"),
    [(1, "accepte toute réponse", 303), (30, "vos propres mots", 303), (170, "plus de rép", 422)],
)
def test_messengers_window_is_said(
    as_: Callable[[str], TestClient], engine: Engine, hours: float, words: str, status: int
) -> None:
    anna, name = as_("anna"), messenger(engine, hours)
    assert words in anna.get(talk(name) + "?lang=fr").text
    form = {"csrf": token(anna), "text": "Bonjour", "do": "send"}
    answer = anna.post(talk(name) + "/write", data=form)
    assert answer.status_code == status
    if status == 422:
        assert "sept jours" in answer.text and "Bonjour" in answer.text
        assert not [h for h in Handoffs(engine).happenings(name) if h.text]


def test_messengers_failures_are_shown(as_: Callable[[str], TestClient], engine: Engine) -> None:
    from bot.store.messenger._next import put
    from bot.store.messenger._tables import outbox

    anna, name = as_("anna"), messenger(engine, 1)
    Handoffs(engine).write(name, "Bonjour", "fr")
    number = Handoffs(engine).happenings(name)[-1].id
    with engine.begin() as connection:
        put(connection, name, [Outgoing({"text": "Bonjour"}, happening=number)], 0)
    assert "envoyé" in anna.get(talk(name) + "?lang=fr").text
    for state, error, words in (
        ("sent", None, "arrivé"),
        ("dead", "OutsideWindow code=10", "trop de temps"),
        ("dead", "Blocked code=551", "ne reçoit plus"),
        ("dead", "Refused code=1", "a refusé"),
    ):
        with engine.begin() as connection:
            connection.execute(outbox.update().values(state=state, error=error))
        assert words in anna.get(talk(name)).text


def test_too_much_at_once_is_said_and_kept(
    as_: Callable[[str], TestClient],
    handoffs: Handoffs,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anna = as_("anna")
    handoffs.claim(name, 1)
    key = token(anna)
    monkeypatch.setattr("bot.desk.inbox._talk.Limit.take", lambda limit, who: limit._size - 59.0)
    form = {"csrf": key, "text": "Wuert", "do": "send", "script": "yes"}
    answer = anna.post(talk(name) + "/write", data=form)
    assert answer.status_code == 429 and "Wuert" in answer.text
    assert not [h for h in handoffs.happenings(name) if h.text]
    big = {"csrf": key, "text": "x" * 70_000, "do": "send"}
    assert anna.post(talk(name) + "/write", data=big).status_code == 413


def test_every_word_is_there_in_three_languages() -> None:
    words = {
        code: yaml.safe_load((FOLDER / f"inbox.{code}.yml").read_text(encoding="utf-8"))
        for code in LANGUAGES
    }

    def keys(node: object) -> object:
        return {k: keys(v) for k, v in node.items()} if isinstance(node, dict) else None

    assert keys(words["de"]) == keys(words["fr"]) == keys(words["lb"])
