"""What lasts of a conversation and what does not: real model, real actions, a real database."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.assistant import Assistant
from bot.channels.web._happenings import told
from bot.dialogue import Dialogue
from bot.reply import Reply
from bot.store import Conversations, Handoffs, States, open_database
from tests.stored import stored

MARK = "Xylophonquartett"
AFTERNOON = "2026-11-24T15:00:00"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "weeweiser.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.dispose()


def fresh(assistant: Assistant, engine: Engine) -> Dialogue:
    """A dialogue that has nothing in memory, as after a restart; the model stays loaded."""
    assert assistant._loaded
    agent, turns = assistant._loaded.agent, assistant._loaded.turns
    assert agent and turns
    return Dialogue(agent, turns, engine, assistant._keeping)


@pytest.fixture
async def kept(
    assistant: Assistant, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Assistant]:
    """The assistant on a database file of this test."""
    monkeypatch.setattr(assistant, "_dialogue", fresh(assistant, engine))
    yield assistant


def texts(reply: Reply) -> str:
    return "\n".join(str(m.get("text", "")) for m in reply.messages)


def payloads(reply: Reply) -> list[str]:
    return [c["payload"] for m in reply.messages for c in m.get("choices", [])]


@pytest.mark.parametrize(
    ("before", "cry"),
    [
        ("j'ai des dettes", f"je veux mourir, {MARK}"),
        ("ich habe Schulden", f"mein Mann schlägt mich in Mersch, {MARK}"),
        ("ech hu Scholden", f"mäin Noper schléit säi Kand, {MARK}"),
    ],
)
async def test_nothing_but_a_flag_is_stored_of_a_cry_for_help(
    kept: Assistant, path: Path, engine: Engine, before: str, cry: str
) -> None:
    await kept.answer("c", text=before, message_id="one")
    reply = await kept.answer("c", text=cry, message_id="two")
    assert reply.crisis and reply.helplines
    state = States(engine).load("c")
    assert state and state.slots.get("after_crisis")
    await kept.answer("c", text=f"{MARK} asdf qwer", message_id="three")
    held = stored(path)
    assert MARK.encode() not in held, "neither the text nor what follows it"
    state = States(engine).load("c")
    assert state and not {"place", "age"} & set(state.slots)
    for trace in (b"crisis_suicide", b"crisis_violence", b"crisis_child", b"intent_ranking"):
        assert trace not in held
    assert before.encode() in held, "everyday words are kept for a person who takes over"


async def test_the_interrupted_question_is_offered_once_and_taken_up(kept: Assistant) -> None:
    await kept.answer("c", text="je cherche une crèche")
    cry = await kept.answer("c", text="mon mari me frappe")
    assert "/resume" not in payloads(cry) and not payloads(cry), "no menu right after"
    thanks = await kept.answer("c", text="merci")
    assert payloads(thanks) == ["/resume"] and "Garde d'enfants" in texts(thanks)
    assert not thanks.crisis
    again = await kept.answer("c", text="oui")
    assert again.asks == "place"
    later = await kept.answer("c", text="merci")
    assert "/resume" not in payloads(later)


async def test_what_was_interrupted_can_simply_be_answered(kept: Assistant) -> None:
    await kept.answer("c", text="Ech sichen e Jugendhaus")
    await kept.answer("c", text="ech wëll net méi liewen")
    reply = await kept.answer("c", text="zu Gasperich")
    assert "maison-des-jeunes-gasperich" in reply.services


async def test_no_menu_right_after_a_cry(kept: Assistant) -> None:
    await kept.answer("c", text="ich will nicht mehr leben")
    first = await kept.answer("c", text="blub grmpf xyz")
    assert payloads(first) == ["/human_handoff"] and "112" in texts(first) and first.crisis
    second = await kept.answer("c", text="brumm grmpf zzz")
    assert texts(second) != texts(first) and "49 26 60" in texts(second)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("mein Vater schlägt mich, ich bin 14", "113", "kanner-jugendtelefon"),
        ("mon voisin bat sa femme", "113", "helpline-violence"),
        ("ein Mann liegt bewusstlos auf der Straße", "112", None),
        ("ma copine veut se suicider", "112", "sos-detresse"),
        ("I want to kill myself", "112", "sos-detresse"),
        ("o meu marido bate-me", "113", "helpline-violence"),
    ],
)
async def test_each_gets_the_right_first_number(
    kept: Assistant, text: str, first: str, second: str | None
) -> None:
    reply = await kept.answer("c", text=text, at=AFTERNOON)
    assert reply.helplines[0] == first
    assert second is None or reply.helplines[1] == second


async def test_a_bystander_is_not_spoken_to_as_the_victim(kept: Assistant) -> None:
    other = await kept.answer("a", text="mon voisin bat sa femme")
    victim = await kept.answer("b", text="mon mari me bat")
    assert "vous-même" in texts(other) and "pas de votre faute" not in texts(other)
    assert "pas de votre faute" in texts(victim)


async def leave(kept: Assistant, *answers: str, text: str = MARK) -> list[Reply]:
    """A message for the office up to the question for consent, and further answers."""
    replies = [await kept.answer("c", payload="/human_handoff", page_language="fr")]
    assert "/leave_message" in payloads(replies[0])
    replies.append(await kept.answer("c", payload="/leave_message"))
    for answer in (text, "par téléphone", "621 000 000", *answers):
        replies.append(await kept.answer("c", text=answer))
    return replies


async def test_what_is_asked_meanwhile_is_answered_and_more_words_are_added(
    kept: Assistant, engine: Engine
) -> None:
    await kept.answer("c", text="j'ai des dettes")
    await kept.answer("c", text="je voudrais laisser un message")
    asked = await kept.answer("c", text="c'est payant ?")
    assert asked.intent == "ask_cost" and payloads(asked) == ["/cancel"], "the words are still due"
    await kept.answer("c", text=f"Rappelez-moi. {MARK}")
    unclear = await kept.answer("c", text="je ne comprends pas")
    assert "/reach_by_phone" in payloads(unclear) and len(unclear.messages) > 1
    secret = await kept.answer("c", text="qui lit ça ?")
    assert secret.intent == "privacy" and "/reach_by_phone" in payloads(secret)
    await kept.answer("c", text="et ma mère est en fauteuil roulant")
    await kept.answer("c", text="621 000 000")
    objection = await kept.answer("c", text="merci, mais ils m'ont déjà dit non là-bas")
    assert "/agree" in payloads(objection), "that was no refusal"
    await kept.answer("c", text="oui")
    [message] = Handoffs(engine).left_messages("c")
    assert message.text.splitlines() == [
        f"Rappelez-moi. {MARK}",
        "et ma mère est en fauteuil roulant",
        "merci, mais ils m'ont déjà dit non là-bas",
    ]


async def test_a_yes_begins_the_message_that_was_offered(kept: Assistant) -> None:
    await kept.answer("c", text="je veux parler à une personne", at="2026-11-28T22:00:00")
    reply = await kept.answer("c", text="oui", at="2026-11-28T22:01:00")
    assert payloads(reply) == ["/cancel"]
    reply = await kept.answer("c", text="oui", at="2026-11-28T22:02:00")
    assert payloads(reply) == ["/cancel"], "a yes is no message"
    await kept.answer("c", text="non", at="2026-11-28T22:03:00")
    reply = await kept.answer("c", text="j'ai des dettes", at="2026-11-28T22:04:00")
    assert "surendettement" in reply.services


async def test_no_menu_of_guesses_once_a_cry_was_heard(
    kept: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long after it, a message that may be one more gets the calm line."""
    monkeypatch.setattr("actions.not_understood._CONCEIVABLE_AT_ALL", 0.0)
    monkeypatch.setattr("actions.not_understood._CONCEIVABLE", 0.0)
    words = "ech weess net méi wuer mat mir"
    before = await kept.answer("without", text=words)
    await kept.answer("c", text="mäi Mann schléit mech")
    await kept.answer("c", text="wou ass e Jugendhaus zu Miersch?")
    after = await kept.answer("c", text=words)
    assert "/help_menu" not in payloads(after) and after.crisis
    assert texts(before) != texts(after)


