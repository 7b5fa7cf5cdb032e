"""`python -m bot desk`: accounts of social workers, and what editors changed."""

import sys
from pathlib import Path

import typer

from bot.settings import Settings

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.callback()
def desk() -> None:
    """Accounts of social workers, and what editors changed."""


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
