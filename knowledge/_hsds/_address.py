"""Addresses as printed, taken apart; and the places their last words name."""

import re
from dataclasses import dataclass
from typing import Iterable, Mapping, Optional

from knowledge._facts import Point
from knowledge._model import Place
from knowledge._places import commune_of, points
from knowledge._words import fold

_PRINTED = re.compile(
    r"^(?P<street>[^;:]+?), L-(?P<postcode>\d{4}) (?P<city>[^,;:()]+?)(?P<rest> \([^()]+\))?$"
)
_CITY = re.compile(r"^(?P<street>[^;:]+?), (?P<city>[^,;:()]+?)(?: \((?P<inside>[^()]+)\))?$")


@dataclass(frozen=True)
class Address:
    """One address with all that HSDS requires. `whole`: nothing of the printed line is left out."""

    street: str
    postcode: str
    city: str
    canton: str
    whole: bool


class Gazetteer:
    """Finds the place a name means, and where it is."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = places
        self._by_name: dict[str, Place] = {}
        for kind in ("commune", "quarter", "locality"):
            for place in places.values():
                if place.kind == kind:
                    for name in (place.fr, place.de, place.lb, *place.other_names):
                        self._by_name.setdefault(fold(name), place)

    def named(self, name: str) -> Optional[Place]:
        """The place of this name; of "Luxembourg-Gare" the commune before the dash."""
        return self._by_name.get(fold(name)) or self._by_name.get(fold(name.partition("-")[0]))

    def commune(self, place: Place) -> Optional[Place]:
        """The commune a place is or lies in."""
        return self._places.get(commune_of(place) or "")

    def address(self, printed: str) -> Optional[Address]:
        """The printed address taken apart; None when a part that HSDS requires is missing."""
        found = _PRINTED.match(printed)
        place = self.named(found["city"]) if found else None
        commune = self.commune(place) if place else None
        if not found or not commune or not commune.canton:
            return None
        return Address(
            found["street"], found["postcode"], found["city"], commune.canton, not found["rest"]
        )

    def place_of(self, printed: str) -> Optional[Place]:
        """The place named at the end of a printed address."""
        found = _PRINTED.match(printed) or _CITY.match(printed)
        return self.named(found["city"]) if found else None

    def place(self, name: str) -> Place:
        """The place with this id."""
        return self._places[name]

    def points(self, places: Iterable[Place]) -> list[Point]:
        """Where these places are; a place without a point is where its parts are."""
        return [point for place in places for point in points(place, self._places)]