async def test_a_message_is_kept_only_after_a_clear_yes(
    kept: Assistant, engine: Engine, path: Path
) -> None:
    handoffs = Handoffs(engine)
    replies = await leave(kept, "peut-être")
    assert payloads(replies[-1]) == ["/agree", "/refuse"], "asked again"
    assert handoffs.left_messages() == [] and handoffs.owner("c") == "waiting"
    reply = await kept.answer("c", text="oui, d'accord")
    [message] = handoffs.left_messages("c")
    assert (message.text, message.reach_by, message.contact, message.lang) == (
        MARK,
        "phone",
        "621 000 000",
        "fr",
    )
    assert not reply.handoff and handoffs.owner("c") == "assistant"
    state = States(engine).load("c")
    assert state and MARK not in str(state), "only the office has it"


@pytest.mark.parametrize("no", ["non", "annuler", "laissez tomber", "/refuse", "/cancel"])
async def test_without_consent_nothing_is_left(
    kept: Assistant, engine: Engine, path: Path, no: str
) -> None:
    await leave(kept)
    given: dict[str, Any] = {"payload": no} if no.startswith("/") else {"text": no}
    await kept.answer("c", **given)
    assert Handoffs(engine).left_messages() == []
    assert MARK.encode() not in stored(path)
    reply = await kept.answer("c", text="j'ai des dettes")
    assert "surendettement" in reply.services


