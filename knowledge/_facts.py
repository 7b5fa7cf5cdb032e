"""What is known of an entry, fact by fact: each value, where it was read, and how sure it is."""

import re
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Optional

from opening_hours import validate
from pydantic import BaseModel, Extra, Field, constr, create_model, root_validator, validator

from knowledge._languages import LANGUAGES, Language

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


if TYPE_CHECKING:

    class _InEach(Record):
        fr: str
        de: str
        lb: str

else:
    _InEach = create_model(
        "_InEach", __base__=Record, **{code: (constr(min_length=1), ...) for code in LANGUAGES}
    )


class Words(_InEach):
    """The same text in each language of `languages.yml`; none may be empty."""

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
