"""The tables of a report, from what was counted."""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Callable, Iterable, Mapping, Optional

from bot.desk.reports._suppression import FEWEST, suppressed
from bot.store import Count, Span

#: Rows of a table, each with its cells by column; the column "" holds the whole.
Cells = dict[str, dict[str, Optional[int]]]
WHOLE = ""
_LONGEST_MONTHS = 60


@dataclass(frozen=True)
class Period:
    """Whole months: a few days could tell of one person. `last`: the last day."""

    first: date
    last: date

    def months(self) -> list[date]:
        """The first day of each month."""
        found, month = [], self.first
        while month <= self.last:
            found.append(month)
            month = _next(month)
        return found


@dataclass(frozen=True)
class Table:
    """`name`: a key of the words. `rows` and `columns`: kinds of keys (need, commune …), by which
    the words for them are found. A cell that is None is hidden. `unit`: number or minutes.
    """

    name: str
    rows: str
    columns: str
    cells: Cells
    unit: str = "number"

    @property
    def heads(self) -> list[str]:
        """The columns in their order."""
        return list(next(iter(self.cells.values()), {}))


@dataclass(frozen=True)
class Report:
    """A period and its tables."""

    period: Period
    tables: list[Table] = field(default_factory=list)


def period_of(first: date, last: date) -> Period:
    """From the month of one day to that of another, at most five years; never less than a month."""
    begin = first.replace(day=1)
    end = _next(max(first, last))
    if len(Period(begin, end - timedelta(days=1)).months()) > _LONGEST_MONTHS:
        begin = date(end.year - _LONGEST_MONTHS // 12, end.month, 1)
    return Period(begin, end - timedelta(days=1))


def report(period: Period, numbers: Mapping[Count, int], spans: Iterable[Span]) -> Report:
    """What may be shown of the numbers of a period."""
    needs = {c: n for c, n in numbers.items() if c.what == "need"}
    months = [month.isoformat()[:7] for month in period.months()]
    chats = [c for c in numbers if c.what == "turn"]
    languages = sorted({c.language for c in chats})
    channels = sorted({c.channel for c in chats})
    by: list[tuple[str, str, Callable[[Count], str], list[str]]] = [
        ("needs_by_commune", "commune", lambda c: c.detail or "unknown", []),
        ("needs_by_language", "language", lambda c: c.language or "unknown", []),
        ("needs_by_channel", "channel", lambda c: c.channel, []),
        ("needs_by_month", "month", lambda c: c.month.isoformat()[:7], months),
    ]
    tables = [
        Table(name, "need", kind, _crossed(needs, lambda c: c.name, of, columns))
        for name, kind, of, columns in by
    ]
    unmet = {c: n for c, n in numbers.items() if c.what == "unmet"}
    reasons = _crossed(unmet, lambda c: c.name, lambda c: c.detail, [], summed=True)
    tables.append(Table("unmet", "need", "reason", reasons))
    for what in ("outcome", "risk"):
        tables.append(Table(f"calls_by_{what}", what, "calls", _single(numbers, what)))
    for kind, keys in (("language", languages), ("channel", channels)):
        tables.append(Table(f"turns_by_{kind}", kind, "turns", _understood(numbers, kind, keys)))
    tables.append(Table("helplines", "helpline", "shown", _single(numbers, "helpline")))
    tables.append(Table("ratings", "rating", "answers", _single(numbers, "rating")))
    tables.append(Table("waiting", "span", "quantile", _spans(spans), "minutes"))
    return Report(period, [t for t in tables if t.cells])


def _crossed(
    numbers: Mapping[Count, int],
    row_of: Callable[[Count], str],
    column_of: Callable[[Count], str],
    columns: list[str],
    *,
    summed: bool = False,
) -> Cells:
    """A table of rows and columns. The sums of the rows are shown, those of the columns never.

    `summed`: what all rows add up to can be read elsewhere.
    """
    table: dict[str, Counter[str]] = {}
    for count, number in numbers.items():
        table.setdefault(row_of(count), Counter())[column_of(count)] += number
    found = columns or sorted({c for cells in table.values() for c in cells})
    sums = {row: sum(cells.values()) for row, cells in table.items()}
    whole = suppressed(sums) if summed else {r: n if n >= FEWEST else None for r, n in sums.items()}
    result: Cells = {}
    # By name: the order of what is hidden must not tell which is the greater.
    for row in sorted(table):
        if whole[row] is None:
            result[row] = dict.fromkeys([WHOLE, *found])
            continue
        cells = suppressed({column: table[row][column] for column in found})
        result[row] = {WHOLE: whole[row], **cells}
    return dict(sorted(result.items(), key=lambda item: -(item[1][WHOLE] or 0)))


def _single(numbers: Mapping[Count, int], what: str) -> Cells:
    """How often each name was counted."""
    found: Counter[str] = Counter()
    for count, number in numbers.items():
        if count.what == what:
            found[count.name] += number
    shown = suppressed({name: max(0, number) for name, number in found.items()})
    # By name where the number is hidden: their order would tell which is the smaller.
    order = sorted(shown, key=lambda name: (-(shown[name] or 0), name))
    return {name: {WHOLE: shown[name]} for name in order}


def _understood(numbers: Mapping[Count, int], kind: str, keys: list[str]) -> Cells:
    """Answers, and how many of them meant "not understood", a hand-off or a cry for help."""
    columns: dict[str, dict[str, Optional[int]]] = {}
    for what in ("turn", "not_understood", "handoff", "crisis"):
        found = dict.fromkeys(keys, 0)
        for count, number in numbers.items():
            if count.what == what:
                found[getattr(count, kind)] = found.get(getattr(count, kind), 0) + number
        columns[what] = suppressed(found)
    cells: Cells = {}
    for key in keys:
        row = {WHOLE: columns["turn"][key]}
        for what in ("not_understood", "handoff", "crisis"):
            row[what] = columns[what].get(key)
        asked, lost = row[WHOLE], row["not_understood"]
        row["share"] = round(100 * lost / asked) if asked and lost is not None else None
        cells[key] = row
    return cells


def _spans(spans: Iterable[Span]) -> Cells:
    """Median and 90th percentile in minutes; of fewer than five nothing."""
    found: dict[str, list[int]] = {}
    for span in spans:
        found.setdefault(span.what, []).append(span.seconds)
    cells: Cells = {}
    for what in ("waited", "gave_up", "answered"):
        seconds = sorted(found.get(what, []))
        shown = len(seconds) >= FEWEST
        cells[what] = {
            WHOLE: len(seconds) if shown else None,
            "median": _minutes(seconds, 0.5) if shown else None,
            "p90": _minutes(seconds, 0.9) if shown else None,
        }
    return cells if any(found.values()) else {}


def _minutes(seconds: list[int], share: float) -> int:
    """The smallest of the times that so large a share does not exceed, in whole minutes."""
    return round(seconds[max(0, math.ceil(share * len(seconds)) - 1)] / 60)


def _next(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
