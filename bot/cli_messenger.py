"""The verbs of `python -m bot messenger`. One JSON object per line on stdout, as elsewhere."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Optional

import typer
from pydantic import ValidationError

from bot import logs
from bot.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Looks after the Messenger channel.")


@app.command()
def setup(
    dry_run: bool = typer.Option(False, "--dry-run", help="Only shows the difference."),
) -> None:
    """Sets greeting, first questions and menu of the page; shows what differs from now."""
    with _explained() as settings:
        from bot.channels.messenger import operating

        result = asyncio.run(operating.set_up(settings, apply=not dry_run))
    for line in result.lines:
        print(line, file=sys.stderr)
    _write({"differs": result.fields, "set": bool(result.fields) and not dry_run})


@app.command()
def replay(
    file: Path = typer.Argument(..., help="Recorded webhooks, one JSON object per line."),
    to: Optional[str] = typer.Option(None, help="Webhook to post to; by default this server's."),
    fresh: bool = typer.Option(False, "--fresh", help="As if they came now, for the first time."),
) -> None:
    """Posts recorded webhooks, signed, to a running server."""
    with _explained() as settings:
        from bot.channels.messenger import PATH, operating

        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  # nosec B104
        address = to or f"http://{host}:{settings.port}{PATH}"

        async def post() -> bool:
            well = True
            async for answer in operating.replay(settings, file, address, fresh=fresh):
                _write(asdict(answer))
                well = well and answer.status == 200
            return well

        taken = asyncio.run(post())
    raise typer.Exit(0 if taken else 1)


@app.command()
def dead(
    again: Optional[int] = typer.Option(None, "--resend", help="Id of a letter to send again."),
) -> None:
    """Lists messages that could not be sent, or has one sent again by the running server."""
    with _explained() as settings:
        from bot.channels.messenger import operating

        if again is None:
            for letter in operating.dead_letters(settings):
                _write(asdict(letter))
            return
        found = operating.resend(settings, again)
    if not found:
        print(f"There is no dead letter {again}.", file=sys.stderr)
    _write({"id": again, "resent": found})
    raise typer.Exit(0 if found else 1)


@contextmanager
def _explained() -> Iterator[Settings]:
    """Settings and logging; ends with what an operator can do about an error."""
    try:
        settings = Settings()
    except ValidationError as error:
        print(f"These settings cannot be used:\n{error}", file=sys.stderr)
        raise typer.Exit(1) from error
    logs.configure(settings.log_level, settings.log_format)
    from sqlalchemy.exc import SQLAlchemyError

    from bot.channels.messenger import operating

    try:
        yield settings
    except operating.NotConfigured as error:
        print(f"Messenger is not set up: {error}.", file=sys.stderr)
        raise typer.Exit(1) from error
    except operating.GraphError as error:
        advice = "The table in docs/messenger.md says what to do."
        print(f"The Graph API refused: {error}. {advice}", file=sys.stderr)
        raise typer.Exit(1) from error
    except SQLAlchemyError as error:
        print(
            f"The database cannot be used ({type(error).__name__}). See WEEWEISER_DATABASE.",
            file=sys.stderr,
        )
        raise typer.Exit(1) from error
    except OSError as error:
        print(f"This cannot be read or written: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _write(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