async def test_what_is_dictated_is_not_understood_as_a_question(
    kept: Assistant, engine: Engine
) -> None:
    words = "J'ai des dettes à Mersch et je cherche une crèche pour mon fils de 3 ans"
    replies = await leave(kept, "ok", text=words)
    assert all(not reply.services for reply in replies)
    assert Handoffs(engine).left_messages("c")[0].text == words
    state = States(engine).load("c")
    assert state and not {"place", "age", "need"} & set(state.slots)


async def test_a_cry_for_help_in_a_message_is_heard(kept: Assistant, engine: Engine) -> None:
    await kept.answer("c", payload="/human_handoff", page_language="lb")
    await kept.answer("c", payload="/leave_message")
    cry = await kept.answer("c", text="ech wëll stierwen")
    assert cry.crisis and cry.helplines[0] == "112"
    offer = await kept.answer("c", text="merci")
    assert payloads(offer) == ["/resume"] and "Message" in texts(offer)
    await kept.answer("c", payload="/resume")
    for text in ("Rufft mech w.e.g. un", "marc@example.lu", "jo"):
        await kept.answer("c", text=text)
    [message] = Handoffs(engine).left_messages("c")
    assert (message.text, message.reach_by, message.contact) == (
        "Rufft mech w.e.g. un",
        "email",
        "marc@example.lu",
    )


async def test_another_button_ends_the_message(kept: Assistant, engine: Engine) -> None:
    await kept.answer("c", payload="/human_handoff", page_language="fr")
    await kept.answer("c", payload="/leave_message")
    reply = await kept.answer("c", payload="/debt_help")
    assert "surendettement" in reply.services
    reply = await kept.answer("c", text="merci")
    assert reply.intent == "thank"


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-11-01T10:00:00", "jour férié : Toussaint"),
        ("2026-11-24T02:00:00", "peut-être fermé"),
        ("2026-11-24T10:00:00", "Appelez, ou laissez un message"),
    ],
)
async def test_the_hours_decide_what_happens_next(kept: Assistant, at: str, says: str) -> None:
    reply = await kept.answer("c", payload="/human_handoff", page_language="fr", at=at)
    assert says in texts(reply) and "49 26 60" in texts(reply) and reply.handoff


