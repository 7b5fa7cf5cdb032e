"""`python -m bot migrate`, `backup` and `restore`: what an operator does with the databases."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Optional

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings


def migrate(
    to: Optional[str] = typer.Option(None, "--to", help="A revision; by default the newest."),
) -> None:
    """Brings the database's tables to a revision. `serve` does so by itself for the newest."""
    from bot.store import connect
    from bot.store.migrations import bring, latest

    with explained() as settings:
        wanted = to or latest()
        before = bring(connect(settings.database), wanted)
    print(f"The database was at revision {before}, and is at {wanted}.", file=sys.stderr)


def backup(file: Path = typer.Argument(..., help="The file to write; it must be new.")) -> None:
    """Writes the database into one file, while the server runs."""
    from bot.store.backup import back_up

    with explained() as settings:
        made = back_up(settings.database, file)
    print(f"Backed up {made.kind}, revision {made.revision}, in {file}.", file=sys.stderr)


def restore(
    file: Path = typer.Argument(..., help="A file that `backup` wrote."),
    force: bool = typer.Option(False, "--force", help="What the database holds now is lost."),
) -> None:
    """Makes the database what it was when the file was written. Stop the server before."""
    from bot.store import backup

    with explained() as settings:
        held = backup.restore(settings.database, file, force=force)
    print(f"Restored {held.kind} of {held.made_at}, revision {held.revision}.", file=sys.stderr)


@contextmanager
def explained() -> Iterator[Settings]:
    """The settings; ends with what an operator can do about an error of the database."""
    from bot.store.backup import BadBackup
    from bot.store.migrations import Unusable

    try:
        yield Settings()
    except ValidationError as error:
        print(f"These settings cannot be used:\n{error}", file=sys.stderr)
        raise typer.Exit(1) from error
    except (Unusable, BadBackup, OSError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    except SQLAlchemyError as error:
        name = type(error).__name__
        print(f"The database cannot be used ({name}). See WEEWEISER_DATABASE.", file=sys.stderr)
        raise typer.Exit(1) from error
