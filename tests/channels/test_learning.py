"""A message is kept to learn from when its writer agrees: masked, and never a cry for help."""

import httpx
from fastapi import FastAPI

from bot.store import ToReview
from tests.channels.test_plain import about, begin, follow, say, send
from tests.channels.test_web import Visitor, start


def kept(app: FastAPI, visitor: Visitor) -> list[ToReview]:
    name = visitor.path.split("/")[-1]
    found = app.state.review.waiting()
    return [one for one in found if app.state.review.agreed(name, "m-1") and one.text]


async def rate(visitor: Visitor, *, answer: str = "m-1", learn: "bool | None" = None) -> int:
    body = {"rating": "down", "answer": answer, "learn": learn}
    path = f"{visitor.path}/feedback"
    return (await visitor.client.post(path, json=body, headers=visitor.headers)).status_code


async def test_only_who_agreed(client: httpx.AsyncClient, app: FastAPI) -> None:
    visitor = await start(client)
    text = "je dois 300 euros à la banque, appelez le 621 123 456 ou a.b@pt.lu"
    assert (await visitor.post(text=text, id="m-1")).status_code == 200
    assert await rate(visitor) == 200  # asked whether it may be kept, and nothing more
    assert kept(app, visitor) == []
    assert await rate(visitor, learn=True) == 204
    [one] = kept(app, visitor)
    assert one.text.startswith("je dois 300 euros") and one.language == "fr"
    assert "621" not in one.text and "a.b" not in one.text
    assert one.reason == "rated_down" and one.guesses[0] == "debt_help"
    # Thinking better of it takes it back.
    assert await rate(visitor, learn=False) == 204
    assert kept(app, visitor) == []


async def test_who_was_not_helped_is_asked(client: httpx.AsyncClient, app: FastAPI) -> None:
    """By two buttons, which the widget shows as any others."""
    visitor = await start(client)
    assert (
        await visitor.post(text="je m'appelle Marie Dupont et j'ai des dettes", id="m-1")
    ).json()["rate"]
    path = f"{visitor.path}/feedback"

    async def asked(rating: str = "down", answer: str = "m-1") -> httpx.Response:
        body = {"rating": rating, "answer": answer}
        return await client.post(path, json=body, headers=visitor.headers)

    assert (await asked("up")).status_code == 204
    question = (await asked()).json()
    [message] = question["messages"]
    assert question["crisis"] is False and message["type"] == "choices"
    yes, no = (choice["payload"] for choice in message["choices"])
    assert kept(app, visitor) == []
    for _ in range(2):  # the same message sent again
        done = (await visitor.post(payload=yes, id="m-2")).json()
        assert done["rate"] is False and "est gardé" in done["messages"][0]["text"]
    [one] = kept(app, visitor)
    assert one.text.startswith("je m'appelle [name] et")
    assert (await asked()).status_code == 204, "not asked again"
    refused = (await visitor.post(payload=no)).json()
    assert "ne sera pas utilisé" in refused["messages"][0]["text"] and kept(app, visitor) == []
    # Neither after a button nor after a cry for help; a made-up id keeps nothing.
    await visitor.post(payload="/help_menu", id="m-3")
    await visitor.post(text="mon mari me frappe", id="m-4")
    for answer in ("m-3", "m-4"):
        assert (await asked(answer=answer)).status_code == 204
    for strange in ("m-4", "unknown"):
        done = (await visitor.post(payload=f"learn:yes:{strange}")).json()
        assert "Rien n'est gardé" in done["messages"][0]["text"]
    name = visitor.path.split("/")[-1]
    assert not app.state.review.agreed(name, "m-4")


async def test_what_was_not_understood_is_marked(client: httpx.AsyncClient, app: FastAPI) -> None:
    visitor = await start(client)
    assert (await visitor.post(text="quelle est la capitale du Pérou", id="m-1")).status_code == 200
    await rate(visitor, learn=True)
    [one] = kept(app, visitor)
    assert one.reason == "not_understood"
    # Erased with the conversation.
    await client.delete(visitor.path, headers=visitor.headers)
    assert app.state.review.find(one.id) is None


async def test_never_of_danger(client: httpx.AsyncClient, app: FastAPI) -> None:
    visitor = await start(client)
    assert (await visitor.post(text="mon mari me frappe", id="m-1")).status_code == 200
    assert (await visitor.post(text="que dois-je faire maintenant", id="m-2")).status_code == 200
    for answer in ("m-1", "m-2"):
        assert await rate(visitor, answer=answer, learn=True) == 204
    name = visitor.path.split("/")[-1]
    assert not any(app.state.review.agreed(name, answer) for answer in ("m-1", "m-2"))


async def test_never_what_was_left_for_the_office(client: httpx.AsyncClient, app: FastAPI) -> None:
    visitor = await start(client)
    await visitor.post(payload="/human_handoff")
    await visitor.post(text="je veux laisser un message", id="m-0")
    assert (await visitor.post(text="rappelez Marie Weber svp", id="m-1")).status_code == 200
    await rate(visitor, learn=True)
    assert kept(app, visitor) == []


async def test_other_languages_and_buttons_teach_nothing(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    visitor = await start(client)
    await visitor.post(text="quiero saber donde puedo encontrar trabajo", id="m-1")
    await rate(visitor, learn=True)
    assert kept(app, visitor) == []
    other = await start(client)
    await other.post(payload="/help_menu", id="m-1")
    await rate(other, learn=True)
    assert kept(app, other) == []


async def test_the_page_without_javascript_asks(client: httpx.AsyncClient, app: FastAPI) -> None:
    page = await say(client, await begin(client), "j'ai des dettes")
    name = app.state.pages.writable(page.hidden()["key"])
    up = await follow(client, await send(client, page, "/talk/rate", **about(page), rating="up"))
    assert not up.all("input", name="learn")
    down = await follow(client, await send(client, up, "/talk/rate", **about(up), rating="down"))
    [box] = down.all("input", name="learn")
    assert "checked" not in box  # nobody agrees without knowing
    message = about(down)["answer"]
    assert not app.state.review.agreed(name, message)
    form = {**about(down), "rating": "down", "asked": "1"}
    agreed = await follow(client, await send(client, down, "/talk/rate", **form, learn="1"))
    assert app.state.review.agreed(name, message)
    [box] = agreed.all("input", name="learn")
    assert "checked" in box
    taken_back = await follow(client, await send(client, agreed, "/talk/rate", **form))
    assert not app.state.review.agreed(name, message)
    assert "checked" not in taken_back.all("input", name="learn")[0]


async def test_the_encoder_is_reached_through_the_assistant(app: FastAPI) -> None:
    """The nearest training sentences come with their words, which the model does not hold."""
    texts = ["j'ai trop de dettes", "ech hu vill Scholden", "une place à la crèche"]
    first, same, other = await app.state.assistant.vectors(texts)
    assert first @ same > first @ other + 0.2
    near = await app.state.assistant.nearest(texts[0], 5)
    assert len(near) == 5 and near[0].likeness >= near[-1].likeness > 0.5
    assert near[0].intent == "debt_help" and near[0].language in ("fr", "de", "lb")
    [itself] = await app.state.assistant.nearest(near[0].text, 1)
    assert itself.text == near[0].text and itself.likeness > 0.9