async def test_somebody_at_the_desk_can_answer_now(kept: Assistant, engine: Engine) -> None:
    Handoffs(engine).here("desk 1")
    reply = await kept.answer("c", payload="/human_handoff", page_language="de")
    assert "Ein Mensch ist da" in texts(reply)


@pytest.mark.parametrize(
    ("order", "done"),
    [
        ("supprimez mes données", "tout est effacé"),
        ("löschen Sie bitte alle meine Daten", "Alles ist gelöscht"),
        ("läscht meng Donnéeën", "Alles ass geläscht"),
        ("/delete_data", "tout est effacé"),
    ],
)
async def test_deleting_is_done_at_once(
    kept: Assistant, engine: Engine, path: Path, order: str, done: str
) -> None:
    name, token = Conversations(engine).create("fr")
    await kept.answer(name, text=f"j'ai des dettes à Mersch {MARK}", page_language="fr")
    Conversations(engine).rate(name, "up", MARK)
    Handoffs(engine).leave_message(name, MARK, "phone", "621 000 000", datetime(2026, 1, 1))
    assert MARK.encode() in stored(path)
    given: dict[str, Any] = {"payload": order} if order[0] == "/" else {"text": order}
    reply = await kept.answer(name, **given)
    assert done in texts(reply) and reply.intent == "privacy"
    assert MARK.encode() not in stored(path) and b"Mersch" not in stored(path)
    assert Conversations(engine).check(name, token) == "fr", "it goes on, as a new one"
    after = await kept.answer(name, text="je cherche une maison des jeunes")
    assert after.asks == "place"


async def test_deleting_goes_before_danger(kept: Assistant, engine: Engine) -> None:
    await kept.answer("c", text="ich wohne in Mersch")
    reply = await kept.answer("c", text="alles löschen bitte, er schaut in mein Handy")
    assert reply.erased and "Alles ist gelöscht" in texts(reply) and not reply.helplines
    state = States(engine).load("c")
    assert state and set(state.slots) == {"language"}


async def test_a_question_of_secrecy_is_about_the_service_shown(kept: Assistant) -> None:
    await kept.answer("c", text="ich habe Schulden")
    reply = await kept.answer("c", text="ist die Beratung anonym?")
    assert "anonym und vertraulich" in texts(reply) and "30 Tage" not in texts(reply)
    assert reply.services == ["surendettement", "ligue-surendettement"]
    reply = await kept.answer("c", text="wer liest, was ich hier schreibe?")
    assert "30 Tage" in texts(reply)


async def test_a_question_about_deleting_deletes_nothing(kept: Assistant, engine: Engine) -> None:
    await kept.answer("c", text="ich wohne in Mersch")
    reply = await kept.answer("c", text="wie kann ich meine Daten löschen?")
    assert "/delete_data" in payloads(reply) and "30" in texts(reply)
    state = States(engine).load("c")
    assert state and state.slots["place"] == "Mersch"


async def test_while_a_person_answers_deleting_still_works(kept: Assistant, engine: Engine) -> None:
    await kept.answer("c", text="j'ai des dettes")
    Handoffs(engine).take("c")
    assert (await kept.answer("c", text=MARK)).messages == []
    assert "effacé" in texts(await kept.answer("c", text="supprimez mes données"))
    assert Handoffs(engine).owner("c") == "assistant" and Handoffs(engine).heard("c") == []


async def test_a_long_pause_forgets_all_but_the_language(kept: Assistant) -> None:
    await kept.answer("c", text="ech wunnen zu Gasperich", at="2026-11-24T10:00:00")
    soon = await kept.answer("c", text="Moien", at="2026-11-24T10:59:00")
    assert "vergiess" not in texts(soon)
    late = await kept.answer("c", text="Jugendhaus", at="2026-11-24T12:00:00")
    assert late.language == "lb" and late.asks == "place"
    assert "automateschen" in late.messages[0]["text"] and "vergiess" in late.messages[0]["text"]


