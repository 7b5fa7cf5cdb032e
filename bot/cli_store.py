"""`python -m bot migrate`, `backup` and `restore`: what an operator does with the databases."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def explained() -> Iterator[Settings]:
    """The settings; ends with what an operator can do about an error of the database."""
    from bot.store.migrations import Unusable

    try:
        yield Settings()
    except ValidationError as error:
        print(f"These settings cannot be used:\n{error}", file=sys.stderr)
        raise typer.Exit(1) from error
    except Unusable as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    except SQLAlchemyError as error:
        name = type(error).__name__
        print(f"The database cannot be used ({name}). See WEEWEISER_DATABASE.", file=sys.stderr)
        raise typer.Exit(1) from error
