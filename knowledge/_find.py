"""Which services answer a need, nearest first, each with the reason it is there."""

from dataclasses import dataclass, field
from typing import Callable, Iterable, Literal, Mapping, Optional

from knowledge._facts import Ages
from knowledge._languages import Language
from knowledge._model import Household, Place, Service
from knowledge._places import commune_of, distance_km, own_point, points

#: Why a service is offered, best first. `ask`: nobody fits, but these people know who does.
Reason = Literal["quarter", "commune", "national", "near", "somewhere", "ask"]
_ORDER: tuple[Reason, ...] = ("quarter", "commune", "national", "near", "somewhere", "ask")
#: Why a service perhaps does not fit.
Misfit = Literal["age", "residence", "household"]


@dataclass(frozen=True)
class Person:
    """What is known of who needs help. `place`: where they live, or look for help."""

    place: Optional[Place] = None
    age: Optional[float] = None
    household: Optional[Household] = None


@dataclass(frozen=True)
class Match:
    """A service that answers a need.

    `distance_km` is a straight line from the middle of the person's place to the service's own
    point or else the nearest place it serves: say "about". `place` is where the service is.
    `nearest` marks the nearest of those outside the person's commune. `misfits` says why it
    perhaps does not fit: by a rule of thumb, or by a fact still to be confirmed. `words`
    holds the reasons as sentences, the one for the area first.
    """

    service: Service
    reason: Reason
    distance_km: Optional[float] = None
    place: Optional[Place] = None
    misfits: tuple[Misfit, ...] = ()
    nearest: bool = False
    words: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        return not self.misfits


class Finder:
    """Ranks services. `places` by id; `type_ages`: rules of thumb by type."""

    def __init__(self, places: dict[str, Place], type_ages: Mapping[str, Ages]) -> None:
        self._places = places
        self._type_ages = type_ages

    def rank(
        self,
        services: Iterable[Service],
        person: Person,
        *,
        need: str,
        first: tuple[str, ...],
        sleeps: Callable[[Service], int],
    ) -> list[Match]:
        """The services for `need` that may fit the person, best first.

        Those that perhaps do not fit come last. Then the area served decides (quarter, commune,
        country, elsewhere), then whether it is surely open (`sleeps` 0), then whether it is one
        of `first` (the services a need names before the others), then how deep it sleeps, then
        the order in `first`. Elsewhere the distance decides before whose service it is.
        """
        matches = []
        for service in services:
            if need in service.needs:
                misfits = self._misfits(service, person)
                if misfits is not None:
                    where = self._where(service, person.place)
                    matches.append(Match(service, *where, misfits))
        matches.sort(key=lambda m: self._key(m, need, first, sleeps, person.place))
        return matches

    def _misfits(self, service: Service, person: Person) -> Optional[tuple[Misfit, ...]]:
        """Why the service perhaps does not fit; None when a confirmed fact excludes the person."""
        serves, facts = service.serves, service.facts
        conditions = any(f.confirmed for f in facts.in_use("eligibility"))
        sourced_age = any(f.confirmed for f in facts.in_use("age_range")) or (
            not facts.in_use("age_range") and conditions
        )
        ages = serves.ages or self._type_ages.get(service.type)
        commune = commune_of(person.place) if person.place else None
        tests: tuple[tuple[Misfit, bool, bool], ...] = (
            (
                "age",
                person.age is None or ages is None or ages.fits(person.age),
                sourced_age and serves.ages is not None,
            ),
            (
                "residence",
                commune is None or not serves.residents or commune in serves.residents,
                conditions,
            ),
            (
                "household",
                person.household is None
                or not serves.households
                or person.household in serves.households,
                conditions,
            ),
        )
        if any(sure and not fits for _, fits, sure in tests):
            return None
        return tuple(misfit for misfit, fits, _ in tests if not fits)

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
        commune = commune_of(place)
        km, home = self._nearest(service, homes, place)
        if commune in serves.communes:
            return "commune", km, home
        if serves.national:
            return "national", km, home
        return "near", km, home

    def _covered(self, ids: Iterable[str]) -> set[str]:
        return {part for i in ids for part in (i, *self._places[i].parts)}

    def _nearest(
        self, service: Service, homes: list[Place], place: Place
    ) -> tuple[Optional[float], Optional[Place]]:
        """How far the service is, and in which of its `homes`."""
        here = points(place, self._places)[:1]
        own = own_point(service)
        around = [own] if own else here
        measured = [
            (distance_km(point, there), home)
            for point in around
            for home in homes
            for there in points(home, self._places)[:1]
        ]
        km, home = min(measured, key=lambda pair: pair[0]) if measured else (None, _only(homes))
        if own:
            km = distance_km(here[0], own) if here else None
        return km, home

    def _key(
        self,
        match: Match,
        need: str,
        first: tuple[str, ...],
        sleeps: Callable[[Service], int],
        place: Optional[Place],
    ) -> tuple[object, ...]:
        service = match.service
        # Without a place "national" and "somewhere" are equally near.
        near = _ORDER.index(match.reason) if place else 0
        rank = first.index(service.id) if service.id in first else len(first)
        named = place is not None and place.in_("fr").lower() in service.name.fr.lower()
        km = match.distance_km if match.distance_km is not None else 1e6
        sleep = sleeps(service)
        return (
            not match.fits,
            near if match.reason != "national" or rank == len(first) else 0,
            sleep > 0,
            rank == len(first),
            sleep,
            rank,
            km if match.reason == "near" else 0,
            service.operator != "inter-actions",
            km,
            not named,
            service.needs.index(need),
            service.id,
        )


def _only(homes: list[Place]) -> Optional[Place]:
    return homes[0] if homes else None
