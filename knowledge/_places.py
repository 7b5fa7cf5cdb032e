"""Where places are: points, distances, and the commune a place lies in."""

from math import asin, cos, radians, sin, sqrt
from typing import Mapping, Optional

from knowledge._facts import Point
from knowledge._model import Place, Service

_EARTH_KM = 6371.0


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance (haversine formula)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def points(place: Place, places: Mapping[str, Place]) -> list[Point]:
    """Where a place is: its own point, or those of the places it covers. `places`: by id."""
    own = [place.point] if place.point else [places[i].point for i in place.parts]
    return [point for point in own if point]


def own_point(service: Service) -> Optional[Point]:
    """Where a service itself is, when that is known."""
    for fact in service.facts.get("coordinates"):
        latitude, longitude = map(float, fact.value.split(","))
        return Point(lat=latitude, lon=longitude)
    return None


def commune_of(place: Place) -> Optional[str]:
    """The id of the commune a place is, or is in."""
    return place.id if place.kind == "commune" else place.commune
