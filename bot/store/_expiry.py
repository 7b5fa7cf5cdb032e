"""Deletes rows by their age."""

from datetime import datetime

from sqlalchemy.engine import Engine

from bot.store._schema import meta


def delete_older(engine: Engine, table: str, column: str, before: datetime) -> int:
    """Deletes the rows of one of our tables whose time or day is before a moment (UTC)."""
    held = meta.tables[table]
    value = before if held.c[column].type.python_type is datetime else before.date()
    with engine.begin() as connection:
        return int(connection.execute(held.delete().where(held.c[column] < value)).rowcount)
