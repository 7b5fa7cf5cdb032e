"""Keeps the postings of directories in PostgreSQL, for several processes with large directories.

A directory is known by a fingerprint of its postings: the processes that read the same files
share one copy, and one that still has older files goes on with the older copy.
"""

import hashlib
import logging
from io import StringIO
from itertools import islice
from typing import Iterator, Sequence

import numpy as np
import sqlalchemy as sa

from knowledge._errors import SearchUnavailable
from knowledge._search_index import Read
from knowledge._search_ranking import Posting, Postings

_log = logging.getLogger(__name__)
#: So many directories are kept, the newest: for processes that have not yet seen the last change.
_KEPT = 4
#: Words that are written at once.
_BATCH = 2000
#: Seconds to connect, and milliseconds to answer: a search is asked while somebody waits.
_CONNECT_S, _ANSWER_MS = 3, 3000
#: Any number, the same for all: who writes takes turns.
_TURN = 7_463_201

# EXTERNAL: to unpack the long values would take longer than to read them.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS directory_index (
    id serial PRIMARY KEY, fingerprint text UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS directory_posting (
    index int REFERENCES directory_index ON DELETE CASCADE, word text COLLATE "C",
    entries bytea NOT NULL, weights bytea NOT NULL, PRIMARY KEY (index, word));
ALTER TABLE directory_posting
    ALTER entries SET STORAGE EXTERNAL, ALTER weights SET STORAGE EXTERNAL
"""
_POSTINGS = (
    "SELECT word, entries, weights FROM directory_posting WHERE index = %s AND word = ANY(%s)"
)


class PostgresPostings:
    """A database that may hold other tables. `address`: as SQLAlchemy writes it."""

    def __init__(self, address: str) -> None:
        options = f"-c statement_timeout={_ANSWER_MS}"
        arguments = {"connect_timeout": _CONNECT_S, "options": options}
        # What people look for stands in no log, nor in an error.
        self._engine = sa.create_engine(
            address, future=True, connect_args=arguments, hide_parameters=True
        )
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self._engine.dispose()

    def keep(self, postings: dict[str, Posting]) -> Read:
        """Writes them unless they are there; gives back what reads them.

        Both raise SearchUnavailable.
        """
        fingerprint = _fingerprint(postings)
        try:
            with self._engine.begin() as connection:
                index, is_new = _stored(connection, fingerprint, postings)
            if is_new:
                # Without it PostgreSQL reads the whole table until it notices how large it is.
                with self._reading.connect() as connection:
                    connection.exec_driver_sql("SET statement_timeout = 0")
                    connection.exec_driver_sql("VACUUM ANALYZE directory_posting")
                    connection.exec_driver_sql("RESET statement_timeout")
        except sa.exc.SQLAlchemyError as error:
            raise SearchUnavailable(_said(error)) from error
        return lambda words: self._read(index, words)

    def _read(self, index: int, words: Sequence[str]) -> Postings:
        if not words:
            return {}
        try:
            with self._reading.connect() as connection:
                found = connection.exec_driver_sql(_POSTINGS, (index, list(words))).fetchall()
        except sa.exc.SQLAlchemyError as error:
            raise SearchUnavailable(_said(error)) from error
        if len(found) < len(words):
            raise SearchUnavailable("PostgreSQL no longer holds the words of this directory")
        return {
            word: (np.frombuffer(entries, np.int32), np.frombuffer(weights, np.float32))
            for word, entries, weights in found
        }


def _said(error: sa.exc.SQLAlchemyError) -> str:
    """What PostgreSQL said, without the statement."""
    return f"PostgreSQL: {getattr(error, 'orig', None) or error}".strip()


def _stored(
    connection: sa.engine.Connection, fingerprint: str, postings: dict[str, Posting]
) -> tuple[int, bool]:
    """The number of the directory in the database, and whether it was new there: then written."""
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_TURN,))
    connection.exec_driver_sql(_SCHEMA)
    known = connection.exec_driver_sql(
        "SELECT id FROM directory_index WHERE fingerprint = %s", (fingerprint,)
    ).scalar()
    if known is not None:
        return int(known), False
    index = int(
        connection.exec_driver_sql(
            "INSERT INTO directory_index (fingerprint) VALUES (%s) RETURNING id", (fingerprint,)
        ).scalar_one()
    )
    cursor = connection.connection.cursor()
    for lines in _lines(index, postings):
        cursor.copy_from(lines, "directory_posting")
    connection.exec_driver_sql("DELETE FROM directory_index WHERE id <= %s", (index - _KEPT,))
    _log.info("search_stored words=%d", len(postings))
    return index, True


def _lines(index: int, postings: dict[str, Posting]) -> Iterator[StringIO]:
    """The rows as COPY reads them; words are letters and digits, so nothing needs an escape."""
    waiting = iter(postings.items())
    while some := list(islice(waiting, _BATCH)):
        yield StringIO(
            "".join(
                f"{index}\t{word}\t\\\\x{entries.tobytes().hex()}\t\\\\x{weights.tobytes().hex()}\n"
                for word, (entries, weights) in some
            )
        )


def _fingerprint(postings: dict[str, Posting]) -> str:
    seen = hashlib.sha256()
    for word, (entries, weights) in sorted(postings.items()):
        seen.update(f"{word} {len(entries)}\n".encode())
        seen.update(entries.tobytes())
        seen.update(weights.tobytes())
    return seen.hexdigest()
