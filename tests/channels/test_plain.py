"""The chat without JavaScript, over HTTP: whole conversations in forms, keys, hostile input."""

import re
from html.parser import HTMLParser
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from bot.assistant import Busy
from bot.channels.web._transcript import Said, Told, newest, shown, transcript
from bot.channels.web._view import WORDS, View
from bot.settings import Settings
from bot.store import Entry, Pages
from knowledge import LANGUAGES, Language, load


class Page(HTMLParser):
    """A page: its elements with their texts, its forms, its links."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.response = response
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(response.text)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [a for t, a in self.elements if t == tag and wanted.items() <= a.items()]

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the form that writes."""
        at = next(i for i, (t, a) in enumerate(self.elements) if a.get("id") == "talk")
        fields = self.elements[at + 1 : at + 4]
        return {a["name"]: a["value"] for t, a in fields if a.get("type") == "hidden"}

    def links(self) -> list[str]:
        return [a["href"] for a in self.all("a")]


async def send(
    client: httpx.AsyncClient, page: Page, path: str = "/talk", **fields: str
) -> httpx.Response:
    return await client.post(path, data={**page.hidden(), **fields})


async def follow(client: httpx.AsyncClient, response: httpx.Response) -> Page:
    assert response.status_code == 303, response.text
    return Page(await client.get(response.headers["location"]))


async def begin(client: httpx.AsyncClient, language: str = "fr") -> Page:
    return Page(await client.get(f"/?lang={language}"))


async def say(client: httpx.AsyncClient, page: Page, text: str) -> Page:
    return await follow(client, await send(client, page, text=text))


@pytest.mark.parametrize(
    ("language", "automatic", "question", "calm", "danger"),
    [
        ("fr", "automatique", "j'ai des dettes", "à confirmer", "je veux mourir"),
        ("de", "automatische", "ich habe Schulden", "noch zu bestätigen", "ich will sterben"),
        ("lb", "automateschen", "ech hu Scholden", "nach ze confirméieren", "ech wëll stierwen"),
    ],
)
async def test_a_conversation_in_each_language(
    client: httpx.AsyncClient,
    language: Language,
    automatic: str,
    question: str,
    calm: str,
    danger: str,
) -> None:
    first = await begin(client, language)
    assert automatic in first.text and first.all("html", lang=language)
    # Help is at hand before anything was written: emergency numbers, and a person's.
    assert {"tel:112", "tel:113", "tel:+352492660"} <= set(first.links())
    page = await say(client, first, question)
    answered = load().service("surendettement").name.in_(language)
    assert answered in page.text and calm in page.text
    assert page.text.count(question) == 1
    assert "tel:+35254772422" in page.links()
    assert f"/services/surendettement?lang={language}" in page.links()
    assert page.all("li", id="latest")
    assert {"tel:112", "tel:113", "tel:+352492660"} <= set(page.links())
    # What the assistant had said before is still there, and in order.
    assert page.text.index(automatic) < page.text.index(question) < page.text.index(answered)
    choices = first.all("button", name="payload")
    person = await follow(client, await send(client, page, payload="/human_handoff"))
    titles = {c["value"] for c in choices}
    assert "/human_handoff" in titles
    assert "49 26 60" in person.text
    crisis = await say(client, person, danger)
    assert "tel:112" in crisis.links() and crisis.all("article", **{"class": "card urgent"})


async def test_tapped_choices_appear_with_their_words(client: httpx.AsyncClient) -> None:
    page = await begin(client, "de")
    page = await follow(client, await send(client, page, payload="/youth_house"))
    assert re.search(r"Sie\s*Jugendliche", page.text)
    payload = next(a["value"] for a in page.all("button", name="payload"))
    later = await follow(
        client, await send(client, page, payload=payload, text="noch nicht fertig")
    )
    area = later.response.text.split("<textarea")[1].split("</textarea>")[0]
    assert area.endswith("noch nicht fertig"), "what was being written is not lost"


