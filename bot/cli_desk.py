"""`python -m bot desk`: accounts, what is kept of one person, what editors changed."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.settings import Settings

if TYPE_CHECKING:  # the database is opened by those who need it
    from bot.store import Sought

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.callback()
def desk() -> None:
    """Accounts of social workers, what is kept of one person, and what editors changed."""


@app.command("add-user")
def add_user(
    name: str = typer.Argument(..., help="What the person signs in with."),
    role: str = typer.Option("worker", help="worker, editor or manager."),
    codes: bool = typer.Option(False, help="With one-time codes of an app (TOTP)."),
) -> None:
    """Creates an account; the password is asked for, or read from standard input."""
    from typing import get_args

    from bot.desk.accounts import SHORTEST, Accounts, BadPassword
    from bot.store import NameTaken, Role, Workers, open_database

    if role not in get_args(Role):
        print(f"The role is one of: {', '.join(get_args(Role))}.", file=sys.stderr)
        raise typer.Exit(1)
    if not name.strip() or len(name) > 80:
        print("The name has one to 80 signs.", file=sys.stderr)
        raise typer.Exit(1)
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )
    accounts = Accounts(Workers(open_database(Settings().database)))
    try:
        address = accounts.add(name, role, password, codes=codes)  # type: ignore[arg-type]
    except BadPassword as error:
        print(f"The password needs {SHORTEST} to 200 signs.", file=sys.stderr)
        raise typer.Exit(1) from error
    except NameTaken as error:
        print(f"There is an account named {name} already.", file=sys.stderr)
        raise typer.Exit(1) from error
    print(f"Added {name} ({role}).", file=sys.stderr)
    if address:
        print("Put this into the app for codes; it is not shown again:", file=sys.stderr)
        print(address)


_PHONE = typer.Option("", help="Phone number, written in any way.")
_EMAIL = typer.Option("", help="E-mail address.")
_NAME = typer.Option("", help="Name; texts are looked through for it, too.")
_CONVERSATION = typer.Option("", help="Id of a conversation.")
#: In the record of what was done: nobody who is signed in, but who may use the command line.
_COMMAND_LINE = 0


@app.command("export-person")
def export_person(
    phone: str = _PHONE, email: str = _EMAIL, name: str = _NAME, conversation: str = _CONVERSATION
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
    name: str = _NAME,
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
