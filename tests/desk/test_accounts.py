"""Accounts on the command line, secrets that are sealed, and the record managers read."""

from pathlib import Path
from typing import get_args

import pyotp
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from bot.cli_desk import app
from bot.desk.accounts import Accounts
from bot.desk.sealing import NoKey, Seal
from bot.settings import Settings
from bot.store import EditKind, Workers, open_database
from knowledge import LANGUAGES
from tests.desk.conftest import KEY, PASSWORD, sign_in
from tests.stored import stored


class Desk:
    """The command line on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self._database = f"sqlite:///{folder / 'cli.db'}"
        self.workers = Workers(open_database(self._database))

    def run(self, *arguments: str, typed: str = "", key: str = KEY) -> Result:
        names = {"WEEWEISER_DATABASE": self._database, "WEEWEISER_DESK_KEY": key or None}
        return CliRunner().invoke(app, arguments, input=typed, env=names)

    def enters(self, password: str, code: str = "") -> bool:
        return bool(Accounts(self.workers, Seal(KEY)).enter("dora", password, code))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    assert found.run("add-user", "Dora", typed=f"{PASSWORD}\n").exit_code == 0
    return found


def test_another_password(desk: Desk) -> None:
    dora = desk.workers.named("dora")
    assert dora
    key = desk.workers.open(dora.id)
    assert desk.run("set-password", "dora", typed="short\n").exit_code == 1
    assert desk.workers.of_session(key)
    assert desk.run("set-password", "Dora", typed="another long password\n").exit_code == 0
    assert desk.workers.of_session(key) is None
    assert not desk.enters(PASSWORD) and desk.enters("another long password")


def test_another_role_counts_at_once(desk: Desk) -> None:
    dora = desk.workers.named("dora")
    assert dora
    key = desk.workers.open(dora.id)
    assert desk.run("set-role", "dora", "king").exit_code == 1
    assert desk.run("set-role", "dora", "manager").exit_code == 0
    now = desk.workers.of_session(key)
    assert now and now.role == "manager"


def test_disabling_ends_sessions_at_once(desk: Desk) -> None:
    dora = desk.workers.named("dora")
    assert dora
    key = desk.workers.open(dora.id)
    assert desk.run("disable", "dora").exit_code == 0
    assert desk.workers.of_session(key) is None
    assert not desk.enters(PASSWORD)
    assert "disabled" in desk.run("list-users").stdout
    assert desk.run("enable", "dora").exit_code == 0
    assert desk.enters(PASSWORD)
    assert desk.workers.of_session(key) is None  # ended, not asleep


def test_a_session_opened_while_an_account_is_disabled_is_none(desk: Desk) -> None:
    dora = desk.workers.named("dora")
    assert dora
    desk.workers.set_enabled(dora.id, False)
    assert desk.workers.of_session(desk.workers.open(dora.id)) is None


def test_lost_codes_are_replaced(desk: Desk) -> None:
    first = desk.run("reset-codes", "dora").stdout
    second = desk.run("reset-codes", "dora").stdout
    old, new = (
        pyotp.parse_uri(text[text.index("otpauth:") :].split()[0]) for text in (first, second)
    )
    assert isinstance(old, pyotp.TOTP) and isinstance(new, pyotp.TOTP)
    assert not desk.enters(PASSWORD) and not desk.enters(PASSWORD, old.now())
    assert desk.enters(PASSWORD, new.now())
    assert "password+code" in desk.run("list-users").stdout
    assert desk.run("reset-codes", "dora", "--off").exit_code == 0
    assert desk.enters(PASSWORD)


def test_unknown_names_are_said(desk: Desk) -> None:
    for verb in (["set-password"], ["disable"], ["enable"], ["reset-codes"]):
        assert desk.run(*verb, "nobody", typed=f"{PASSWORD}\n").exit_code == 1
    assert desk.run("set-role", "nobody", "worker").exit_code == 1


def test_what_the_operator_did_is_recorded(desk: Desk) -> None:
    desk.run("disable", "dora")
    dora = desk.workers.named("dora")
    assert dora
    last = desk.workers.deeds()[-1]
    assert (last.worker, last.did, last.about) == (0, "disabled", str(dora.id))


def test_the_secret_of_codes_is_sealed(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("reset-codes", "dora").stdout
    secret = pyotp.parse_uri(said[said.index("otpauth:") :].split()[0]).secret
    assert secret.encode() not in stored(tmp_path / "cli.db")
    dora = desk.workers.named("dora")
    assert dora and dora.totp_sealed
    assert Seal(KEY).open(dora.totp_sealed) == secret
    assert Seal(KEY[::-1]).open(dora.totp_sealed) is None
    # With another key nobody gets in without a code.
    lost = Accounts(desk.workers, Seal(KEY[::-1]))
    assert lost.enter("dora", PASSWORD, pyotp.TOTP(secret).now()) is None
    assert lost.enter("dora", PASSWORD) is None


def test_without_a_key_there_are_no_codes(desk: Desk) -> None:
    answer = desk.run("reset-codes", "dora", key="")
    assert answer.exit_code == 1
    assert desk.enters(PASSWORD)
    with pytest.raises(NoKey):
        Accounts(desk.workers).add("emil", "worker", PASSWORD, codes=True)
    assert desk.workers.named("emil") is None


@pytest.mark.parametrize("key", ["short", "change-me-" * 4, "a" * 40])
def test_a_key_is_not_guessed(key: str) -> None:
    with pytest.raises(ValueError, match="desk_key"):
        Settings(desk_key=key)


def test_an_old_plain_secret_is_sealed_when_it_is_used(workers: Workers) -> None:
    secret = pyotp.random_base32()
    anna = workers.named("anna")
    assert anna
    with workers._engine.begin() as connection:
        change = sa.text("update desk_workers set totp_secret = :secret")
        connection.execute(change, {"secret": secret})
    accounts = Accounts(workers, Seal(KEY))
    code = pyotp.TOTP(secret).now()
    assert accounts.enter("anna", PASSWORD, code)
    assert accounts.enter("anna", PASSWORD, code) is None  # once, also after it was sealed
    anna = workers.named("anna")
    assert anna and anna.totp_secret is None and anna.totp_sealed


def test_the_record_page_by_page(client: TestClient, workers: Workers) -> None:
    Accounts(workers).add("Mia", "manager", PASSWORD)
    sign_in(client, "mia")
    anna = workers.named("anna")
    assert anna
    for number in range(60):
        workers.note(anna.id, "call_saved", f"n{number}")
    first = client.get("/desk/audit").text
    assert first.index("n59") < first.index("n11") and ">n9<" not in first
    older = first.partition('href="/desk/audit?before=')[2].partition('"')[0]
    second = client.get(f"/desk/audit?before={older}").text
    assert ">n9<" in second and ">n59<" not in second
    assert 'rel="next"' not in second
    assert workers.deeds()[-1].did == "audit_read"


@pytest.mark.parametrize("language", LANGUAGES)
def test_deeds_are_in_words(client: TestClient, workers: Workers, language: str) -> None:
    Accounts(workers).add("Mia", "manager", PASSWORD)
    sign_in(client, "mia")
    page = client.get(f"/desk/audit?lang={language}").text
    assert "signed_in" not in page and "mia" in page


def test_what_workers_do_has_words() -> None:
    """Every deed noted anywhere in the desk stands in the catalogue of the record."""
    import re

    import yaml

    from bot.settings import ROOT

    noted = {
        deed
        for path in (ROOT / "bot").rglob("*.py")
        for deed in re.findall(
            r'(?:\.note|_done|_made)\([^"\n]*, "(\w+)"', path.read_text(encoding="utf-8")
        )
    }
    assert {"signed_in", "call_saved", "report_read", "review_assigned"} <= noted
    noted |= {f"directory_{deed}" for deed in get_args(EditKind)}
    for language in LANGUAGES:
        path = ROOT / "bot" / "desk" / "pages" / f"audit.{language}.yml"
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert noted <= words["deeds"].keys()
