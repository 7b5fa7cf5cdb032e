"""The shape of the knowledge base: what a file may say, and nothing more.

Every class is read from YAML by `_load`; unknown keys and wrong types are errors.
"""

import re
from datetime import date
from enum import Enum
from typing import Any, Literal, Mapping, Optional

from opening_hours import validate
from pydantic import BaseModel, Extra, Field, root_validator, validator

Language = Literal["fr", "de", "lb"]
LANGUAGES: tuple[Language, ...] = ("fr", "de", "lb")

#: Facts a service can have. `null` in a file means: unknown, and is said so.
FACT_FIELDS = (
    "address",
    "phone",
    "email",
    "website",
    "hours",
    "languages",
    "age_range",
    "coordinates",
    "cost",
    "eligibility",
    "appointment",
)


#: Fields whose values add to each other.
_ADDING = ("hours", "cost", "eligibility", "appointment")


#: What the evaluating library accepts and computes otherwise than an editor means it.
_MISLEADING = (
    (re.compile(r"\bSH\b"), "school holidays (SH) cannot be computed: leave the hours in words"),
    (re.compile(r"(\b\d?\d:\d\d)-\1\b"), "a span must not end when it starts"),
    (re.compile(r"\d\+"), "an open end (+) cannot be computed: leave the hours in words"),
)


def computable(hours: str) -> str:
    """The text itself. Raises ValueError when it is no `opening_hours` text to compute with."""
    if not validate(hours):
        raise ValueError(f"'{hours}' is not in opening_hours syntax, as in Mo-Fr 08:00-17:00")
    for pattern, message in _MISLEADING:
        if pattern.search(hours):
            raise ValueError(f"'{hours}': {message}")
    return hours


class Record(BaseModel):
    """Base of all records: strict about keys, unchangeable once read."""

    class Config:
        extra = Extra.forbid
        frozen = True
        anystr_strip_whitespace = True


class Words(Record):
    """The same text in each language; none may be empty."""

    fr: str = Field(min_length=1)
    de: str = Field(min_length=1)
    lb: str = Field(min_length=1)

    def in_(self, language: Language) -> str:
        text: str = getattr(self, language)
        return text


class Point(Record):
    """A place on the map, WGS 84 degrees, inside the bounding box of Luxembourg."""

    lat: float = Field(ge=49.4, le=50.2)
    lon: float = Field(ge=5.7, le=6.6)


class Reliability(str, Enum):
    """Who said it: see the README of the facts."""

    official = "official"
    press = "press"
    public_code = "public_code"


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
        return False
    try:
        date(*[*map(int, value.split("-")), 1, 1][:3])
    except ValueError:
        return False
    return True


