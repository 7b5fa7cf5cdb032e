"""The verbs of `python -m bot`. One JSON object per line on stdout, everything else on stderr."""

import asyncio
import json
import socket
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Iterable, Optional

import typer
from pydantic import ValidationError

from bot import cli_desk, cli_learn, cli_messenger, cli_store, logs
from bot.parsed import parsed
from bot.settings import Settings
from knowledge import KnowledgeError, directory, load

#: What `talk` writes of a reply.
_SAID = ("language", "intent", "messages", "services", "helplines", "asks", "handoff")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=__doc__,
    # Rich tracebacks would print local variables, hence what a visitor wrote.
    pretty_exceptions_enable=False,
)
app.add_typer(cli_messenger.app, name="messenger")
app.add_typer(cli_desk.app, name="desk")
app.add_typer(cli_learn.app, name="learn")
for _verb in (cli_store.migrate, cli_store.backup, cli_store.restore):
    app.command()(_verb)


@app.command()
def train(
    if_needed: bool = typer.Option(False, help="Only when no model fits the data."),
) -> None:
    """Trains the model from data/, domain.yml and config.yml."""
    settings = _ready()
    from bot.model import current_manifest, fitting, summary
    from bot.model import train as train_model

    path = (fitting if if_needed else train_model)(settings.models)
    print(f"{path}\n{summary(current_manifest(settings.models))}", file=sys.stderr)


@app.command()
def serve() -> None:
    """Serves the website and the API; trains first when no model fits the data."""
    settings = _ready()
    _check_port(settings)
    _check_messenger(settings)
    _check_openid(settings)
    _check_database(settings)
    model = _fitting(settings)
    print("Loading the model, about ten seconds …", file=sys.stderr)
    from bot import preloading

    # Beside the rest, which takes as long to import.
    preloading.begin(model)
    from bot.app import create_app
    from bot.serving import run

    run(create_app(settings, model), settings)


@app.command()
def parse() -> None:
    """Reads one message per line, writes what was understood."""
    assistant = _assistant(_ready())

    async def understand() -> None:
        for line in _lines():
            found = await assistant.parse(line)
            _write(parsed(line, found))

    asyncio.run(understand())


@app.command()
def triage() -> None:
    """Reads {"text", "at"?} per line: a social worker's notes. Writes needs, urgency, services."""
    from bot.desk.triage import Triage, read_line

    reader = Triage(_assistant(_ready()).parse, lambda: directory().current)

    async def read() -> None:
        for line in _lines():
            _write(await read_line(reader, line))

    asyncio.run(read())


@app.command()
def talk() -> None:
    """Reads {"conversation", "text" | "payload", "at"?} per line, writes the replies."""
    assistant = _assistant(_ready())

    async def converse() -> None:
        for line in _lines():
            try:
                turn = json.loads(line)
                name = str(turn["conversation"])
            except (ValueError, KeyError, TypeError):
                _write(
                    {"error": "each line is a JSON object with conversation, and text or payload"}
                )
                continue
            _write(await _talk(assistant, name, turn))

    asyncio.run(converse())


@app.command()
def evaluate(
    file: Path = typer.Argument(..., help="TSV with the columns text, lang, intent."),
    report: Optional[Path] = typer.Option(None, help="Folder for the report and its plots."),
) -> None:
    """Measures understanding on a test set: overall, per language and per noise."""
    from bot.evaluation import BadTestSet, read_cases, write_report
    from bot.evaluation import evaluate as measure

    try:
        cases = read_cases(file)
    except (BadTestSet, OSError) as error:
        print(f"This test set cannot be read: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    assistant = _assistant(_ready())

    async def run() -> list[dict[str, Any]]:
        return [parsed(case["text"], await assistant.parse(case["text"])) for case in cases]

    found = asyncio.run(run())
    result = measure(cases, found)
    if report:
        write_report(report, result, cases, found)
    _write(result)


@app.command()
def check(
    data: bool = typer.Option(False, help="Also the training sentences, with the encoder."),
) -> None:
    """Checks the words and rules of the assistant: every text in every language."""
    from bot.checks import check_domain
    from bot.language_checks import check_languages

    try:
        problems = check_domain() + check_languages()
    except KnowledgeError as error:
        problems = [str(error)]
    if data:
        _ready()
        from bot.training_checks import check_training_data

        problems += check_training_data()
    for problem in problems:
        print(problem, file=sys.stderr)
    raise typer.Exit(1 if problems else 0)


async def _talk(assistant: Any, name: str, turn: dict[str, Any]) -> dict[str, Any]:
    from bot.assistant import Busy, UnknownPayload

    try:
        reply = await assistant.answer(
            name, text=turn.get("text"), payload=turn.get("payload"), at=turn.get("at")
        )
    except (Busy, UnknownPayload) as error:
        return {"conversation": name, "error": type(error).__name__}
    said = {key: value for key, value in asdict(reply).items() if key in _SAID}
    return {"conversation": name, **said}


def _ready() -> Settings:
    """Settings, logging and a knowledge base without mistakes; ends with the reasons otherwise."""
    try:
        settings = Settings()
        logs.configure(settings.log_level, settings.log_format)
        load()
    except (ValidationError, KnowledgeError) as error:
        print(f"Weeweiser cannot start:\n{error}", file=sys.stderr)
        raise typer.Exit(1) from error
    return settings


def _check_port(settings: Settings) -> None:
    """Says that the port is taken before the model is loaded."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            print(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                "Stop the other program, or set WEEWEISER_PORT.",
                file=sys.stderr,
            )
            raise typer.Exit(1) from error


def _check_messenger(settings: Settings) -> None:
    """Says what is wrong with Messenger's settings before the model is loaded."""
    from bot.channels.messenger import BadSettings, secrets_of

    try:
        secrets_of(settings)
    except BadSettings as error:
        print(f"Weeweiser cannot start with Messenger:\n{error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _check_openid(settings: Settings) -> None:
    """The same for the settings of the OpenID provider."""
    from bot.desk import BadSettings, provider_of

    try:
        provider_of(settings)
    except BadSettings as error:
        print(f"Weeweiser cannot start with the OpenID provider:\n{error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _check_database(settings: Settings) -> None:
    """Waits for the database and brings its tables up to date before the model is loaded."""
    from bot.serving import wait_for_database
    from bot.store import open_database
    from bot.store.migrations import Unusable

    if not wait_for_database(settings.database):
        print("Weeweiser cannot start: the database does not answer.", file=sys.stderr)
        raise typer.Exit(1)

    try:
        open_database(settings.database).dispose()
    except Unusable as error:
        print(f"Weeweiser cannot start:\n{error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _fitting(settings: Settings) -> Path:
    from bot.model import fitting

    return fitting(settings.models)


def _assistant(settings: Settings) -> Any:
    model = _fitting(settings)
    from bot.assistant import Assistant

    if settings.search_database:
        directory().search_in(settings.search_database)
    assistant = Assistant(model, deadline=settings.deadline_seconds)
    assistant.start()
    return assistant


def _lines() -> Iterable[str]:
    for line in sys.stdin:
        yield line.rstrip("\n")


def _write(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
