"""`python -m bot learn`: a model with the sentences learnt from messages, compared, then served."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot import logs
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.comparing import Comparing

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.callback()
def learn() -> None:
    """A model with the sentences learnt from messages."""


@app.command("compare")
def compare(
    switch: bool = typer.Option(False, help="Also put it in place when nothing speaks against it."),
    folds: int = typer.Option(3, help="Parts of the cross-validation, a training each; 0: none."),
) -> None:
    """Trains a candidate, measures it beside the served model, writes gains and losses."""
    from bot.comparing import NothingToCompare
    from bot.model import fitting

    settings = _ready()
    comparing = _comparing(settings)
    try:
        result = comparing.compare(fitting(settings.models), folds=folds)
        _write(asdict(result))
        if switch:
            comparing.switch()
            print(_SWITCHED, file=sys.stderr)
    except (NothingToCompare, ValueError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error


@app.command("switch")
def switch() -> None:
    """Puts the candidate of the last comparison in place, unless that speaks against it."""
    from bot.comparing import NothingToCompare

    try:
        _comparing(_ready()).switch()
    except NothingToCompare as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    print(_SWITCHED, file=sys.stderr)


@app.command("back")
def back() -> None:
    """Puts the model of before the last switch in its place again."""
    from bot.comparing import NothingToCompare

    try:
        _comparing(_ready()).back()
    except NothingToCompare as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    print("The model of before is served from the next start on.", file=sys.stderr)


_SWITCHED = "The candidate is served from the next start on. Back again: python -m bot learn back"


def _ready() -> Settings:
    settings = Settings()
    logs.configure(settings.log_level)
    return settings


def _comparing(settings: Settings) -> "Comparing":
    from bot.comparing import Comparing
    from bot.evaluation import read_cases
    from bot.model import fitting

    files = sorted((ROOT / "data" / "dev").glob("*.tsv"))
    cases = [case for path in files for case in read_cases(path)]
    return Comparing(settings.models, settings.review_folder, cases, fitting, _read)


def _read(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """What a model makes of texts."""
    from bot.assistant import Assistant
    from bot.parsed import parsed

    assistant = Assistant(model)
    assistant.start()

    async def run() -> list[dict[str, Any]]:
        return [parsed(text, await assistant.parse(text)) for text in texts]

    try:
        return asyncio.run(run())
    finally:
        assistant.stop()


def _write(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