async def test_sending_the_same_page_again_doubles_nothing(client: httpx.AsyncClient) -> None:
    page = await say(client, await begin(client), "bonjour")
    one = await send(client, page, text="j'ai des dettes")
    again = await send(client, page, text="j'ai des dettes")
    assert one.headers["location"] != again.headers["location"]
    for response in (one, again):
        shown_page = await follow(client, response)
        assert shown_page.text.count("j'ai des dettes") == 1
    # Other words from the same page are a message of their own.
    other = await follow(client, await send(client, page, text="je cherche un logement"))
    assert other.text.count("j'ai des dettes") == 1
    assert other.text.count("je cherche un logement") == 1


async def test_reloading_and_going_back_show_and_send_nothing(client: httpx.AsyncClient) -> None:
    response = await send(client, await begin(client), text="j'ai des dettes")
    first = await follow(client, response)
    await say(client, first, "merci")
    back = await follow(client, response)
    assert back.text.count("merci") == 1 and back.text.count("j'ai des dettes") == 1


async def test_keys_stay_out_of_addresses(client: httpx.AsyncClient) -> None:
    page = await say(client, await begin(client), "j'ai des dettes")
    hidden = page.hidden()
    address = str(page.response.request.url)
    assert len(hidden["key"]) == 64
    assert hidden["key"] not in address and hidden["key"] not in " ".join(page.links())
    view = parse_qs(urlsplit(address).query)["view"][0]
    # The key of an address does not write.
    stolen = await client.post("/talk", data={**hidden, "key": view, "text": "bonsoir"})
    assert "dettes" not in (await follow(client, stolen)).text
    headers = page.response.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in headers


async def test_a_link_from_another_site_shows_no_conversation(client: httpx.AsyncClient) -> None:
    response = await send(client, await begin(client), text="j'ai des dettes")
    address = response.headers["location"]
    foreign = Page(await client.get(address, headers={"Sec-Fetch-Site": "cross-site"}))
    assert "j'ai des dettes" not in foreign.text and "pour votre sécurité" in foreign.text
    assert foreign.hidden()["key"] == ""
    own = Page(await client.get(address, headers={"Sec-Fetch-Site": "same-origin"}))
    assert own.hidden()["key"]


async def test_another_language_for_page_and_answers(client: httpx.AsyncClient) -> None:
    page = await say(client, await begin(client, "fr"), "j'ai des dettes")
    german = await follow(client, await send(client, page, "/talk/language", to="de"))
    assert german.all("html", lang="de") and "Ihre Nachricht" in german.text
    # The first question keeps its own language.
    assert german.all("div", lang="fr")
    fresh = await send(client, await begin(client, "fr"), "/talk/language", to="lb")
    assert fresh.headers["location"] == "/?lang=lb"


async def test_the_page_follows_the_language_that_is_written(client: httpx.AsyncClient) -> None:
    page = await say(client, await begin(client, "fr"), "Ech hu Scholden a brauch Hëllef")
    assert page.all("html", lang="lb") and "Äre Message" in page.text


async def test_deleting(client: httpx.AsyncClient, app: FastAPI) -> None:
    response = await send(client, await begin(client), text="j'ai des dettes")
    page = await follow(client, response)
    key = page.hidden()["key"]
    name = app.state.pages.writable(key)
    gone = await follow(client, await send(client, page, "/talk/delete"))
    assert "La conversation est effacée." in gone.text
    assert app.state.pages.writable(key) is None
    assert app.state.answers.of(name) == []
    back = await follow(client, response)
    assert "j'ai des dettes" not in back.text and "pour votre sécurité" in back.text
    # An old page still writes: the message is answered, in a new conversation.
    late = await send(client, page, text="je cherche une crèche")
    assert "je cherche une crèche" in (await follow(client, late)).text


async def test_leaving_quickly(client: httpx.AsyncClient) -> None:
    response = await send(client, await begin(client), text="j'ai des dettes")
    page = await follow(client, response)
    left = await send(client, page, "/talk/leave")
    assert (left.status_code, left.headers["location"]) == (303, Settings().exit_url)
    assert "j'ai des dettes" not in (await follow(client, response)).text
    policy = page.response.headers["content-security-policy"]
    assert "form-action 'self' https://www.meteolux.lu;" in policy
    anonymous = await client.post("/talk/leave", content=b"\xff\xfe=&&&")
    assert anonymous.status_code == 303


