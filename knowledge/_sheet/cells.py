"""The cells of one row, and what is wrong with them."""

from dataclasses import dataclass, field
from typing import Any, Mapping

from knowledge._sheet.columns import Cells, Row, plain

#: A value of a fact without its source: value, and words or opening_hours where it has them.
Value = dict[str, Any]


@dataclass(frozen=True)
class BadCell:
    """The cell of column `column` is wrong; `key` of the reason in the catalogue and its gaps."""

    column: str
    key: str
    gaps: Mapping[str, object]


@dataclass
class RowCells:
    """The cells of a row, those the export would write now, and what was found wrong.

    `all_confirmed`: somebody says that everything in the row is right.
    """

    row: Row
    new: Cells
    old: Cells
    all_confirmed: bool = False
    bad: list[BadCell] = field(default_factory=list)

    def changed(self, key: str) -> bool:
        return plain(self.new[key]) != plain(self.old[key])

    def report(self, column: str, key: str, **gaps: object) -> None:
        self.bad.append(BadCell(column, key, gaps))
