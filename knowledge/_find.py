"""Which services answer a need, nearest first, each with the reason it is there."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Iterable, Literal, Optional

from knowledge._model import Place, Point, Service

#: Why a service is offered, best first.
Reason = Literal["quarter", "commune", "national", "near", "somewhere"]
_ORDER: tuple[Reason, ...] = ("quarter", "commune", "national", "near", "somewhere")
_EARTH_KM = 6371.0


@dataclass(frozen=True)
class Match:
    """A service that answers a need.

    `distance_km` is a straight line between rough points: say "about". `place` is where the
    service is, for the reason in words. `fits_age` is False when its age range excludes the person.
    """

    service: Service
    reason: Reason
    distance_km: Optional[float] = None
    place: Optional[Place] = None
    fits_age: bool = True


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance (haversine formula)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


class Finder:
    """Ranks services. `places` by id; `first` are the services a need names before the others."""

    def __init__(self, places: dict[str, Place], type_ages: dict[str, "object"]) -> None:
        self._places = places
        self._type_ages = type_ages

    def rank(
        self,
        services: Iterable[Service],
        *,
        need: str,
        first: tuple[str, ...],
        place: Optional[Place],
        age: Optional[float],
    ) -> list[Match]:
        """All services for `need`, best first; those that do not fit the age come last."""
        matches = []
        for service in services:
            if need in service.needs:
                reason, km, where = self._where(service, place)
                matches.append(Match(service, reason, km, where, self._fits(service, age)))
        matches.sort(key=lambda m: self._key(m, need, first, place))
        return matches

    def _fits(self, service: Service, age: Optional[float]) -> bool:
        if age is None:
            return True
        ages = service.serves.ages or self._type_ages.get(service.type)
        return ages is None or bool(ages.fits(age))  # type: ignore[attr-defined]

    def _where(
        self, service: Service, place: Optional[Place]
    ) -> tuple[Reason, Optional[float], Optional[Place]]:
        serves = service.serves
        homes = [self._places[p] for p in serves.quarters or serves.communes]
        if place is None:
            return ("national" if serves.national else "somewhere"), None, _only(homes)
        covered = self._covered(serves.quarters)
        if covered & {place.id, *place.parts}:
            return "quarter", 0.0, place
        commune = place.id if place.kind == "commune" else place.commune
        km, home = self._nearest(homes, place)
        if commune in serves.communes:
            return "commune", km, home
        if serves.national:
            return "national", km, home
        return "near", km, home

    def _covered(self, ids: Iterable[str]) -> set[str]:
        return {part for i in ids for part in (i, *self._places[i].parts)}

    def _nearest(self, homes: list[Place], place: Place) -> tuple[Optional[float], Optional[Place]]:
        point = self._point(place)
        measured = [
            (distance_km(point, there), home)
            for home in homes
            if point and (there := self._point(home))
        ]
        return min(measured, key=lambda pair: pair[0]) if measured else (None, _only(homes))

    def _point(self, place: Place) -> Optional[Point]:
        if place.point:
            return place.point
        points = [p.point for i in place.parts if (p := self._places[i]).point]
        return points[0] if points else None

    def _key(
        self, match: Match, need: str, first: tuple[str, ...], place: Optional[Place]
    ) -> tuple[object, ...]:
        service = match.service
        # Without a place "national" and "somewhere" are equally near.
        near = _ORDER.index(match.reason) if place else 0
        rank = first.index(service.id) if service.id in first else len(first)
        named = place is not None and place.in_("fr").lower() in service.name.fr.lower()
        return (
            not match.fits_age,
            near if match.reason != "national" or rank == len(first) else 0,
            rank,
            service.operator != "inter-actions",
            match.distance_km if match.distance_km is not None else 1e6,
            not named,
            service.needs.index(need),
            service.id,
        )


def _only(homes: list[Place]) -> Optional[Place]:
    return homes[0] if homes else None