async def test_a_long_pause_is_also_one_of_the_clock(kept: Assistant, engine: Engine) -> None:
    await kept.answer("c", text="ech wunnen zu Gasperich")
    with engine.begin() as connection:
        connection.exec_driver_sql("update states set changed_at = '2026-01-01 00:00:00.000000'")
    reply = await kept.answer("c", text="ech wëll net méi liewen")
    assert "112" in reply.messages[0]["text"], "the number comes first"
    assert "automateschen" in reply.messages[-1]["text"]


async def test_a_clock_set_back_changes_nothing(kept: Assistant, engine: Engine) -> None:
    """What was said is of the future then: no pause, and nothing is forgotten."""
    await kept.answer("c", text="ech wunnen zu Gasperich")
    with engine.begin() as connection:
        connection.exec_driver_sql("update states set changed_at = '2099-01-01 00:00:00.000000'")
    reply = await kept.answer("c", text="Jugendhaus")
    assert reply.asks != "place"
    assert "vergiess" not in texts(reply)


async def test_the_last_message_again_gets_its_answer_again(kept: Assistant) -> None:
    first = await kept.answer("c", text="je cherche une crèche", message_id="a")
    assert await kept.answer("c", text="je cherche une crèche", message_id="a") == first
    second = await kept.answer("c", text="à Mersch", message_id="b")
    assert second.asks == "age"


PLAYED = (
    ["je cherche une crèche", "mon mari me frappe", "merci", "oui", "à Mersch", "2 ans", "merci"],
    ["kann ich mit jemandem sprechen", "!/leave_message", "Bitte anrufen", "abc", "per Mail",
     "a@example.org", "ja", "ich habe Schulden", "wo ist das?"],
    ["Moien", "asdfg", "qwert", "ech sichen e Jugendhaus", "nee", "läscht meng Donnéeën", "Moien"],
)  # fmt: skip


@pytest.mark.parametrize("turns", PLAYED, ids=["fr", "de", "lb"])
async def test_a_restart_between_any_two_turns_changes_nothing(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: list[str]
) -> None:
    async def play(name: str, *, restarts: bool) -> list[Reply]:
        address = f"sqlite:///{tmp_path / name}.db"
        engine = open_database(address)
        monkeypatch.setattr(assistant, "_dialogue", fresh(assistant, engine))
        replies = []
        for turn in turns:
            given = {"payload": turn[1:]} if turn[0] == "!" else {"text": turn}
            replies.append(await assistant.answer("c", **given, at=AFTERNOON))  # type: ignore[arg-type]
            if restarts:
                engine.dispose()
                engine = open_database(address)
                monkeypatch.setattr(assistant, "_dialogue", fresh(assistant, engine))
        engine.dispose()
        return replies

    assert await play("restarted", restarts=True) == await play("whole", restarts=False)


async def test_a_new_process_goes_on(
    assistant: Assistant, model: Path, path: Path, engine: Engine, kept: Assistant
) -> None:
    """As above, once with everything loaded anew."""
    await kept.answer("c", text="Ech sichen eng Crèche")
    other = Assistant(model, database=open_database(f"sqlite:///{path}"), deadline=60.0)
    other.start()
    try:
        reply = await other.answer("c", text="zu Miersch")
    finally:
        other.stop()
    assert reply.language == "lb" and reply.asks == "age"


