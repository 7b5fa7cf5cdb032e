"""Databases that were made before there were revisions, and how tables differ from ours."""

from types import ModuleType
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import CreateIndexOp, CreateTableOp, MigrateOperation
from sqlalchemy.engine import Connection


def adopt(connection: Connection, revision: ModuleType) -> None:
    """Makes the tables that are missing, and the columns that may be empty."""
    tables = _tables_of(connection, revision)
    tables.create_all(connection)
    held = sa.inspect(connection)
    for table in tables.sorted_tables:
        known = {column["name"] for column in held.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known and column.nullable:
                kind = column.type.compile(connection.dialect)
                # Both names are ours, none comes from outside.
                added = f'ALTER TABLE "{table.name}" ADD COLUMN "{column.name}" {kind}'
                connection.execute(sa.text(added))


def differences(connection: Connection, revision: ModuleType) -> list[str]:
    """In what the tables differ from those a first revision makes; other tables do not matter."""
    return compare(connection, _tables_of(connection, revision))


def compare(connection: Connection, *tables: sa.MetaData) -> list[str]:
    """In what a database differs from tables of ours, one line each."""
    ours = {name for meta in tables for name in meta.tables}

    def matters(thing: Any, name: str, kind: str, *_: Any) -> bool:
        table = name if kind == "table" else thing.table.name
        return table in ours

    options = {"compare_type": True, "include_object": matters, "target_metadata": list(tables)}
    context = MigrationContext.configure(connection, opts=options)
    found = compare_metadata(context, list(tables))
    return [str(difference) for difference in found]


def _tables_of(connection: Connection, revision: ModuleType) -> sa.MetaData:
    """The tables a first revision makes."""
    context = MigrationContext.configure(connection)
    done: list[MigrateOperation] = []
    with Operations.context(context) as operations:
        # Written down instead of carried out.
        operations.invoke = done.append  # type: ignore[assignment]
        revision.upgrade()
    tables = sa.MetaData()
    for operation in done:
        if isinstance(operation, CreateTableOp):
            operation.to_table(context).to_metadata(tables)
    for operation in done:
        if isinstance(operation, CreateIndexOp):
            columns = tables.tables[operation.table_name].columns
            named = [columns[str(name)] for name in operation.columns]
            sa.Index(operation.index_name, *named, unique=operation.unique)
    return tables