async def test_an_hour_later_the_address_shows_nothing(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    response = await send(client, await begin(client), text="j'ai des dettes")
    page = await follow(client, response)
    name = app.state.pages.writable(page.hidden()["key"])
    app.state.pages.close(name)
    assert "j'ai des dettes" not in (await follow(client, response)).text
    # Whoever has the page open goes on all the same.
    assert "j'ai des dettes" in (await say(client, page, "merci")).text


async def test_what_a_person_writes_is_shown(client: httpx.AsyncClient, app: FastAPI) -> None:
    page = await follow(
        client, await send(client, await begin(client, "lb"), payload="/human_handoff")
    )
    assert "Nei Messagë kucken" in page.text
    name = app.state.pages.writable(page.hidden()["key"])
    app.state.handoffs.take(name)
    app.state.handoffs.write(name, "Moien, hei ass de Marc <b>", "lb")
    link = next(a["href"] for a in page.all("a", **{"class": "button"}))
    fresh = Page(await client.get(link))
    answers_now = app.state.assistant.words("utter_person_answers", "lb")[0]["text"]
    assert answers_now in fresh.text and "Moien, hei ass de Marc <b>" in fresh.text
    assert fresh.text.index(answers_now) < fresh.text.index("de Marc")
    # Now the assistant is silent; what the visitor writes is for the person.
    later = await say(client, fresh, "merci Marc")
    assert later.text.index("de Marc") < later.text.index("merci Marc")
    assert later.response.text.split("merci Marc")[1].count('class="bot"') == 0
    app.state.handoffs.give_back(name)
    back = await say(client, later, "ech hu Scholden")
    assert app.state.assistant.words("utter_automated_again", "lb")[0]["text"] in back.text
    assert "tel:+35254772422" in back.links()


def rated(app: FastAPI, page: Page) -> list[tuple[str, str]]:
    """What is kept of the ratings of the page's conversation: rating and word."""
    name = app.state.pages.writable(page.hidden()["key"])
    with app.state.conversations._engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select rating, word from feedback where conversation = ?", (name,)
        )
        return [tuple(row) for row in rows]


def about(page: Page) -> dict[str, str]:
    """The answer that the page asks about, as its form sends it."""
    return {a["name"]: a["value"] for a in page.all("input", name="answer", form="talk")}


async def test_an_answer_is_rated_with_one_word(client: httpx.AsyncClient, app: FastAPI) -> None:
    first = await begin(client)
    assert about(first) == {} and not first.all("button", name="rating")
    page = await say(client, first, "j'ai des dettes")
    assert [a["value"] for a in page.all("button", name="rating")] == ["up", "down"]
    response = await send(
        client, page, "/talk/rate", **about(page), rating="down", text="pas encore fini"
    )
    assert response.headers["location"].endswith("#rate")
    thanked = await follow(client, response)
    assert "Merci pour votre avis." in thanked.text and "pas encore fini" in thanked.text
    assert rated(app, thanked) == [("down", None)]
    assert thanked.all("textarea", name="word")
    told = await follow(
        client,
        await send(client, thanked, "/talk/rate", **about(thanked), rating="down", word=" loin "),
    )
    assert rated(app, told) == [("down", "loin")]
    assert "Merci pour votre avis." in told.text and not told.all("textarea", name="word")
    # Who thinks better of it presses the other button; the next answer is another one.
    better = await follow(
        client, await send(client, told, "/talk/rate", **about(told), rating="up", word="x" * 100)
    )
    assert rated(app, better) == [("up", "x" * 80)]
    later = await say(client, better, "merci")
    assert about(later) != about(better) and "Merci pour votre avis." not in later.text


async def test_no_rating_in_danger_or_of_a_person(client: httpx.AsyncClient, app: FastAPI) -> None:
    crisis = await say(client, await begin(client, "de"), "ich will sterben")
    assert about(crisis) == {} and not crisis.all("button", name="rating")
    page = await say(client, await begin(client, "de"), "ich habe Schulden")
    assert about(page)
    app.state.handoffs.take(app.state.pages.writable(page.hidden()["key"]))
    assert about(await say(client, page, "hallo")) == {}


