"""Services that fit a person, by the directory's own search, each with its reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Iterable, Optional, Sequence

from bot.desk.triage._people import Home, of_whom
from knowledge import Knowledge, Language, Match, Place

#: Shown at the most; of the first need, and of each further one.
MOST, _OF_FIRST, _OF_NEXT = 5, 3, 2
#: Needs for which a child's age decides, and those where it matters who lives together.
_OF_CHILD = frozenset({"childcare", "homework_help", "youth_house", "street_sport"})
_AT_HOME = frozenset({"emergency_housing", "winter_shelter"})


@dataclass(frozen=True)
class Fitting:
    """A service, the need it answers and the reasons as keys (docs/triage.md), `words` in words."""

    match: Match
    need: str
    reasons: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.match.service.id

    def words(self, language: Language) -> tuple[str, ...]:
        """The directory's own sentences: the area served, and what perhaps does not fit."""
        return self.match.words[language]


def fitting(
    knowledge: Knowledge,
    needs: Sequence[str],
    *,
    place: Optional[Place],
    ages: list[float],
    household: Optional[Home],
    at: datetime,
) -> list[Fitting]:
    """Up to five services, the best first: those of the first need before those of the next."""
    ranked = []
    for need in needs:
        age = of_whom(ages, child=need in _OF_CHILD)
        # A pregnant woman may be taken as a woman and as a family: neither is ruled out.
        lives = household if need in _AT_HOME and household != "pregnant" else None
        matches = knowledge.find(need, place=place, age=age, household=lives, at=at)
        if place is None and "place" in knowledge.needs[need].ask:
            # Nobody knows where: first those who help, or know who does, in the whole country.
            matches.sort(key=lambda m: not m.service.serves.national)
        matches.sort(key=lambda m: not m.fits)
        ranked.append([_fitting(knowledge, need, m, age, at) for m in matches])
    chosen: dict[str, Fitting] = {}
    _take(chosen, ranked, [_OF_FIRST, *[_OF_NEXT] * (len(ranked) - 1)])
    _take(chosen, ranked, [MOST] * len(ranked))
    return list(chosen.values())[:MOST]


def _take(chosen: dict[str, Fitting], ranked: Iterable[list[Fitting]], most: list[int]) -> None:
    for services, number in zip(ranked, most):
        for service in [s for s in services if s.id not in chosen][:number]:
            chosen[service.id] = service


def _fitting(
    knowledge: Knowledge, need: str, match: Match, age: Optional[float], at: datetime
) -> Fitting:
    service = match.service
    opening = knowledge.opening(service, at=at)
    state = {True: "open_now", False: "closed_now", None: "hours_unknown"}[opening.open_now]
    contact = [f for name in ("phone", "address", "email") for f in service.facts.get(name)]
    reasons = [f"need:{need}", f"area:{match.reason}"]
    if match.distance_km is not None and match.reason in ("commune", "near"):
        reasons.append(f"distance_km:{round(match.distance_km)}")
    if age is not None and service.serves.ages is not None and "age" not in match.misfits:
        reasons.append("age_fits")
    reasons += [f"unsure:{misfit}" for misfit in match.misfits]
    reasons.append(state)
    reasons.append("confirmed" if any(f.confirmed for f in contact) else "to_confirm")
    return Fitting(match, need, tuple(reasons))
