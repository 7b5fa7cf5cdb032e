"""What the search counts with: entries, words that are wanted, and what being near is worth."""

from dataclasses import dataclass
from math import cos, log, radians
from typing import Mapping, Optional

from knowledge._facts import Point

#: How near an entry is: in the place itself, in its commune, for the whole country, or elsewhere,
#: where nearness fades to a third with every so many kilometres.
HERE, COMMUNE, NATIONAL, ELSEWHERE, FADES_KM = 1.0, 0.95, 0.75, 0.6, 10.0
#: Sums that are the same to so many decimals are equal; the key decides then.
DECIMALS = 3
_LEAST = 0.3
_KM_PER_DEGREE = 111.2
_SOUTH, _WEST = 49.4, 5.7


@dataclass(frozen=True)
class Entry:
    """What an engine keeps of one entry.

    `terms`: folded words with their weights, 0 to about 1. `places` are the ids of the quarters,
    or else the communes, it is for; `communes` the communes; `points` kilometres east and north.
    `bonus` decides between equals.
    """

    key: str
    terms: Mapping[str, float]
    bonus: float = 0.0
    national: bool = False
    places: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Wanted:
    """One word of a query: the known words it may mean, with how well each fits, and its weight."""

    forms: Mapping[str, float]
    weight: float


@dataclass(frozen=True)
class Where:
    """A place near to what is looked for. `only`: nothing besides it was asked."""

    places: frozenset[str]
    commune: Optional[str]
    point: Optional[tuple[float, float]]
    weight: float
    only: bool = False


#: Known words that may be meant by a typed one: how well each fits, and how rare it is (0 to 1).
Forms = Mapping[str, tuple[float, float]]


def kilometres(point: Point) -> tuple[float, float]:
    """East and north of the country's corner; straight lines are right to a few metres here."""
    east = (point.lon - _WEST) * _KM_PER_DEGREE * cos(radians(49.75))
    return round(east, 3), round((point.lat - _SOUTH) * _KM_PER_DEGREE, 3)


def rarity(entries: int, of: int) -> float:
    """How much a word says that stands in so many entries: 1 in one of them, least in all."""
    return _LEAST + (1 - _LEAST) * log(1 + of / entries) / log(1 + of)
