"""The search engine in PostgreSQL: for several processes, or programs, on one directory.

Words stand in a table of their own, found misspelt by trigrams (pg_trgm); where entries are
stands in another, since many share it.
"""

from io import StringIO
from typing import Any, Iterable, Mapping, Optional, Sequence

import sqlalchemy as sa

from knowledge._search_engine import (
    COMMUNE,
    DECIMALS,
    ELSEWHERE,
    FADES_KM,
    HERE,
    NATIONAL,
    Entry,
    Forms,
    Wanted,
    Where,
    rarity,
)
from knowledge._words import SHORTEST_STEM, fit, slips, sound, without_stems

#: Words less alike than this, by trigrams, are not looked at; `fit` decides among the others.
_ALIKE = 0.25

_SCHEMA = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE IF NOT EXISTS search_area (
    id int PRIMARY KEY, national boolean, places text[], communes text[], points point[]);
CREATE TABLE IF NOT EXISTS search_entry (id int PRIMARY KEY, key text, bonus real, area int);
CREATE TABLE IF NOT EXISTS search_word (
    id int PRIMARY KEY, word text COLLATE "C", sound text, entries int);
CREATE TABLE IF NOT EXISTS search_posting (word int, entry int, area int, weight real);
CREATE UNIQUE INDEX IF NOT EXISTS search_word_word ON search_word (word);
CREATE INDEX IF NOT EXISTS search_word_sound ON search_word (sound);
CREATE INDEX IF NOT EXISTS search_word_alike ON search_word USING gin (word gin_trgm_ops);
CREATE INDEX IF NOT EXISTS search_posting_entry
    ON search_posting (word, entry) INCLUDE (weight);
CREATE INDEX IF NOT EXISTS search_posting_most ON search_posting (word, weight DESC, entry);
CREATE INDEX IF NOT EXISTS search_posting_area
    ON search_posting (word, area, weight DESC, entry);
CREATE INDEX IF NOT EXISTS search_entry_area ON search_entry (area);
"""
_TABLES = ("search_area", "search_entry", "search_word", "search_posting")

#: How many entries there are: cheaper than counting them.
_TOTAL = "(SELECT max(id) + 1 FROM search_entry)"
_KNOWN = f"SELECT word, entries, {_TOTAL} FROM search_word WHERE word = ANY (:words)"  # noqa: S608
_SIMILAR = f"""
SELECT asked.word, near.word, near.entries, {_TOTAL}
FROM unnest(:words ::text[], :sounds ::text[], :slips ::int[]) AS asked (word, sound, slips),
LATERAL (
    SELECT word, entries FROM search_word WHERE word = asked.word OR sound = asked.sound
    UNION SELECT word, entries FROM search_word
        WHERE length(asked.word) >= {SHORTEST_STEM}
        AND word >= left(asked.word, {SHORTEST_STEM}) COLLATE "C"
        AND word < left(asked.word, {SHORTEST_STEM}) || U&'\\+10FFFF' COLLATE "C"
    UNION SELECT word, entries FROM search_word
        WHERE asked.slips > 0 AND word % asked.word
        AND length(word) BETWEEN length(asked.word) - asked.slips
            AND length(asked.word) + asked.slips) AS near
"""  # noqa: S608  the gaps are numbers of ours


#: So many of a word's entries are looked at: those where it counts most, as many in the places
#: asked for, and those that have the two rarest words. Rarer words are looked at in full.
_MOST, _AREAS = 400, 20

_RANK = f"""
WITH word AS MATERIALIZED (
    SELECT w.number, w.fits * w.weight AS factor, s.id, s.entries
    FROM unnest(:numbers ::int[], :forms ::text[], :fits ::real[], :weights ::real[])
        AS w (number, form, fits, weight)
    JOIN search_word s ON s.word = w.form),
near AS MATERIALIZED (
    SELECT id, CASE
        WHEN :near = 0 THEN 0
        WHEN places && :places ::text[] THEN {HERE}
        WHEN :commune = ANY (communes) THEN {COMMUNE}
        ELSE greatest(CASE WHEN national THEN {NATIONAL} ELSE 0 END, coalesce(
            (SELECT {ELSEWHERE} * exp(-min(p <-> point(:east, :north)) / {FADES_KM})
             FROM unnest(points) p), 0))
        END AS near
    FROM search_area),
here AS (SELECT id FROM near WHERE near >= {COMMUNE} ORDER BY near DESC, id LIMIT {_AREAS}),
candidate AS MATERIALIZED (
    SELECT p.entry FROM word, LATERAL (
        SELECT entry FROM search_posting WHERE word = word.id
        ORDER BY weight DESC, entry LIMIT {_MOST}) p
    UNION SELECT p.entry FROM word, here, LATERAL (
        SELECT entry FROM search_posting WHERE word = word.id AND area = here.id
        ORDER BY weight DESC, entry LIMIT {_MOST}) p
        WHERE word.entries > {_MOST}
    UNION (SELECT p.entry FROM search_posting p JOIN search_posting q ON q.entry = p.entry
        WHERE p.word IN (SELECT id FROM word WHERE number = :rarest)
        AND q.word IN (SELECT id FROM word WHERE number = :second) LIMIT {_MOST})
    UNION (SELECT e.id FROM search_entry e WHERE :only AND e.area IN (SELECT id FROM here)
        LIMIT {_MOST})),
