"""The knowledge base in memory: the one object the rest of the project asks."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator, Optional

from knowledge._card import Card, Cards
from knowledge._errors import InvalidKnowledge, UnknownId
from knowledge._find import Finder, Match
from knowledge._load import Files, check
from knowledge._model import Fact, Helpline, Language, Need, Place, Service, SocialOffice
from knowledge._wording import Wording

FOLDER = Path(__file__).parent


class Knowledge:
    """Services, helplines, needs and places, checked. Build it with `load()`."""

    def __init__(self, files: Files, wording: Wording) -> None:
        assert files.association is not None
        self.association: Service = files.association
        self.services: dict[str, Service] = files.services
        self.partners: dict[str, Service] = files.partners
        self.helplines: dict[str, Helpline] = files.helplines
        self.needs: dict[str, Need] = files.needs
        self.places: dict[str, Place] = files.places
        self.social_offices: list[SocialOffice] = files.social_offices
        self.words = wording
        self._crisis = files.crisis
        self._types = files.types
        general = {name: dict(kind.general) for name, kind in files.types.items()}
        self._cards = Cards(wording, general)
        self._finder = Finder(self.places, {n: k.ages for n, k in files.types.items() if k.ages})

    def all_services(self) -> Iterator[Service]:
        """The association's services, those of partners, and the association itself."""
        yield from self.services.values()
        yield from self.partners.values()
        yield self.association

    def service(self, name: str) -> Service:
        """Details of one service, partner or the association itself. Raises UnknownId."""
        if name == self.association.id:
            return self.association
        found = self.services.get(name) or self.partners.get(name)
        if found is None:
            raise UnknownId(name)
        return found

    def place(self, name: str) -> Place:
        """A place by its id or its canonical (French) name. Raises UnknownId."""
        found = self.places.get(name) or next(
            (p for p in self.places.values() if p.fr == name), None
        )
        if found is None:
            raise UnknownId(name)
        return found

    def find(
        self, need: str, *, place: Optional[Place] = None, age: Optional[float] = None
    ) -> list[Match]:
        """Services for a need, best first. Raises UnknownId for a need nobody defined.

        A service listed twice under one name (`same_service_as`) appears once, at its nearer
        place; services whose known ages exclude the person come last.
        """
        if need not in self.needs:
            raise UnknownId(need)
        first = self.needs[need].first
        matches = self._finder.rank(
            self.all_services(), need=need, first=first, place=place, age=age
        )
        once: dict[str, Match] = {}
        for match in matches:
            once.setdefault(match.service.same_service_as or match.service.id, match)
        return list(once.values())

    def crisis_lines(self, crisis: str, *, at: datetime) -> list[Helpline]:
        """The helplines for a crisis: the file's order, those known to be closed now last."""
        if crisis not in self._crisis:
            raise UnknownId(crisis)
        lines = [self.helplines[name] for name in self._crisis[crisis]]
        closed = [self._cards.helpline(line, "fr", at)["open_now"] is False for line in lines]
        return [line for _, line in sorted(zip(closed, lines), key=lambda pair: pair[0])]

    def service_card(
        self, service: Service, language: Language, *, at: datetime, place: Optional[Place] = None
    ) -> Card:
        """The contract's `service` message."""
        where = place.in_(language) if place else self.where(service, language)
        return self._cards.service(service, language, at, where)

    def helpline_card(self, helpline: Helpline, language: Language, *, at: datetime) -> Card:
        """The contract's `helpline` message."""
        return self._cards.helpline(helpline, language, at)

    def where(self, service: Service, language: Language) -> Optional[str]:
        """The quarters or communes a service is for, in words; None for the whole country."""
        ids = service.serves.quarters or service.serves.communes
        return ", ".join(self.places[i].in_(language) for i in ids) or None

    def text(self, service: Service, field: str, language: Language) -> Optional[str]:
        """One field of a service in words, with its notice; None when it is unknown."""
        if field == "eligibility":
            return self._cards.who(service, language)
        return self._cards.text(service, field, language)

    def evidence(self, service: Service, field: str) -> tuple[Fact, ...]:
        """The facts behind one field as it is shown: the service's own, else its type's."""
        return service.facts.get(field) or self._cards.general(service, field)

    def reachable(self, service: Service) -> bool:
        """Whether any way to reach the service itself is known (phone, e-mail or address)."""
        return any(service.facts.get(f) for f in ("phone", "email", "address"))

    def gaps(self) -> dict[str, Any]:
        """For the audit: per service of the association, which facts are missing or flagged."""
        fields = ("address", "phone", "email", "hours")
        return {
            s.id: {
                "missing": [f for f in fields if not s.facts.get(f)],
                "to_confirm": [f for f in fields if any(not x.confirmed for x in s.facts.get(f))],
            }
            for s in self.services.values()
        }


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> Knowledge:
    """Reads and checks a knowledge folder; the same folder is read once per process.

    Raises InvalidKnowledge with every problem (file, line, field) when anything is wrong.
    """
    files = Files(folder)
    problems = list(files.problems)
    if not problems:
        problems = check(files)
    wording = None
    try:
        wording = Wording(folder / "wording")
    except InvalidKnowledge as error:
        problems += error.problems
    if problems or wording is None:
        raise InvalidKnowledge(problems)
    return Knowledge(files, wording)
