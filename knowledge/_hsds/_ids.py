"""Identifiers: UUIDs made from our own ids, so that an object keeps its id for ever."""

from uuid import UUID, uuid5

#: Never change it: every identifier other systems have stored depends on it.
_NAMESPACE = UUID("e30aa4df-ecb8-43ff-a2b1-83ad2c059538")


def identifier(table: str, *keys: str) -> str:
    """The UUID of a row: `table` and what makes the row unique in it."""
    return str(uuid5(_NAMESPACE, "/".join((table, *keys))))
