"""The shape of the knowledge base: what a file may say, and nothing more.

Every class is read from YAML by `_load`; unknown keys and wrong types are errors.
"""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, Mapping, Optional

from pydantic import Field, create_model, root_validator, validator

from knowledge._facts import (
    Ages,
    Fact,
    Facts,
    Point,
    Record,
    Reliability,
    Words,
    computable,
)
from knowledge._languages import LANGUAGES, Language

#: With whom a person lives, as far as services ask for it. `family`: with children.
Household = Literal["woman", "man", "couple", "family"]


class Serves(Record):
    """Whom a service is for: the whole country, or communes and quarters (place ids), and ages.

    `residents`: only for people who live in these communes; `households`: only for these. Both
    empty where no fact says so.
    """

    national: bool = False
    communes: tuple[str, ...] = ()
    quarters: tuple[str, ...] = ()
    ages: Optional[Ages] = None
    residents: tuple[str, ...] = ()
    households: tuple[Household, ...] = ()

    @root_validator(skip_on_failure=True)
    def _somewhere(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not (values["national"] or values["communes"]):
            raise ValueError("name the communes it serves, or national: true")
        return values


class SpecialDays(Record):
    """Days, `from` and `to` included, on which the regular hours do not hold.

    Closed, unless `opening_hours` says otherwise. `to` null: until further notice.
    """

    start: date = Field(alias="from")
    end: Optional[date] = Field(default=None, alias="to")
    opening_hours: Optional[str] = None
    reason: Words

    @validator("start", "end", pre=True)
    def _a_day(cls, value: Any) -> Any:
        # Without this a bare number would be read as seconds since 1970.
        if value is not None and not re.fullmatch(r"20\d\d-\d\d-\d\d", str(value)):
            raise ValueError(f"'{value}' is no day, as in 2026-12-24")
        return value

    @validator("opening_hours")
    def _computable(cls, value: Optional[str]) -> Optional[str]:
        return value and computable(value)

    @root_validator(skip_on_failure=True)
    def _ordered(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["end"] is not None and values["end"] < values["start"]:
            raise ValueError("`to` is before `from`")
        return values

    def hold(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


class Alert(Record):
    """A short-term notice, shown from the day `from` (null: at once) to the day `until`."""

    text: Words
    start: Optional[date] = Field(default=None, alias="from")
    until: date

    @validator("start", "until", pre=True)
    def _a_day(cls, value: Any) -> Any:
        return SpecialDays._a_day(value)

    @root_validator(skip_on_failure=True)
    def _ordered(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["start"] is not None and values["until"] < values["start"]:
            raise ValueError("`until` is before `from`")
        return values

    def holds(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and day <= self.until


#: What a service told of its places. `waiting_list`: full, but one can be put on a list.
Availability = Literal["free", "waiting_list", "full"]
_WORTH = timedelta(days=7)


class Capacity(Record):
    """What a service told of its places on the day `told_on`: worth something for a week.

    `free_places`: how many, where that was told. For those who refer people, not for visitors.
    """

    availability: Optional[Availability] = None
    free_places: Optional[int] = Field(default=None, ge=1, le=999)
    told_on: Optional[date] = None

    @validator("told_on", pre=True)
    def _a_day(cls, value: Any) -> Any:
        return SpecialDays._a_day(value)

    @root_validator(skip_on_failure=True)
    def _whole(cls, values: dict[str, Any]) -> dict[str, Any]:
        # Optional one by one, so that the form can leave all of it empty.
        if values["availability"] is None or values["told_on"] is None:
            raise ValueError("field required: `availability` and `told_on`")
        if values["free_places"] is not None and values["availability"] != "free":
            raise ValueError("`free_places` belongs to `availability: free`")
        return values

    def holds(self, day: date) -> bool:
        """Whether it was told in the week before; nothing told for a later day counts yet."""
        return self.told_on is not None and timedelta(0) <= day - self.told_on <= _WORTH


class Retired(Record):
    """Since when an entry is no longer shown, and why. It stays in its file."""

    since: date
    reason: str = Field(min_length=1)

    @validator("since", pre=True)
    def _a_day(cls, value: Any) -> Any:
        return SpecialDays._a_day(value)


#: Whether the regular hours hold on public holidays.
Holidays = Literal["open", "closed", "unknown"]


class Entry(Record):
    """What services and helplines have in common."""

    holidays: Holidays = "unknown"
    exceptions: tuple[SpecialDays, ...] = ()
    alerts: tuple[Alert, ...] = ()
    retired: Optional[Retired] = None
    facts: Facts


class Service(Entry):
    """One service of the association (`operator: inter-actions`) or of another body (`partner`)."""

    id: str = Field(regex=r"^[a-z0-9][a-z0-9-]*$")
    operator: Literal["inter-actions", "partner"]
    type: str
    name: Words
    description: Words
    needs: tuple[str, ...]
    crisis: tuple[str, ...] = ()
    serves: Serves
    founded: Optional[int] = None
    same_service_as: Optional[str] = None
    capacity: Optional[Capacity] = None
    note: Optional[str] = None


#: The type of a helpline that is read as a service; `types.yml` has no such type.
HELPLINE = "helpline"


class Helpline(Entry):
    """A number that answers people in distress or with questions."""

    id: str = Field(regex=r"^[a-z0-9][a-z0-9-]*$")
    name: Words
    description: Words
    languages: tuple[str, ...] = ()
    note: Optional[str] = None

    def as_service(self, needs: tuple[str, ...] = ()) -> Service:
        """The same read as a service for the whole country, where both are shown alike."""
        return Service(
            id=self.id,
            operator="partner",
            type=HELPLINE,
            name=self.name,
            description=self.description,
            needs=needs,
            serves=Serves(national=True),
            note=self.note,
            **{name: getattr(self, name) for name in Entry.__fields__},
        )


class ServiceType(Record):
    """A kind of service. `ages` is a rule of thumb for ranking only, and is never shown."""

    label: Words
    ages: Optional[Ages] = None
    general: Mapping[str, tuple[Fact, ...]] = {}


class Need(Record):
    """How one need is answered.

    `ask`: what decides between services, asked one at a time when it is not known.
    `first`: services to name before the others. `helplines`: shown besides the services.
    `distress`: one acknowledging sentence goes first.
    `for_parents`: services and helplines for who worries about a child of theirs.
    `urgent`: cannot wait until the morning; at night services that are open go first.
    """

    label: Words
    distress: bool = False
    urgent: bool = False
    ask: tuple[Literal["place", "age"], ...] = ()
    first: tuple[str, ...] = ()
    helplines: tuple[str, ...] = ()
    for_parents: tuple[str, ...] = ()


class Worry(Record):
    """Who helps with what no service is there for: helplines, services and partners by id."""

    helplines: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class Place(Record):
    """A commune, a quarter of Luxembourg City, or another locality.

    `fr` is the canonical name, which also stands for a language without one of its own;
    `short` (default: the name itself) is what people say.
    `parts`: ids of the places this one covers ("Bonnevoie" is two official quarters).
    """

    id: str = Field(regex=r"^[a-z0-9][a-z0-9-]*$")
    kind: Literal["commune", "quarter", "locality"]
    fr: str
    de: str
    lb: str
    short: Optional[Words] = None
    other_names: tuple[str, ...] = ()
    names_source: str
    commune: Optional[str] = None
    canton: Optional[str] = None
    code: Optional[str] = None
    point: Optional[Point] = None
    point_source: Optional[str] = None
    parts: tuple[str, ...] = ()

    def in_(self, language: Language) -> str:
        name: str = getattr(self, language, self.fr)
        return self.short.in_(language) if self.short else name


class SocialOffice(Record):
    """Which social office serves which communes (place ids)."""

    seat: str
    communes: tuple[str, ...]
    partner: Optional[str] = None
    source: str
    date: Optional[str] = None
    reliability: Reliability
    confirmed: bool


if TYPE_CHECKING:
    _Lists = Record
else:
    _Lists = create_model(
        "_Lists", __base__=Record, **dict.fromkeys(LANGUAGES, (tuple[str, ...], ...))
    )


class Texts(_Lists):
    """Several words or phrases in each language of `languages.yml`."""

    def all(self) -> tuple[str, ...]:
        return tuple(text for code in LANGUAGES for text in getattr(self, code))


class SearchWords(Record):
    """What the search knows besides the entries: small words to ignore, and other names.

    `also`: how people call a need, a crisis or an entry, by its id.
    """

    ignored: Texts
    also: Mapping[str, Texts]