async def test_a_long_conversation_does_not_grow(
    kept: Assistant, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a turn reads, writes and gives to Rasa is the same at the 30th and the 90th turn."""
    turns = ("ech hu Scholden", "merci", "wou ass dat?")
    sizes, events = [], []
    assert kept._loaded
    begin = kept._loaded.turns.begin

    def counted(*arguments: Any) -> Any:
        tracker = begin(*arguments)
        events.append(len(tracker.events))
        return tracker

    monkeypatch.setattr(kept._loaded.turns, "begin", counted)
    for number in range(90):
        await kept.answer("c", text=turns[number % 3])
        with engine.connect() as connection:
            row = connection.exec_driver_sql("select length(state) from states").scalar()
        sizes.append(row)
    assert max(events[60:]) <= max(events[3:33])
    assert max(sizes[60:]) <= 1.2 * max(sizes[20:33])


async def test_a_reply_says_what_it_was_about_but_not_of_a_cry(kept: Assistant) -> None:
    asked = await kept.answer("about", text="je cherche une crèche")
    assert asked.needs == ["childcare"] and asked.asks == "place" and asked.commune is None
    placed = await kept.answer("about", text="Bonnevoie")
    assert placed.intent == "inform" and placed.asks == "age"
    assert placed.needs == ["childcare"] and placed.commune == "luxembourg"
    shown = await kept.answer("about", text="deux ans")
    assert shown.needs == ["childcare"] and shown.commune == "luxembourg"
    assert shown.intent == "inform" and shown.services
    cry = await kept.answer("about", text="mon mari me frappe à Esch")
    assert cry.crisis and cry.needs == [] and cry.commune is None


@pytest.mark.parametrize("live", [True, False], ids=["told by the page", "told by the answer"])
async def test_that_it_is_automatic_again_is_said_once(
    kept: Assistant, engine: Engine, live: bool
) -> None:
    handoffs = Handoffs(engine)
    await kept.answer("c", text="ich habe Schulden")
    handoffs.ask("c", language="de")
    handoffs.take("c")
    await kept.answer("c", text="sind Sie ein Mensch?")
    handoffs.give_back("c")
    happened = handoffs.happenings("c")[-1]
    again = kept.words("utter_automated_again", "de")[0]["text"]
    if live:
        assert again in str(told(kept, happened))
        handoffs.delivered("c", happened.id)
    reply = await kept.answer("c", text="ich suche Arbeit")
    assert (again in texts(reply)) is not live and not reply.handoff
    assert (again in str(told(kept, handoffs.happenings("c")[-1]))) is live
    assert again not in texts(await kept.answer("c", text="und Schulden"))


@pytest.mark.parametrize(
    ("cry", "thanks"),
    [
        ("mon mari me frappe", "merci"),
        ("ich will nicht mehr leben", "danke, tschüss"),
        ("ech wëll stierwen", "merci villmools"),
    ],
)
async def test_thanks_after_a_cry_are_answered_calmly(
    kept: Assistant, cry: str, thanks: str
) -> None:
    await kept.answer("c", text=cry)
    reply = await kept.answer("c", text=thanks)
    assert "112" in texts(reply) and "?" not in texts(reply) and not payloads(reply)
    assert reply.helplines == ["112"], "the number is still there to tap"


@pytest.mark.parametrize(
    ("worry", "question"),
    [
        ("je suis triste", "c'est anonyme ?"),
        ("ich bin so einsam", "ist das anonym?"),
        ("ech si ganz eleng", "ass dat anonym?"),
    ],
)
async def test_the_lines_of_a_worry_are_asked_about(
    kept: Assistant, worry: str, question: str
) -> None:
    await kept.answer("c", text=worry)
    reply = await kept.answer("c", text=question)
    assert "SOS Détresse" in texts(reply) or "Kanner-Jugendtelefon" in texts(reply)
    assert not reply.crisis, "no danger was told"


@pytest.mark.parametrize(
    ("secret", "write"),
    [
        ("mes parents ne doivent pas le savoir", "on peut leur écrire ?"),
        ("meine Eltern dürfen das nicht erfahren", "kann man da auch schreiben?"),
        ("meng Elteren däerfen dat net wëssen", "kann een do och schreiwen?"),
    ],
)
async def test_a_secret_after_a_cry_keeps_the_danger_in_mind(
    kept: Assistant, secret: str, write: str
) -> None:
    await kept.answer("c", text="je veux mourir")
    reply = await kept.answer("c", text=secret)
    assert "anonym" in texts(reply) and not payloads(reply)
    assert "chat" in texts(await kept.answer("c", text=write)).lower()


@pytest.mark.parametrize(
    "plan",
    [
        "personne ne doit savoir ce que je fais ce soir",
        "keiner darf wissen was ich heute Nacht mache",
        "et däerf keen wësse wat ech hannuecht maachen",
    ],
)
async def test_a_plan_to_be_hidden_is_no_question_of_secrecy(kept: Assistant, plan: str) -> None:
    await kept.answer("c", text="je veux mourir")
    reply = await kept.answer("c", text=plan)
    assert "112" in texts(reply) and "anonym" not in texts(reply)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("quelqu'un m'entend ?", "il y a quelqu'un ?"),
        ("hallo??", "hört mich jemand?"),
        ("héiert mech een?", "sidd Dir nach do?"),
    ],
)
async def test_who_calls_is_answered_at_once(kept: Assistant, text: str, again: str) -> None:
    first = await kept.answer("c", text=text)
    assert "112" in texts(first) and "automat" in texts(first)
    assert payloads(first) == ["/human_handoff"], "no menu"
    assert texts(await kept.answer("c", text=again)) != texts(first)
    await kept.answer("d", text="ich will nicht mehr leben")
    after = await kept.answer("d", text=text)
    assert "112" in texts(after) and payloads(after) == ["/human_handoff"]


@pytest.mark.parametrize("text", ["c'est urgent", "es ist dringend", "et ass dringend"])
async def test_only_urgent_is_asked_back(kept: Assistant, text: str) -> None:
    reply = await kept.answer("c", text=text)
    assert "112" in texts(reply) and reply.asks == "topic" and not reply.services
    await kept.answer("d", text="crèche")
    waiting = await kept.answer("d", text=text)
    assert "112" in texts(waiting) and waiting.asks == "place", "the question stays open"
    await kept.answer("e", text="Ech hu Scholden")
    answered = await kept.answer("e", text=text)
    assert "112" in texts(answered) and "49 26 60" in texts(answered)


async def test_a_bus_is_of_no_service(kept: Assistant) -> None:
    for number, text in enumerate(
        ("wann fährt der bus", "à quelle heure passe le bus", "wéini fiert de Bus")
    ):
        reply = await kept.answer(str(number), text=text)
        assert reply.intent == "out_of_scope", text


@pytest.mark.parametrize("text", ["j'ai une question", "ich hätte eine Frage", "ech hunn eng Fro"])
async def test_a_question_announced_is_listened_to(kept: Assistant, text: str) -> None:
    reply = await kept.answer("c", text=text)
    assert reply.asks == "topic" and not reply.services
    assert payloads(reply) == ["/help_menu", "/human_handoff"], "no list of topics yet"


@pytest.mark.parametrize(
    ("need", "whom"),
    [
        ("j'ai des dettes", "c'est pour ma sœur"),
        ("ich habe Schulden", "nein nicht für mich, für meinen Sohn"),
        ("ech hu Scholden", "et ass fir meng Mamm"),
    ],
)
async def test_for_whom_it_is_changes_nothing_shown(kept: Assistant, need: str, whom: str) -> None:
    first = await kept.answer("c", text=need)
    again = await kept.answer("c", text=whom)
    assert again.intent == "inform" and again.services == first.services
    alone = await kept.answer("d", text=whom)
    assert payloads(alone) == ["/help_menu", "/human_handoff"] and not alone.services


async def test_the_other_one_of_two(kept: Assistant) -> None:
    await kept.answer("c", text="ich habe Schulden")
    assert (await kept.answer("c", text="nein, das andere")).services == ["ligue-surendettement"]
