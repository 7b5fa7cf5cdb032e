"""The tables we keep, and how an older database gets the columns it lacks."""

import sqlalchemy as sa
from sqlalchemy.engine import Engine

meta = sa.MetaData()


def prepare(engine: Engine) -> None:
    """Creates the tables and columns that are missing. New columns must allow null."""
    meta.create_all(engine)
    held = sa.inspect(engine)
    with engine.begin() as connection:
        for table in meta.sorted_tables:
            known = {column["name"] for column in held.get_columns(table.name)}
            for column in table.columns:
                if column.name not in known:
                    kind = column.type.compile(engine.dialect)
                    # Both names are ours, none comes from outside.
                    added = f'ALTER TABLE "{table.name}" ADD COLUMN "{column.name}" {kind}'
                    connection.execute(sa.text(added))
