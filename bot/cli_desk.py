"""`python -m bot desk`: accounts, what is kept of one person, what editors changed."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Optional

import typer

from bot.settings import Settings

if TYPE_CHECKING:  # the database is opened by those who need it
    from bot.desk.accounts import Accounts
    from bot.store import Role, Sought, Worker, Workers

app = typer.Typer(no_args_is_help=True, help=__doc__)
_NAME = typer.Argument(..., help="What the person signs in with.")


@app.callback()
def desk() -> None:
    """Accounts of social workers, what is kept of one person, and what editors changed."""


@app.command("add-user")
def add_user(
    name: str = _NAME,
    role: str = typer.Option("worker", help="worker, editor or manager."),
    codes: bool = typer.Option(False, help="With one-time codes of an app (TOTP)."),
) -> None:
    """Creates an account; the password is asked for, or read from standard input."""
    from bot.desk.accounts import BadPassword
    from bot.desk.sealing import NoKey
    from bot.store import NameTaken

    known = _role(role)
    if not name.strip() or len(name) > 80:
        _refuse("The name has one to 80 signs.")
    _, accounts = _opened()
    try:
        address = accounts.add(name, known, _password(), codes=codes)
    except BadPassword:
        _refuse(_too_short())
    except NoKey:
        _refuse(_KEYLESS)
    except NameTaken:
        _refuse(f"There is an account named {name} already.")
    print(f"Added {name} ({role}).", file=sys.stderr)
    _show(address)


@app.command("list-users")
def list_users() -> None:
    """Every account: name, role, how it signs in, whether it is disabled."""
    workers, _ = _opened()
    for worker in workers.all():
        way = "openid" if worker.subject else "password"
        if worker.totp_secret or worker.totp_sealed:
            way += "+code"
        state = "disabled" if worker.disabled_at else "enabled"
        print("\t".join((worker.name, worker.role, way, state)))


@app.command("set-password")
def set_password(name: str = _NAME) -> None:
    """Another password, asked for or read from standard input; its sessions end."""
    from bot.desk.accounts import BadPassword

    workers, accounts = _opened()
    worker = _found(workers, name)
    if worker.subject:
        _refuse(f"{worker.name} signs in at the OpenID provider; there is no password here.")
    try:
        accounts.set_password(worker.id, _password())
    except BadPassword:
        _refuse(_too_short())
    _done(workers, worker, "password_set", "has another password")


@app.command("set-role")
def set_role(
    name: str = _NAME, role: str = typer.Argument(..., help="worker, editor or manager.")
) -> None:
    """Another role. Of an account of the OpenID provider its groups decide again at sign-in."""
    known = _role(role)
    workers, _ = _opened()
    worker = _found(workers, name)
    workers.set_role(worker.id, known)
    _done(workers, worker, "role_set", f"is now {role}")


@app.command("disable")
def disable(name: str = _NAME) -> None:
    """Lets nobody in with this account any more; its sessions end at once."""
    workers, _ = _opened()
    worker = _found(workers, name)
    workers.set_enabled(worker.id, False)
    _done(workers, worker, "disabled", "is disabled")


@app.command("enable")
def enable(name: str = _NAME) -> None:
    """Lets a disabled account in again."""
    workers, _ = _opened()
    worker = _found(workers, name)
    workers.set_enabled(worker.id, True)
    _done(workers, worker, "enabled", "is enabled")


@app.command("reset-codes")
def reset_codes(
    name: str = _NAME, off: bool = typer.Option(False, help="Without one-time codes from now on.")
) -> None:
    """A new secret for the app of one-time codes, when the old one is lost; sessions end."""
    from bot.desk.sealing import NoKey

    workers, accounts = _opened()
    worker = _found(workers, name)
    try:
        address = accounts.reset_codes(worker, off=off)
    except NoKey:
        _refuse(_KEYLESS)
    _done(workers, worker, "codes_reset", "has no codes" if off else "has new codes")
    _show(address)


_KEYLESS = "One-time codes need WEEWEISER_DESK_KEY (docs/desk.md): their secret is kept encrypted."


def _opened() -> "tuple[Workers, Accounts]":
    from bot.desk.accounts import Accounts
    from bot.desk.sealing import Seal
    from bot.store import Workers, open_database

    settings = Settings()
    key = settings.desk_key.get_secret_value() if settings.desk_key else None
    workers = Workers(open_database(settings.database))
    return workers, Accounts(workers, Seal(key))


def _found(workers: "Workers", name: str) -> "Worker":
    worker = workers.named(name)
    if worker is None:
        _refuse(f"There is no account named {name}.")
    return worker


def _role(name: str) -> "Role":
    from typing import get_args

    from bot.store import Role

    known: Optional[Role] = next((r for r in get_args(Role) if r == name), None)
    if known is None:
        _refuse(f"The role is one of: {', '.join(get_args(Role))}.")
    return known


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def _too_short() -> str:
    from bot.desk.accounts import SHORTEST

    return f"The password needs {SHORTEST} to 200 signs."


def _done(workers: "Workers", worker: "Worker", deed: str, said: str) -> None:
    # Nobody is signed in on the command line: 0 stands for the operator.
    workers.note(0, deed, str(worker.id))
    print(f"{worker.name} {said}.", file=sys.stderr)


def _show(address: Optional[str]) -> None:
    if address:
        print("Put this into the app for codes; it is not shown again:", file=sys.stderr)
        print(address)


_PHONE = typer.Option("", help="Phone number, written in any way.")
_EMAIL = typer.Option("", help="E-mail address.")
_CALLED = typer.Option("", help="Name; texts are looked through for it, too.")
_CONVERSATION = typer.Option("", help="Id of a conversation.")
#: In the record of what was done: nobody who is signed in, but who may use the command line.
_COMMAND_LINE = 0


@app.command("export-person")
def export_person(
    phone: str = _PHONE, email: str = _EMAIL, name: str = _CALLED, conversation: str = _CONVERSATION
) -> None:
    """Writes everything kept of a person as JSON, one conversation or call per line."""
    from bot.store import People, Sought, Workers, open_database

    engine = open_database(Settings().database)
    people = People(engine)
    found = people.find(_enough(Sought(phone, email, name, conversation)))
    for one in people.export(found):
        print(json.dumps(one, ensure_ascii=False))
        Workers(engine).note(_COMMAND_LINE, "person_exported", f"{one['kind']} {one['id']}")
    if not found:
        print("Nothing is kept of this person.", file=sys.stderr)
        raise typer.Exit(1)


@app.command("erase-person")
def erase_person(
    phone: str = _PHONE,
    email: str = _EMAIL,
    name: str = _CALLED,
    conversation: str = _CONVERSATION,
    mentions: bool = typer.Option(False, help="Also what only mentions them in a text."),
    yes: bool = typer.Option(False, help="Does not ask."),
) -> None:
    """Deletes everything kept of a person, after asking."""
    from bot.store import People, Sought, Workers, open_database

    engine = open_database(Settings().database)
    people = People(engine)
    found = people.find(_enough(Sought(phone, email, name, conversation)))
    chosen = [one for one in found if mentions or one.by == "contact"]
    for one in found:
        deed = "to be erased" if one in chosen else "only mentions them, stays"
        print(f"{one.kind} {one.id}: {deed}", file=sys.stderr)
    if not chosen:
        print("Nothing is to be erased.", file=sys.stderr)
        raise typer.Exit(1)
    if not yes and not typer.confirm("Erase for ever?", err=True):
        raise typer.Exit(1)
    people.erase(chosen)
    for one in chosen:
        Workers(engine).note(_COMMAND_LINE, "person_erased", f"{one.kind} {one.id}")
    print(f"Erased: {len(chosen)}.", file=sys.stderr)


def _enough(sought: "Sought") -> "Sought":
    if not sought.enough:
        print("Give a whole phone number, an e-mail address, a name or an id.", file=sys.stderr)
        raise typer.Exit(1)
    return sought


@app.command("export-directory")
def export_directory(
    folder: Path = typer.Argument(..., help="Where the YAML files go: knowledge/ of a release."),
) -> None:
    """Writes what editors changed as YAML files, for the next release to take in."""
    from bot.desk.exporting import export
    from bot.store import DirectoryEdits, open_database

    found = export(DirectoryEdits(open_database(Settings().database)), folder)
    for path in found.written:
        print(path)
    for key, reason in found.left.items():
        print(f"{key}: not written, {reason}", file=sys.stderr)
    raise typer.Exit(1 if found.left else 0)


def _refuse(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    raise typer.Exit(1)
