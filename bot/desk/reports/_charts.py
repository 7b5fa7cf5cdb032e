"""Where the marks of a chart stand; the template draws them. Hidden numbers have no mark."""

from dataclasses import dataclass

from bot.desk.reports._figures import WHOLE, Table

#: Lengths in the units of the drawing.
LABEL, ROW, WIDE, HEAD = 230, 30, 430, 30
_MOST_COLUMNS = 14
#: A letter is about as wide.
_LETTER = 8


@dataclass(frozen=True)
class Mark:
    """A bar (`size` is its length) or a dot (`size` is its radius) with its middle at x, y."""

    x: float
    y: float
    size: float
    number: int


@dataclass(frozen=True)
class Chart:
    """`rows` and `columns`: keys with the place of their words. No columns: bars.

    `letters`: how many fit over a column.
    """

    rows: list[tuple[str, float]]
    columns: list[tuple[str, float]]
    marks: list[Mark]
    width: int
    height: float
    letters: int


def chart(table: Table) -> Chart:
    """Bars of a single column, or dots whose areas are as the numbers."""
    columns = [c for c in table.heads if c != WHOLE and c != "share"]
    if not columns or len(columns) > _MOST_COLUMNS:
        columns = [WHOLE]
    crossed = columns != [WHOLE]
    top = HEAD if crossed else 0
    rows = [(key, top + ROW * (n + 0.5)) for n, key in enumerate(table.cells)]
    step = WIDE / len(columns)
    places = [(key, LABEL + step * (n + 0.5)) for n, key in enumerate(columns)]
    shown = [n for cells in table.cells.values() for c in columns if (n := cells[c])]
    most = max(shown, default=1)
    marks = []
    for key, y in rows:
        for column, x in places:
            number = table.cells[key][column]
            if number is None:
                continue
            size = (number / most) ** 0.5 * (ROW / 2 - 2) if crossed else number / most * WIDE
            marks.append(Mark(x if crossed else LABEL, y, round(size, 1), number))
    width, height = LABEL + WIDE + 60, top + ROW * len(rows)
    return Chart(rows, places if crossed else [], marks, width, height, int(step // _LETTER))
