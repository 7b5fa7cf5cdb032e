"""`python -m benchmarks search`: how fast the search is, how it grows, and what it finds.

Each engine and size is measured in a process of its own, on one core, with the queries of the
tests, on directories made of our own words (same seed, same directory). Each query is asked some
times, with nothing kept of it; its best time counts, since other programs use the machine too.
`p95_single_ms` is that of all times.
"""

import csv
import json
import os
import random
import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Optional

from benchmarks.search_fts5 import Fts5Trigrams, Fts5Words
from knowledge import FOLDER, LANGUAGES
from knowledge._facts import Words
from knowledge._load import Files
from knowledge._model import Service
from knowledge._search import Search
from knowledge._search_entries import Entries
from knowledge._search_index import Index
from knowledge._search_postgres import PostgresPostings
from tests import postgres

ROOT = Path(__file__).resolve().parents[1]
QUERIES = ROOT / "tests" / "knowledge" / "search"
REAL = 0
SIZES = (REAL, 1_000, 10_000, 100_000)
ENGINES = ("memory", "fts5_words", "fts5_trigrams")
ROUNDS = 3

Find = Callable[[str, int], list[str]]


def queries() -> Iterator[dict[str, str]]:
    """Rows of the test files: set, noise, place, query, expected."""
    for language in LANGUAGES:
        text = (QUERIES / f"{language}.tsv").read_text(encoding="utf-8")
        yield from csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)


def grow(files: Files, services: int, seed: int = 4) -> None:
    """Adds services made of the words of the real ones until there are so many."""
    rng = random.Random(seed)  # noqa: S311
    models = list(files.services.values())
    communes = [p.id for p in files.places.values() if p.kind == "commune"]
    pool = {
        language: sorted({w for s in models for w in s.description.in_(language).split()})
        for language in LANGUAGES
    }
    syllables = sorted({w[i : i + 3] for w in pool["lb"] for i in range(0, len(w) - 2, 3)})
    for number in range(len(files.services), services):
        model = rng.choice(models)
        own = "".join(rng.choices(syllables, k=rng.randint(2, 3)))
        update = {
            "id": f"{model.id}-{number}",
            "name": _words(lambda code: f"{model.name.in_(code)} {own}"),  # noqa: B023
            "description": _words(lambda code: " ".join(rng.choices(pool[code], k=20))),
            "serves": model.serves.copy(
                update={"national": False, "communes": (rng.choice(communes),), "quarters": ()}
            ),
        }
        added: Service = model.copy(update=update)
        files.services[added.id] = added


def _words(make: Callable[[str], str]) -> Words:
    return Words(**{language: make(language) for language in LANGUAGES})


def build(engine: str, files: Files) -> tuple[Find, Callable[[], object]]:
    """The engine over the files, as a function from a text to keys; and what makes it forget."""
    entries = Entries(files)
    if engine.startswith("fts5"):
        fts5 = (Fts5Words if engine == "fts5_words" else Fts5Trigrams)(entries, entries.ignored)
        return fts5.find, fts5.forget
    keep = None if engine == "memory" else PostgresPostings(engine).keep
    index = Index(entries, keep)
    search = Search(index, files.places, entries.ignored)
    return lambda text, limit: [key for key, _ in search.find(text, None, limit)], index.forget


def measure(engine: str, size: int) -> dict[str, Any]:
    """One engine at one size; size 0 is the real directory, whose answers are judged."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    files = Files(FOLDER)
    grow(files, size)
    before, start = _megabytes(), time.perf_counter()
    find, forget = build(engine, files)
    result: dict[str, Any] = {
        "engine": engine.split(":")[0],
        "entries": len(files.services) + len(files.partners) + len(files.helplines) + 1,
        "build_s": round(time.perf_counter() - start, 2),
        "memory_mb": round(_megabytes() - before, 1),
    }
    rows = [row for row in queries() if not row["place"]]
    for row in rows:
        find(row["query"][::-1], 10)
    times: list[list[float]] = [[] for _ in rows]
    for _ in range(ROUNDS):
        forget()
        for row, of_row in zip(rows, times):
            begun = time.perf_counter()
            find(row["query"], 10)
            of_row.append((time.perf_counter() - begun) * 1000)
    for name, values in (
        ("p50_ms", map(min, times)),
        ("p95_ms", map(min, times)),
        ("p95_single_ms", (one for of_row in times for one in of_row)),
    ):
        result[name] = _percentile(values, 0.5 if name == "p50_ms" else 0.95)
    if size == REAL:
        result.update(_quality(partial(find, limit=3), rows))  # type: ignore[call-arg]
    return result


def _percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[int(len(ordered) * share)], 2)


def _quality(find: Callable[[str], list[str]], rows: list[dict[str, str]]) -> dict[str, str]:
    scores = {}
    for name in ("tune", "held"):
        own = [row for row in rows if row["set"] == name]
        places = []
        for row in own:
            found = [key.partition("/")[2] for key in find(row["query"])]
            expected = row["expected"].split()
            places.append(next((i for i, key in enumerate(found) if key in expected), None))
        first = sum(place == 0 for place in places)
        three = sum(place is not None for place in places)
        scores[name] = f"{first}, {three} of {len(own)}"
    return {f"hit_at_1_3_{name}": score for name, score in scores.items()}


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main(database: Optional[str] = None) -> None:
    """Every engine at every size, as JSON. PostgreSQL: `database`, or a server of ours."""
    if database:
        _compare((*ENGINES, database))
    elif reason := postgres.why_not():
        print(f"Without PostgreSQL: {reason}", file=sys.stderr)
        _compare(ENGINES)
    else:
        with postgres.server() as address:
            _compare((*ENGINES, address))


def _compare(engines: tuple[str, ...]) -> None:
    results = []
    for engine in engines:
        for size in SIZES:
            command = [sys.executable, "-m", "benchmarks.search", engine, str(size)]
            done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
            results.append(json.loads(done.stdout))
            print(json.dumps(results[-1]), file=sys.stderr)
    of_engine = {r["engine"]: r["p95_ms"] for r in results if r["entries"] > 100_000}
    least = min(of_engine.values())
    ratios = {engine: round(p95 / least, 1) for engine, p95 in of_engine.items()}
    sys.stdout.write(json.dumps({"results": results, "p95_at_100k_to_best": ratios}, indent=2))
    sys.stdout.write("\n")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1], int(sys.argv[2]))) + "\n")
