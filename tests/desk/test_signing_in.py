"""Who may enter the desk, for how long, and that no other site can act for them."""

import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient

from bot.desk.accounts import Accounts, BadPassword
from bot.desk.sealing import Seal
from bot.settings import ROOT
from bot.store import NameTaken, Workers, csrf_of, open_database
from knowledge import LANGUAGES
from tests.desk.conftest import KEY, PASSWORD, csrf, sign_in
from tests.stored import stored


def test_without_a_session_only_the_form_is_shown(client: TestClient) -> None:
    answer = client.get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")


def test_in_and_out(client: TestClient, workers: Workers) -> None:
    assert sign_in(client) == 303
    page = client.get("/desk")
    assert page.status_code == 200 and "anna" in page.text
    out = client.post("/desk/logout", data={"csrf": csrf(page.text)})
    assert out.headers["location"] == "/desk/login"
    assert client.get("/desk").status_code == 303
    assert [deed.did for deed in workers.deeds()] == ["signed_in", "signed_out"]


def test_a_closed_session_is_closed_on_the_server(client: TestClient) -> None:
    sign_in(client)
    key = client.cookies["__Host-desk"]
    client.post("/desk/logout", data={"csrf": csrf_of(key)})
    assert client.get("/desk", headers={"cookie": f"__Host-desk={key}"}).status_code == 303


def test_the_cookie_is_for_this_site_only(client: TestClient) -> None:
    form = {"name": "anna", "password": PASSWORD, "code": ""}
    held = client.post("/desk/login", data=form).headers["set-cookie"].lower()
    assert held.startswith("__host-desk=")
    for part in ("httponly", "secure", "samesite=strict", "path=/"):
        assert part in held
    assert "domain" not in held


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "wrong horse"), ("bob", PASSWORD), ("", "")]
)
def test_what_is_wrong_is_not_told(client: TestClient, name: str, password: str) -> None:
    assert sign_in(client, name, password) == 403
    assert client.get("/desk").status_code == 303


def test_a_form_of_another_site_changes_nothing(client: TestClient) -> None:
    sign_in(client)
    assert client.post("/desk/logout", data={"csrf": "0" * 64}).status_code == 403
    assert client.get("/desk").status_code == 200


def test_guessing_is_slowed_down(client: TestClient) -> None:
    tried = [sign_in(client, "anna", f"guess number {n}") for n in range(6)]
    assert tried == [403] * 5 + [429]
    assert sign_in(client) == 429  # the right one must wait, too


def test_pages_load_nothing_foreign_and_are_not_kept(client: TestClient) -> None:
    answers = [client.get("/desk/login")]
    sign_in(client)
    for answer in (*answers, client.get("/desk")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy and "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.findall(r"<script(?![^>]*src=)|<style| style=| on\w+=", answer.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_is_chosen_and_remembered(client: TestClient, language: str) -> None:
    assert f'<html lang="{language}">' in client.get(f"/desk/login?lang={language}").text
    assert f'<html lang="{language}">' in client.get("/desk/login").text


def test_a_session_ends_after_a_pause_and_after_a_day(workers: Workers) -> None:
    anna = workers.named("anna")
    assert anna
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    key = workers.open(anna.id)
    assert workers.of_session(key, now + timedelta(minutes=29))
    assert workers.of_session(key, now + timedelta(minutes=58))  # used meanwhile: it goes on
    assert workers.of_session(key, now + timedelta(minutes=89)) is None
    assert workers.of_session(key, now) is None  # and does not come back
    key = workers.open(anna.id)
    for minutes in range(20, 12 * 60, 20):
        assert workers.of_session(key, now + timedelta(minutes=minutes))
    assert workers.of_session(key, now + timedelta(hours=12, minutes=1)) is None


def test_a_new_password_ends_every_session(workers: Workers) -> None:
    anna = workers.named("anna")
    assert anna
    key = workers.open(anna.id)
    workers.set_password(anna.id, "hash")
    assert workers.of_session(key) is None


def test_neither_password_nor_key_is_kept(tmp_path: Path) -> None:
    workers = Workers(open_database(f"sqlite:///{tmp_path / 'kept.db'}"))
    Accounts(workers).add("anna", "worker", PASSWORD)
    anna = workers.named("anna")
    assert anna and anna.password_hash.startswith("$argon2id$")
    key = workers.open(anna.id)
    held = stored(tmp_path / "kept.db")
    assert PASSWORD.encode() not in held and key.encode() not in held


def test_a_code_is_asked_for_and_counts_once(workers: Workers) -> None:
    accounts = Accounts(workers, Seal(KEY))
    address = accounts.add("Carla", "manager", PASSWORD, codes=True)
    assert address
    code = pyotp.parse_uri(address).now()  # type: ignore[union-attr]
    assert accounts.enter("carla", PASSWORD) is None
    assert accounts.enter("carla", PASSWORD, "000000" if code != "000000" else "111111") is None
    assert accounts.enter("carla", PASSWORD, code)
    assert accounts.enter("carla", PASSWORD, code) is None


def test_passwords_are_long_and_names_are_taken_once(workers: Workers) -> None:
    with pytest.raises(BadPassword):
        Accounts(workers).add("bob", "worker", "short")
    with pytest.raises(NameTaken):
        Accounts(workers).add(" ANNA ", "worker", PASSWORD)


def test_an_account_is_made_on_the_command_line(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'cli.db'}"

    def add(*arguments: str, password: str = PASSWORD) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bot", "desk", "add-user", *arguments],
            cwd=ROOT,
            input=password + "\n",
            text=True,
            capture_output=True,
            timeout=180,
            env={"WEEWEISER_DATABASE": database, "PATH": ""},
        )

    assert add("dora", "--role", "editor").returncode == 0
    assert add("dora").returncode == 1
    assert add("emil", password="short").returncode == 1
    assert add("emil", "--role", "king").returncode == 1
    found = Accounts(Workers(open_database(database))).enter("dora", PASSWORD)
    assert found and found.role == "editor"
