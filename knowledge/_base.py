"""The knowledge base in memory: the one object the rest of the project asks."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Iterator, Literal, Optional

from knowledge._card import Card, Cards
from knowledge._clock import local
from knowledge._errors import InvalidKnowledge, UnknownId
from knowledge._facts import Fact
from knowledge._find import Finder, Match, Person
from knowledge._hours import Opening
from knowledge._languages import LANGUAGES, Language
from knowledge._load import Files, check
from knowledge._model import (
    Entry,
    Helpline,
    Household,
    Need,
    Place,
    Service,
    ServiceType,
    SocialOffice,
    Worry,
)
from knowledge._office import Office, office
from knowledge._overlay import NOTHING_LAID, Overlay
from knowledge._places import commune_of
from knowledge._reasons import Reasons
from knowledge._search_index import Keep
from knowledge._search_kept import KeptSearch
from knowledge._wording import Wording

FOLDER = Path(__file__).parent
#: Hours of the clock that are night: who needs help now cannot wait for the day.
_NIGHT_BEGINS, _NIGHT_ENDS = 22, 6


@dataclass(frozen=True)
class SearchHit:
    """An entry that was found: `id` of a service (partners included) or of a helpline.

    `score`: about 1 when all that was asked is in its name, less the less of it was found.
    `place`: the quarters or communes it is for, in words; None for the whole country.
    """

    kind: Literal["service", "helpline"]
    id: str
    name: str
    summary: str
    place: Optional[str]
    score: float


class Knowledge:
    """Services, helplines, needs and places, checked. Build it with `load()`."""

    def __init__(self, files: Files, wording: Wording) -> None:
        assert files.association is not None
        self.folder: Path = files.folder
        self.association: Service = files.association
        self.services: dict[str, Service] = files.services
        self.partners: dict[str, Service] = files.partners
        self.helplines: dict[str, Helpline] = files.helplines
        self.needs: dict[str, Need] = files.needs
        self.places: dict[str, Place] = files.places
        self.social_offices: list[SocialOffice] = files.social_offices
        self.words = wording
        self.crisis: dict[str, list[str]] = files.crisis
        self.worries: dict[str, Worry] = files.worries
        #: What is no longer shown, by "services/<id>", "partners/<id>" or "helplines/<id>".
        self.retired: dict[str, Entry] = files.retired
        self.types: dict[str, ServiceType] = files.types
        #: When an entry, or what all entries share, was last changed; by entry id.
        self.modified: dict[str, datetime] = files.modified()
        self._searching = KeptSearch(files, self.places)
        general = {name: dict(kind.general) for name, kind in files.types.items()}
        self._cards = Cards(wording, general)
        self._finder = Finder(self.places, {n: k.ages for n, k in files.types.items() if k.ages})
        self._reasons = Reasons(wording, self.places, files.types)

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
        self,
        need: str,
        *,
        place: Optional[Place] = None,
        age: Optional[float] = None,
        household: Optional[Household] = None,
        at: Optional[datetime] = None,
    ) -> list[Match]:
        """Services for a need, best first, never none. Raises UnknownId for an unknown need.

        A service listed twice under one name (`same_service_as`) appears once, at its nearer
        place. Services that a confirmed fact closes to the person are left out; those that
        perhaps do not fit come last. `at`: for an urgent need at night, of the services that are
        as near, the surely open ones go first, and the closed ones behind their like.
        """
        if need not in self.needs:
            raise UnknownId(need)
        person = Person(place, age, household)
        about = self.needs[need]
        sleeps = {}
        if about.urgent and at is not None and _is_night(at):
            sleeps = {s.id: self._sleeps(s, at) for s in self.all_services() if need in s.needs}
        matches = self._finder.rank(
            self.all_services(),
            person,
            need=need,
            first=about.first,
            sleeps=lambda service: sleeps.get(service.id, 0),
        )
        once: dict[str, Match] = {}
        for match in matches:
            once.setdefault(match.service.same_service_as or match.service.id, match)
        found = list(once.values()) or [Match(self.fallback(place), "ask")]
        near = [m for m in found if m.reason == "near" and m.distance_km is not None and m.fits]
        nearest = min(near, key=lambda m: m.distance_km or 0.0, default=None)
        marked = [replace(m, nearest=m is nearest) for m in found]
        return [replace(m, words=self._reasons.of(m, person)) for m in marked]

    def fallback(self, place: Optional[Place]) -> Service:
        """Who helps to find help: the social office of the commune, else the association."""
        commune = commune_of(place) if place else None
        offices = (o.partner for o in self.social_offices if commune in o.communes and o.partner)
        office = next(offices, None)
        return self.partners[office] if office else self.association

    def opening(self, entry: Entry, *, at: datetime) -> Opening:
        """Whether a service or helpline is open, in words. A naive time is Luxembourg's."""
        return self._cards.hours.opening(entry, at)

    def office(self, *, at: datetime) -> Office:
        """Whether the association's office is open, as far as its hours are known."""
        return office(self.opening(self.association, at=at), at)

    def notices(self, entry: Entry, language: Language, *, at: datetime) -> list[str]:
        """Alerts that hold, and exceptions that hold or begin soon, in words."""
        return self._cards.hours.notices(entry, at, language)

    def exceptions(self, entry: Entry, language: Language, *, at: datetime) -> list[str]:
        """Every exception that is not over, in words."""
        return self._cards.hours.exceptions(entry, at, language)

    def search(
        self,
        text: str,
        *,
        language: Optional[Language] = None,
        place: Optional[Place] = None,
        limit: Optional[int] = 10,
        every_word: bool = False,
    ) -> list[SearchHit]:
        """Services, partners and helplines by words, best first; empty when nothing fits.

        Words of all three languages are searched at once, misspelt ones too. `language` is that
        of the hits' texts. `place` (or else one named in the text) ranks, it does not exclude:
        what is nearer comes first. Any text is allowed. `limit` None: every hit. `every_word`:
        only what has all the words that say something; a place then does exclude.
        """
        shown = language or LANGUAGES[0]
        hits = []
        for key, score in self._searching.find(text, place, limit, every_word=every_word):
            kind, _, name = key.partition("/")
            entry = self.helplines[name] if kind == "helpline" else self.service(name)
            where = None if isinstance(entry, Helpline) else self.where(entry, shown)
            title, summary = entry.name.in_(shown), entry.description.in_(shown)
            hits.append(SearchHit(kind, name, title, summary, where, score))  # type: ignore[arg-type]
        return hits

    def keep_search(self, keep: Keep) -> None:
        """From now on what `search` reads is where `keep` puts it; in memory when it cannot."""
        self._searching.keep(keep)

    def place_named(self, name: str) -> Place:
        """A place by its id or its name in any language. Raises UnknownId."""
        found = self._searching.place(name)
        if found is None:
            raise UnknownId(name)
        return found

    def crisis_lines(self, crisis: str, *, at: datetime) -> list[Helpline]:
        """The helplines for a crisis, as `_awake_first` orders them. Raises UnknownId."""
        if crisis not in self.crisis:
            raise UnknownId(crisis)
        return self._awake_first([self.helplines[name] for name in self.crisis[crisis]], at)

    def need_lines(self, need: str, *, at: datetime) -> list[Helpline]:
        """The helplines shown with a need, as `_awake_first` orders them. Raises UnknownId."""
        if need not in self.needs:
            raise UnknownId(need)
        return self._awake_first([self.helplines[name] for name in self.needs[need].helplines], at)

    def worry_lines(self, worry: str, *, at: datetime) -> list[Helpline]:
        """The helplines for a worry, those closed at the moment last. Raises UnknownId."""
        if worry not in self.worries:
            raise UnknownId(worry)
        lines = [self.helplines[name] for name in self.worries[worry].helplines]
        return sorted(lines, key=lambda line: self.opening(line, at=at).open_now is False)

    def _awake_first(self, lines: list[Helpline], at: datetime) -> list[Helpline]:
        """The first one is known to answer now, if any does; the closed ones come last.

        Between these the file's order holds, because it says who is best for the matter.
        """
        answers = {line.id: self.opening(line, at=at).open_now for line in lines}
        first = next((line for line in lines if answers[line.id]), None)
        return sorted(lines, key=lambda line: (line is not first, answers[line.id] is False))

    def _sleeps(self, service: Service, at: datetime) -> int:
        """0: surely open, 1: not known, 2: no use at this hour. Flagged hours are not sure."""
        state = self.opening(service, at=at)
        if state.open_now is False or state.kind == "appointment":
            return 2
        return 0 if state.open_now and state.confirmed else 1

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

    def text(
        self, service: Service, field: str, language: Language, *, at: datetime
    ) -> Optional[str]:
        """One field of a service in words, with its notice; None when it is unknown."""
        if field == "eligibility":
            return self._cards.who(service, language, at)
        return self._cards.text(service, field, language, at)

    def notice(self, fact: Fact, language: Language, *, at: datetime) -> str:
        """What goes with a fact: "to be confirmed" with its year, "as of" when old, or nothing."""
        return self._cards.notice(fact, language, at)

    def with_notice(self, fact: Fact, language: Language, *, at: datetime) -> str:
        """The text of a fact, with its notice."""
        return self._cards.with_notice(fact, language, at)

    def link_notice(self, field: str, fact: Fact, language: Language, *, at: datetime) -> str:
        """The notice of an e-mail or website as a sentence of its own, or nothing."""
        return self._cards.link_notice(field, fact, language, at)

    def evidence(self, service: Service, field: str) -> tuple[Fact, ...]:
        """The facts behind one field as it is shown: the service's own, else its type's."""
        return service.facts.get(field) or self._cards.general(service, field)

    def reachable(self, service: Service) -> bool:
        """Whether any way to reach the service itself is known (phone, e-mail or address)."""
        return any(service.facts.get(f) for f in ("phone", "email", "address"))


def _is_night(at: datetime) -> bool:
    hour = local(at).hour
    return hour >= _NIGHT_BEGINS or hour < _NIGHT_ENDS


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> Knowledge:
    """Like `read`, but the same folder is read once per process."""
    return read(folder)


def read(folder: Path = FOLDER, overlay: Overlay = NOTHING_LAID) -> Knowledge:
    """Reads and checks a knowledge folder, with the entries of `overlay` instead of their files.

    Raises InvalidKnowledge with every problem (file, line, field) when anything is wrong.
    """
    files = Files(folder, overlay)
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
    files.hide_retired()
    return Knowledge(files, wording)