class Fact(Record):
    """One value with where it was read.

    `confirmed` false: shown only with "to be confirmed" and `year` (null: the source shows
    no date). `contradicted`: sources disagree; shown only together with all the others, or
    not at all when another entry of the field is a `safe_part`.
    `opening_hours`: the same hours in OpenStreetMap syntax, when the value can be computed with.
    `season`: the days of the year on which the hours hold, in the same syntax, without times.
    `only`: on an appointment: nobody is received without one.
    `date`: of the source, as much as it shows (2024, 2024-03 or 2024-03-15).
    `superseded`: who replaced or withdrew the value, and when; such a fact is kept, never shown.
    """

    value: str = Field(min_length=1)
    words: Optional[Words] = None
    opening_hours: Optional[str] = None
    season: Optional[str] = None
    only: bool = False
    source: str = Field(min_length=1)
    date: Optional[str] = None
    year: Optional[int] = Field(default=None, ge=1979, le=2100)
    reliability: Reliability
    confirmed: bool
    contradicted: bool = False
    safe_part: bool = False
    superseded: Optional[str] = None
    note: Optional[str] = None

    @validator("date")
    def _a_day(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and not _is_date(value):
            raise ValueError(f"'{value}' is no date: write 2024, 2024-03 or 2024-03-15")
        return value

    @validator("year")
    def _of_the_date(cls, value: Optional[int], values: dict[str, Any]) -> Optional[int]:
        day = values.get("date")
        if day and value and int(day[:4]) != value:
            raise ValueError(f"{value} is not the year of the date {day}")
        return value

    @validator("opening_hours")
    def _computable(cls, value: Optional[str]) -> Optional[str]:
        return value and computable(value)

    @validator("season")
    def _days(cls, value: Optional[str]) -> Optional[str]:
        if value and (":" in value or "/" in value):
            raise ValueError(f"'{value}' must name days only, as in Nov 15-Apr 15")
        return value and computable(value)

    def in_(self, language: Language) -> str:
        return self.words.in_(language) if self.words else self.value


class Facts(Record):
    """All facts of one entry. A field that is null is unknown."""

    address: Optional[tuple[Fact, ...]]
    phone: Optional[tuple[Fact, ...]]
    email: Optional[tuple[Fact, ...]]
    website: Optional[tuple[Fact, ...]]
    hours: Optional[tuple[Fact, ...]]
    languages: Optional[tuple[Fact, ...]]
    age_range: Optional[tuple[Fact, ...]]
    coordinates: Optional[tuple[Fact, ...]]
    cost: Optional[tuple[Fact, ...]]
    eligibility: Optional[tuple[Fact, ...]]
    appointment: Optional[tuple[Fact, ...]]

    @validator(*FACT_FIELDS)
    def _null_not_empty(cls, value: Optional[tuple[Fact, ...]]) -> Optional[tuple[Fact, ...]]:
        if value is not None and not value:
            raise ValueError("an empty list says nothing: write null when it is unknown")
        return value

    def in_use(self, field: str) -> tuple[Fact, ...]:
        """All facts of a field but the superseded ones, shown or not."""
        return tuple(f for f in getattr(self, field) or () if not f.superseded)

    def get(self, field: str) -> tuple[Fact, ...]:
        """The facts that may be shown: confirmed ones first, else the safe or all flagged ones.

        Flagged texts (hours, cost, …) add to confirmed ones; a flagged address or number does not.
        """
        facts = self.in_use(field)
        confirmed = tuple(f for f in facts if f.confirmed and not f.contradicted)
        if confirmed and field in _ADDING:
            return confirmed + tuple(f for f in facts if not f.confirmed and not f.contradicted)
        if confirmed:
            return confirmed
        if any(f.safe_part for f in facts):
            return tuple(f for f in facts if f.safe_part or not f.contradicted)
        return facts


class Ages(Record):
    """Ages in years, both ends included; null is open."""

    min: Optional[int] = Field(default=None, ge=0, le=120)
    max: Optional[int] = Field(default=None, ge=0, le=120)

    @root_validator(skip_on_failure=True)
    def _ordered(cls, values: dict[str, Any]) -> dict[str, Any]:
        low, high = values["min"], values["max"]
        if low is not None and high is not None and low > high:
            raise ValueError("min is greater than max")
        return values

    def fits(self, age: float) -> bool:
        return (self.min is None or age >= self.min) and (self.max is None or age < self.max + 1)


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
    """A short-term notice, shown up to and including the day `until`."""

    text: Words
    until: date

    @validator("until", pre=True)
    def _a_day(cls, value: Any) -> Any:
        return SpecialDays._a_day(value)


#: Whether the regular hours hold on public holidays.
Holidays = Literal["open", "closed", "unknown"]


class Entry(Record):
    """What services and helplines have in common."""

    holidays: Holidays = "unknown"
    exceptions: tuple[SpecialDays, ...] = ()
    alerts: tuple[Alert, ...] = ()
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
    `urgent`: cannot wait until the morning; at night services that are open go first.
    """

    label: Words
    distress: bool = False
    urgent: bool = False
    ask: tuple[Literal["place", "age"], ...] = ()
    first: tuple[str, ...] = ()
    helplines: tuple[str, ...] = ()


class Place(Record):
    """A commune, a quarter of Luxembourg City, or another locality.

    `fr` is the canonical name; `short` (default: the name itself) is what people say.
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
        name: str = getattr(self, language)
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


class Texts(Record):
    """Several words or phrases in each language."""

    fr: tuple[str, ...]
    de: tuple[str, ...]
    lb: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        return (*self.fr, *self.de, *self.lb)


class SearchWords(Record):
    """What the search knows besides the entries: small words to ignore, and other names.

    `also`: how people call a need, a crisis or an entry, by its id.
    """

    ignored: Texts
    also: Mapping[str, Texts]
