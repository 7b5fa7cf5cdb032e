"""Everything kept of one person is found, written out and erased; of nobody else, and unseen."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine

from bot.desk.accounts import Accounts
from bot.settings import ROOT
from bot.store import (
    Answers,
    Calls,
    Conversations,
    Found,
    Handoffs,
    People,
    Sought,
    State,
    States,
    Workers,
    live,
    messenger,
    open_database,
    register,
)
from bot.store import _people as store_of_people
from bot.store._schema import meta
from tests import postgres
from tests.desk.conftest import PASSWORD, csrf, sign_in
from tests.stored import stored

NOW = datetime(2026, 5, 20, 10, 0)
PHONE = "+352 621 123 456"


class Kept:
    """A database in which Anna Muster wrote and called, and others did."""

    def __init__(self, engine: Engine) -> None:
        conversations, handoffs, states = Conversations(engine), Handoffs(engine), States(engine)
        self.chat, _ = conversations.create("lb")
        said = [{"who": "visitor", "text": "Maacht wannechgelift séier", "lang": "lb"}]
        states.save(self.chat, State(said=said))
        Answers(engine).claim(self.chat, "m1", "-", "Moien", 0)
        handoffs.leave_message(self.chat, "Rufft un", "phone", "621123456", NOW)
        self.mention, _ = conversations.create("fr")
        Answers(engine).claim(self.mention, "m1", "-", "appelez le 00352/621.123.456 svp", 0)
        self.other, _ = conversations.create("fr")
        handoffs.leave_message(self.other, "Merci", "email", "bob@pt.lu", NOW)
        calls = Calls(engine)
        given = {"consent": "words", "name": "Anna Muster", "phone": PHONE}
        self.call = calls.add(1, {"type": "counselling", "needs": ["debt_help"]}, **given)  # type: ignore[arg-type]
        self.noted = calls.add(1, {"notes": "Mme Müster, anna muster kennt sie"})
        self.foreign = calls.add(1, {"notes": "Annamuster, 621 123 45"}, consent="words")


@pytest.fixture
def kept(engine: Engine) -> Kept:
    return Kept(engine)


@pytest.fixture
def manager(client: TestClient, workers: Workers) -> Iterator[TestClient]:
    Accounts(workers).add("carla", "manager", PASSWORD)
    sign_in(client, "carla")
    yield client


@pytest.mark.parametrize("phone", ["621123456", "621 123 456", "00352 621 12 34 56", PHONE])
def test_by_phone_however_it_is_written(engine: Engine, kept: Kept, phone: str) -> None:
    assert People(engine).find(Sought(phone=phone)) == sorted([
        Found("call", str(kept.call), "contact"),
        Found("conversation", kept.chat, "contact"),
        Found("conversation", kept.mention, "mention"),
    ])  # fmt: skip


def test_by_name_mail_and_id(engine: Engine, kept: Kept) -> None:
    people = People(engine)
    assert people.find(Sought(name="anna  MÜSTER")) == [
        Found("call", str(kept.call), "contact"), Found("call", str(kept.noted), "mention"),
    ]  # fmt: skip
    assert people.find(Sought(email="Bob@PT.lu")) == [Found("conversation", kept.other, "contact")]
    by_id = people.find(Sought(conversation=kept.mention))
    assert by_id == [Found("conversation", kept.mention, "contact")]


@pytest.mark.parametrize(
    "sought",
    [Sought(), Sought(phone="62"), Sought(name="an"), Sought(email="bob"), Sought(name=" ")],
)
def test_too_little_finds_nobody(engine: Engine, kept: Kept, sought: Sought) -> None:
    assert not sought.enough and People(engine).find(sought) == []


def test_the_export_holds_every_row_and_no_key(engine: Engine, kept: Kept) -> None:
    people = People(engine)
    found = people.find(Sought(phone=PHONE))
    written = people.export(found)
    tables = {(one["kind"], table) for one in written for table in one["kept"]}
    assert tables == {
        ("call", "desk_calls"), ("conversation", "conversations"), ("conversation", "states"),
        ("conversation", "answers"), ("conversation", "left_messages"),
    }  # fmt: skip
    text = json.dumps(written, ensure_ascii=False)
    assert "Maacht wannechgelift séier" in text and "Anna Muster" in text
    assert "hash" not in text and "digest" not in text and "bob" not in text


def test_erasure_leaves_nothing_of_them_and_all_of_others(
    engine: Engine, kept: Kept, tmp_path: Path
) -> None:
    people = People(engine)
    found = people.find(Sought(phone=PHONE))
    before = live(engine, datetime.utcnow().date(), datetime.utcnow().date())
    assert people.erase(found) == 7
    assert people.find(Sought(phone=PHONE)) == []
    assert People(engine).find(Sought(email="bob@pt.lu")) and Calls(engine).get(kept.foreign)
    with engine.connect() as connection:
        counted = connection.execute(sa.text("select sum(number) from desk_counts")).scalar()
    assert counted == len(before) == 1, "numbers stay"
    assert b"621123456" not in stored(tmp_path / "desk.db")


def test_messenger_belongs_to_the_conversation(engine: Engine) -> None:
    messenger.create_tables(engine)
    inbox = messenger.meta.tables["messenger_inbox"]
    row = {"person": "m-1", "once": "x", "kind": "words", "content": '{"text": "M\\u00fcster"}',
           "sent_at": 1, "received_at": 1, "state": "done"}  # fmt: skip
    with engine.begin() as connection:
        connection.execute(inbox.insert().values(**row))
    people = People(engine)
    found = people.find(Sought(name="Müster"))
    assert found == [Found("conversation", "m-1", "mention")]
    [one] = people.export(found)
    assert one["kept"]["messenger_inbox"][0]["content"] == {"text": "Müster"}
    assert people.erase(found) == 1 and people.find(Sought(name="Müster")) == []


def test_any_table_can_be_made_known(
    engine: Engine, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_of_people, "_LINKS", dict(store_of_people._LINKS))
    by_itself = sa.Table("t_steps", meta, sa.Column("call", sa.Integer), sa.Column("note", sa.Text))
    named = sa.Table("t_sheets", meta, sa.Column("of", sa.String(64)), sa.Column("email", sa.Text))
    try:
        meta.create_all(engine)
        register("t_sheets", "conversation", "of")
        with engine.begin() as connection:
            connection.execute(by_itself.insert().values(call=kept.call, note="x"))
            connection.execute(named.insert().values(of=kept.other, email="eva@pt.lu"))
        people = People(engine)
        assert people.find(Sought(email="eva@pt.lu")) == [
            Found("conversation", kept.other, "mention")
        ]
        [one] = people.export([Found("call", str(kept.call), "contact")])
        assert one["kept"]["t_steps"] == [{"call": kept.call, "note": "x"}]
        people.erase([Found("call", str(kept.call), "contact")])
        with engine.connect() as connection:
            assert connection.execute(sa.select(by_itself)).first() is None
    finally:
        meta.remove(by_itself)
        meta.remove(named)


def test_on_postgres() -> None:
    reason = postgres.why_not()
    if reason:
        pytest.skip(reason)
    with postgres.server() as address:
        engine = open_database(address)
        kept, people = Kept(engine), People(engine)
        found = people.find(Sought(phone=PHONE))
        assert {one.id for one in found} == {str(kept.call), kept.chat, kept.mention}
        assert len(people.export(found)) == 3
        assert people.erase(found) == 7 and people.find(Sought(phone=PHONE)) == []
        engine.dispose()


# The page


def form(manager: TestClient, path: str = "", **values: object) -> "tuple[int, str]":
    token = csrf(manager.get("/desk/person").text)
    answer = manager.post(f"/desk/person{path}", data={"csrf": token, **values})  # type: ignore[dict-item]
    return answer.status_code, answer.text


def test_a_manager_finds_exports_and_erases(
    manager: TestClient, kept: Kept, workers: Workers, engine: Engine
) -> None:
    status, page = form(manager, phone="621 123 456")
    assert status == 200 and f'value="call {kept.call}" checked' in page
    assert f'value="conversation {kept.mention}">' in page, "a mention is not chosen beforehand"
    assert "Maacht" not in page, "texts are not shown"
    one = {"phone": "621 123 456", "chosen": f"call {kept.call}"}
    status, text = form(manager, "/export", **one)
    assert status == 200 and [found["id"] for found in json.loads(text)] == [str(kept.call)]
    status, _ = form(manager, "/erase", **one)
    assert status == 422 and Calls(engine).get(kept.call), "not without confirmation"
    status, _ = form(manager, "/erase", sure="yes", phone="621 123 456")
    assert status == 422 and Calls(engine).get(kept.call), "nothing was chosen"
    assert form(manager, "/erase", **one, sure="yes")[0] == 200
    assert Calls(engine).get(kept.call) is None
    assert len(People(engine).find(Sought(phone=PHONE))) == 2, "what was not chosen stays"
    deeds = [(deed.did, deed.about) for deed in workers.deeds()][1:]
    assert deeds == [
        ("person_sought", None), ("person_exported", f"call {kept.call}"),
        ("person_erased", f"call {kept.call}"),
    ]  # fmt: skip


def test_nothing_is_erased_that_is_not_found_for_the_words(
    manager: TestClient, kept: Kept, engine: Engine
) -> None:
    other = {"phone": "621 123 456", "chosen": f"call {kept.foreign}", "sure": "yes"}
    assert form(manager, "/erase", **other)[0] == 422
    assert Calls(engine).get(kept.foreign)
    assert form(manager, phone="6")[0] == 422


def test_a_turn_at_work_does_not_write_it_again(manager: TestClient, kept: Kept) -> None:
    erased: list[str] = []

    class Assistant:
        async def erase(self, conversation: str) -> None:
            erased.append(conversation)

    manager.app.state.assistant = Assistant()  # type: ignore[attr-defined]
    chosen = {"conversation": kept.chat, "chosen": f"conversation {kept.chat}", "sure": "yes"}
    assert form(manager, "/erase", **chosen)[0] == 200 and erased == [kept.chat]


def test_only_managers_and_only_by_their_own_form(
    client: TestClient, workers: Workers, kept: Kept, engine: Engine
) -> None:
    Accounts(workers).add("emil", "editor", PASSWORD)
    Accounts(workers).add("carla", "manager", PASSWORD)
    paths = ("/desk/person", "/desk/person/export", "/desk/person/erase")
    data = {"phone": PHONE, "chosen": f"call {kept.call}", "sure": "yes", "csrf": "0" * 64}
    assert {client.post(path, data=data).headers["location"] for path in paths} == {"/desk/login"}
    for name in ("anna", "emil", "carla"):
        sign_in(client, name)
        assert [client.post(path, data=data).status_code for path in paths] == [403] * 3
    assert Calls(engine).get(kept.call)


def test_on_the_command_line(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'cli.db'}"
    engine = open_database(database)
    kept = Kept(engine)

    def desk(*arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bot", "desk", *arguments],
            cwd=ROOT, input=typed, text=True, capture_output=True, timeout=180,
            env={"WEEWEISER_DATABASE": database, "PATH": ""},
        )  # fmt: skip

    written = desk("export-person", "--phone", "621 123 456").stdout.splitlines()
    assert {json.loads(line)["id"] for line in written} == {str(kept.call), kept.chat, kept.mention}
    assert desk("export-person", "--email", "nobody@pt.lu").returncode == 1
    assert desk("erase-person", "--phone", "621 123 456", typed="n\n").returncode == 1
    assert Calls(engine).get(kept.call)
    assert desk("erase-person", "--phone", "621 123 456", "--yes").returncode == 0
    found = People(engine).find(Sought(phone=PHONE))
    assert found == [Found("conversation", kept.mention, "mention")], "mentions stay"
    did = {deed.did for deed in Workers(engine).deeds()}
    assert did == {"person_exported", "person_erased"}