@pytest.mark.parametrize("rating", ["up", "down"])
async def test_a_cry_for_help_in_the_word_is_answered(
    client: httpx.AsyncClient, app: FastAPI, rating: str
) -> None:
    page = await say(client, await begin(client), "j'ai des dettes")
    response = await send(
        client, page, "/talk/rate", **about(page), rating=rating, word="je veux mourir"
    )
    answered = await follow(client, response)
    assert "tel:112" in answered.links()
    assert answered.all("article", **{"class": "card urgent"})
    assert rated(app, answered) == [(rating, None)]
    assert "je veux mourir" not in answered.text


async def test_a_broken_rating_keeps_nothing(client: httpx.AsyncClient, app: FastAPI) -> None:
    page = await say(client, await begin(client), "j'ai des dettes")
    for fields in (
        {"rating": "sideways", **about(page)},
        {"rating": "up", "answer": "unknown"},
        {"rating": "up"},
    ):
        after = await follow(client, await send(client, page, "/talk/rate", **fields))
        assert rated(app, after) == [] and "j'ai des dettes" in after.text
    stranger = await client.post("/talk/rate", data={**about(page), "rating": "up", "key": "x"})
    assert stranger.headers["location"].endswith("done=expired")
    assert rated(app, page) == []


async def test_a_cry_for_help_is_answered_first_and_not_kept(client: httpx.AsyncClient) -> None:
    page = await say(client, await begin(client, "de"), "ich habe Schulden")
    crisis = await say(client, page, "ich will sterben")
    assert "ich will sterben" not in crisis.text
    # Reading begins at its answer, not at the question before.
    after = crisis.response.text.split('id="latest"')[1]
    assert "card urgent" in after and "ich habe Schulden" not in after


def test_where_reading_begins() -> None:
    you, bot, person = Said("visitor"), Said("bot"), Said("person")
    for said, at in (
        ([], 0),
        ([bot], 0),
        ([bot, you, bot], 1),
        ([bot, you, bot, person, person], 1),
        ([bot, you, bot, bot], 3),
        ([bot, you, bot, person, you], 4),
    ):
        assert newest(said) == at