best AS (
    SELECT c.entry, w.number, max(w.factor * p.weight) AS score
    FROM candidate c CROSS JOIN word w
    JOIN search_posting p ON p.word = w.id AND p.entry = c.entry
    GROUP BY c.entry, w.number),
found AS (
    SELECT c.entry, coalesce(sum(b.score), 0) AS score
    FROM candidate c LEFT JOIN best b ON b.entry = c.entry GROUP BY c.entry)
SELECT e.key, round((f.score + e.bonus + n.near * :near)::numeric, {DECIMALS}) AS total
FROM found f JOIN search_entry e ON e.id = f.entry JOIN near n ON n.id = e.area
ORDER BY total DESC, e.key COLLATE "C" LIMIT :limit
"""  # noqa: S608  the gaps are numbers of ours


class PostgresEngine:
    """Entries in a database, which may hold other tables. `address`: as SQLAlchemy writes it."""

    def __init__(self, address: str) -> None:
        # Compiling a query takes longer than any of ours runs.
        options = {"options": f"-c pg_trgm.similarity_threshold={_ALIKE} -c jit=off"}
        self._engine = sa.create_engine(address, future=True, connect_args=options)
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    def store(self, entries: Iterable[Entry]) -> None:
        """Replaces what was kept, in one transaction: until its end the old entries answer."""
        rows = _Rows(entries)
        with self._engine.begin() as connection:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(sa.text(statement))
            cursor = connection.connection.cursor()
            for table in _TABLES:
                connection.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608  names of ours
                cursor.copy_from(rows.of(table), table)
        with self._reading.connect() as connection:
            for table in _TABLES:
                connection.execute(sa.text(f"VACUUM ANALYZE {table}"))

    def close(self) -> None:
        self._engine.dispose()

    def known(self, words: Sequence[str]) -> Mapping[str, float]:
        found = self._read(_KNOWN, {"words": list(words)})
        return {word: rarity(entries, total) for word, entries, total in found}

    def similar(self, words: Sequence[str]) -> Mapping[str, Forms]:
        asked = {
            "words": list(words),
            "sounds": [sound(word) for word in words],
            "slips": [slips(word) for word in words],
        }
        near: dict[str, dict[str, tuple[float, float]]] = {word: {} for word in words}
        for word, known, entries, total in self._read(_SIMILAR, asked):
            how_well = fit(word, known)
            if how_well:
                near[word][known] = (how_well, rarity(entries, total))
        return {word: without_stems(word, forms) for word, forms in near.items()}

    def rank(
        self, wanted: Sequence[Wanted], where: Optional[Where], limit: int
    ) -> list[tuple[str, float]]:
        forms = [
            (number, form, how_well, word.weight)
            for number, word in enumerate(wanted)
            for form, how_well in word.forms.items()
        ]
        by_weight = sorted(range(len(wanted)), key=lambda number: -wanted[number].weight)
        rarest, second = (*by_weight, None, None)[:2]
        east, north = (where.point if where else None) or (None, None)
        asked = {
            "numbers": [form[0] for form in forms],
            "forms": [form[1] for form in forms],
            "fits": [form[2] for form in forms],
            "weights": [form[3] for form in forms],
            "rarest": rarest,
            "second": second,
            "near": where.weight if where else 0,
            "places": sorted(where.places) if where else [],
            "commune": where.commune if where else None,
            "east": east,
            "north": north,
            "only": bool(where and where.only),
            "limit": limit,
        }
        return [(key, float(total)) for key, total in self._read(_RANK, asked)]

    def _read(self, query: str, asked: Mapping[str, object]) -> "list[tuple[Any, ...]]":
        with self._reading.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), asked)]


class _Rows:
    """The rows of each table, as COPY reads them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._of: dict[str, list[tuple[object, ...]]] = {table: [] for table in _TABLES}
        areas: dict[tuple[object, ...], int] = {}
        words: dict[str, int] = {}
        counts: list[int] = []
        for number, entry in enumerate(entries):
            about = (
                entry.national,
                _array(sorted(entry.places)),
                _array(sorted(entry.communes)),
                _array([f'"({east},{north})"' for east, north in entry.points]),
            )
            area = areas.setdefault(about, len(areas))
            self._of["search_entry"].append((number, entry.key, entry.bonus, area))
            for term, weight in entry.terms.items():
                word = words.setdefault(term, len(words))
                if word == len(counts):
                    counts.append(0)
                counts[word] += 1
                self._of["search_posting"].append((word, number, area, weight))
        self._of["search_area"] = [(area, *about) for about, area in areas.items()]
        self._of["search_word"] = [(i, w, sound(w), counts[i]) for w, i in words.items()]
        self._of["search_posting"].sort(key=lambda row: row[:2])

    def of(self, table: str) -> StringIO:
        lines = ("\t".join(map(str, row)) + "\n" for row in self._of[table])
        return StringIO("".join(lines))


def _array(values: Sequence[str]) -> str:
    return "{" + ",".join(values) + "}"
