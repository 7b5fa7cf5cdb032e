"""Writes revisions from the tables as the code has them: `python -m bot.store.migrations`."""

import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, Union

import sqlalchemy as sa
import typer
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from mako.template import Template

from bot.store.migrations._apply import VERSIONS, latest, upgrade
from bot.store.migrations._tables import ALL

_BASE = "0001"
_TEMPLATE = Path(__file__).parent / "script.py.mako"
_NO_WAY_BACK = 'raise NotImplementedError("before this there is nothing: a backup is the way back")'
app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.command()
def baseline() -> None:
    """Writes the first revision anew. Only before the first release: it is refused after more."""
    kept = [path.name for path in VERSIONS.glob("*.py") if not path.name.startswith(_BASE)]
    if kept:
        print(f"There are later revisions ({', '.join(kept)}): write another.", file=sys.stderr)
        raise typer.Exit(1)
    engine = sa.create_engine("sqlite://", future=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": ALL})
        made = produce_migrations(context, ALL)
        assert made.upgrade_ops
        up = render_python_code(
            made.upgrade_ops, render_item=_as_written, migration_context=context
        )
    _write(f"{_BASE}_baseline", _BASE, None, "The tables of the first release.", up, _NO_WAY_BACK)


@app.command()
def revision(
    number: str = typer.Argument(..., help="Four digits, after the last."),
    name: str = typer.Argument(..., help="What changes, in a few_words."),
) -> None:
    """Writes the next revision: what differs from the last. Read it, then test it."""
    engine = sa.create_engine("sqlite://", future=True, poolclass=sa.pool.StaticPool)
    upgrade(engine)
    with engine.connect() as connection:
        options = {"target_metadata": ALL, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        made = produce_migrations(context, ALL)
        assert made.upgrade_ops and made.downgrade_ops
        up, down = (
            render_python_code(
                ops, render_as_batch=True, render_item=_as_written, migration_context=context
            )
            for ops in (made.upgrade_ops, made.downgrade_ops)
        )
    words = name.replace("_", " ").capitalize() + "."
    _write(f"{number}_{name}", number, latest(), words, up, down)


def _write(name: str, number: str, before: Any, words: str, up: str, down: str) -> None:
    path = VERSIONS / f"{name}.py"
    filled = Template(filename=str(_TEMPLATE)).render(  # noqa: S702  # nosec B702
        message=words,
        up_revision=number,
        down_revision=before,
        branch_labels=None,
        depends_on=None,
        upgrades=_bare(up),
        downgrades=_bare(down),
    )
    path.write_text(filled, encoding="utf-8")
    for order in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *order, str(path)], check=True)  # noqa: S603
    print(path, file=sys.stderr)


def _bare(code: str) -> str:
    lines = code.splitlines()
    return "\n".join(line for line in lines if "# ###" not in line).strip()


def _as_written(kind: str, thing: Any, _: Any) -> Union[str, Literal[False]]:
    """Booleans stay booleans: SQLite's 0 is no default for PostgreSQL."""
    if kind == "server_default" and isinstance(thing.arg, sa.sql.elements.False_):
        return "sa.false()"
    return False


if __name__ == "__main__":
    app()