PAGE_SCRIPT = {"type": "module", "src": "/static/page.js"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><h1>x</h1>",
    "\u202eabc\u202c\u200b\u0007",
    "{{ 7*7 }} {% raw %}",
    "🙂" * 10_000,
    "a" * 10_000,
    "",
    "   ",
    "\r\n\r\n",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_texts_stay_text(client: httpx.AsyncClient, text: str) -> None:
    page = await say(client, await begin(client), text)
    assert not page.all("img", src="x") and page.all("h1") and len(page.all("h1")) == 1
    assert [a for t, a in page.elements if t == "script"] == []
    assert not re.search(r"\b49\b(?! 26)", page.text)
    assert "\u202e" not in page.response.text and "\x07" not in page.response.text
    assert page.all("li", **{"class": "bot"}), "an answer was given"


async def test_too_large_is_said(client: httpx.AsyncClient) -> None:
    page = await begin(client)
    response = await send(client, page, text="🙂" * 20_000)
    assert response.status_code == 413
    assert "64" in response.text


@pytest.mark.parametrize(
    "body", [b"", b"&&&", b"text=%FF%FE", b"\xff\xfe", b"key=x&text=bonjour", b"a=1&" * 50]
)
async def test_broken_forms_lead_back_to_the_page(client: httpx.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await client.post("/talk", content=body, headers=headers)
    page = await follow(client, response)
    assert page.response.status_code == 200 and page.hidden()["key"]


async def test_too_much_at_once_keeps_what_was_written(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await say(client, await begin(client, "de"), "hallo")

    async def busy(*_: Any, **__: Any) -> Any:
        raise Busy

    monkeypatch.setattr(app.state.assistant, "answer", busy)
    response = await send(client, page, text="mein <b>wichtiger</b> Satz")
    assert response.status_code == 429 and response.headers["retry-after"] == "1"
    refused = Page(response)
    assert "Zu viele Nachrichten" in refused.text
    assert "mein <b>wichtiger</b> Satz" in refused.text
    assert refused.hidden() == page.hidden(), "the same message can be sent again"
    monkeypatch.undo()
    again = await say(client, refused, "mein <b>wichtiger</b> Satz")
    assert again.text.count("mein <b>wichtiger</b> Satz") == 1


async def test_without_a_database_the_numbers_are_there(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await say(client, await begin(client, "de"), "hallo")

    def broken(*_: Any) -> Any:
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(app.state.pages, "writable", broken)
    for path in ("/talk", "/talk/language", "/talk/rate", "/talk/delete"):
        response = await send(client, page, path, text="ich brauche Hilfe", to="de")
        assert response.status_code == 503
        shown_page = Page(response)
        assert "ich brauche Hilfe" in shown_page.text
        assert {"tel:112", "tel:+352492660"} <= set(shown_page.links())
    assert (await send(client, page, "/talk/leave")).status_code == 303


def test_the_words_are_there_in_each_language() -> None:
    assert len({frozenset(words) for words in WORDS.values()}) == 1
    for words in WORDS.values():
        assert all(str(text).strip() for text in words.values())


_texts = st.text(max_size=60) | st.sampled_from(HOSTILE[:5])


def _card(words: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    fields = ["name", "summary", "opening", "address", "email", "website", "hours_text", "who"]
    fields += ["cost", "alert", "map_url"]
    drawn = dict.fromkeys(fields, words)
    return st.fixed_dictionaries(
        {
            **drawn,
            "type": st.just("service"),
            "lang": st.sampled_from(LANGUAGES),
            "id": words,
            "phones": st.lists(
                st.fixed_dictionaries({"number": words, "label": words}), max_size=2
            ),
            "languages": st.lists(words, max_size=2),
        }
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(card=_card(_texts), text=_texts, role=_texts, draft=_texts)
def test_no_field_becomes_markup(card: dict[str, Any], text: str, role: str, draft: str) -> None:
    """Of visitor, person and directory alike."""
    choice = {"title": text, "payload": text}
    written = {"type": "text", "text": text, "lang": "de"}
    messages = [card, {**written, "type": "choices", "choices": [choice]}, written]
    said = [
        Said("visitor", text),
        Said("person", text, role, "fr"),
        Said("bot", lang="fr", messages=shown(messages)),
    ]
    shown_page = View("https://example.lu/", ())._page(
        "fr", said, draft=draft, rate=text, rating=("up", None)
    )
    page = Page(httpx.Response(200, content=shown_page.body))
    assert len(page.all("h1")) == 1 and page.all("script") == [PAGE_SCRIPT]
    assert page.all("img") == page.all("img", src="/static/icon.svg")
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "action", "formaction"):
            to = attributes.get(name, "/")
            assert re.match("https?://|tel:|mailto:|/[a-z?]|/$|#", to), to


def test_a_persons_words_stand_where_they_could_be_read() -> None:
    def entry(number: int, said: str, after: int) -> Entry:
        answer = {
            "messages": [{"type": "text", "text": f"re {said}", "lang": "fr"}],
            "language": "fr",
        }
        return Entry(number, str(number), "", said, after, 0, answer)

    told = [Told(n, Said("person", f"p{n}")) for n in (1, 2, 3)]
    said = transcript([entry(1, "a", 0), entry(2, "b", 2), entry(3, " ", 2)], told)
    words = [one.text or one.messages[0]["text"] for one in said]
    assert words == ["a", "re a", "p1", "p2", "b", "re b", "re  ", "p3"]


def test_keys_are_kept_as_hashes(app: FastAPI) -> None:
    pages: Pages = app.state.pages
    view = pages.open("someone")
    with pages._engine.connect() as connection:
        rows = str(connection.exec_driver_sql("select * from pages").fetchall())
    assert view not in rows
    assert pages.shown("") is None and pages.writable("") is None
