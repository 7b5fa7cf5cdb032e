"""How an older database gets the columns that came later."""

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store._schema import meta as _meta


def add_missing(engine: Engine, meta: sa.MetaData = _meta) -> None:
    """Adds the columns that tables lack; a column that comes later must allow null."""
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
