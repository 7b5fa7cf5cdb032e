"""What the columns of the sheet hold: entry -> cells, and the words around them."""

import re
from dataclasses import dataclass
from typing import Iterable, Optional, Union

from knowledge._base import Knowledge
from knowledge._facts import Fact
from knowledge._languages import LANGUAGES, Language
from knowledge._model import Helpline, Service
from knowledge._rules import holidays_held
from knowledge._sheet import slots
from knowledge._wording import Wording

Item = Union[Service, Helpline]
Cells = dict[str, str]

DAY_KEYS = tuple(f"day_{day}" for day in slots.DAYS)
HOLIDAYS_KEY = f"day_{slots.HOLIDAYS}"
#: Whether nobody is received without an appointment.
ONLY_KEY = "appointment_only"
#: Texts that must say the same in each language.
TEXT_FIELDS = ("cost", "eligibility", "appointment")
NAME_FIELDS = ("name", "description")
#: Columns about the row itself, which the import reads first.
WHO = ("confirmed", "confirmed_by", "confirmed_on")
LOCKED = ("kind", "id", "todo")


@dataclass(frozen=True)
class Row:
    """One entry: its kind (association, service, partner, helpline) and what is known of it."""

    kind: str
    item: Item

    @property
    def file(self) -> str:
        """Its file inside the knowledge folder."""
        if self.kind == "association":
            return "association.yml"
        return f"{self.kind}s/{self.item.id}.yml"


def rows(knowledge: Knowledge) -> list[Row]:
    """Every entry a sheet may hold, in the sheet's order."""
    found = [Row("association", knowledge.association)]
    found += [Row("service", service) for service in knowledge.services.values()]
    found += [Row("partner", partner) for partner in knowledge.partners.values()]
    return found + [Row("helpline", line) for line in knowledge.helplines.values()]


def keys(language: Language) -> list[str]:
    """The column keys in order; texts begin with the sheet's language."""
    languages = [language, *(other for other in LANGUAGES if other != language)]

    def each(field: str) -> list[str]:
        return [f"{field}_{code}" for code in languages]

    return [
        "kind", "id", f"name_{language}", "todo", *WHO,
        "address", "phone", "email", "website",
        *DAY_KEYS, HOLIDAYS_KEY, *each("hours"),
        "languages", "age_from", "age_to",
        *each("cost"), *each("eligibility"), *each("appointment"), ONLY_KEY,
        "coordinates", "serves", *each("description"),
        *(f"name_{code}" for code in languages[1:]),
    ]  # fmt: skip


def field_of(key: str) -> str:
    """The field a column belongs to: several columns make the hours, the ages, a text."""
    if key.startswith(("hours_", "day_")):
        return "hours"
    if key.startswith("age_"):
        return "age_range"
    if key == ONLY_KEY:
        return "appointment"
    found = re.fullmatch(r"(\w+)_(fr|de|lb)", key)
    return found[1] if found else key


class Labels:
    """The names of columns and fields in one language."""

    def __init__(self, words: Wording, language: Language) -> None:
        self._words = words
        self._language = language
        days = words(language, "days").title().split()
        self._days = dict(zip(DAY_KEYS, days))

    def column(self, key: str) -> str:
        if key in self._days:
            return self._days[key]
        if key == HOLIDAYS_KEY or key.startswith("age_"):
            return self._words(self._language, f"column_{key}")
        found = re.fullmatch(r"(\w+)_(fr|de|lb)", key)
        if not found:
            return self._words(self._language, f"column_{key}")
        name = self._words(self._language, f"column_{found[1]}")
        return f"{name} ({self._words(self._language, f'language_{found[2]}')})"

    def field(self, field: str) -> str:
        if field == "holidays":
            return self.column(HOLIDAYS_KEY)
        return self._words(self._language, f"column_{field}")


class Writer:
    """The cells of an entry, in the language of the sheet."""

    def __init__(self, knowledge: Knowledge, words: Wording, language: Language) -> None:
        self._knowledge = knowledge
        self._words = words
        self._language = language

    def cells(self, row: Row) -> Cells:
        """Every cell that holds a field; who confirmed and when is left open."""
        item = row.item
        cells = dict.fromkeys(keys(self._language), "")
        cells.update(kind=row.kind, id=item.id)
        for code in LANGUAGES:
            cells[f"name_{code}"] = item.name.in_(code)
            cells[f"description_{code}"] = item.description.in_(code)
            for field in ("hours", *TEXT_FIELDS):
                facts = in_sheet(item, field)
                cells[f"{field}_{code}"] = _lines(
                    f.in_(code) for f in facts if f.words or code == self._language
                )
        cells["address"] = _lines(f.in_(self._language) for f in item.facts.get("address"))
        for field in ("phone", "email", "website", "coordinates"):
            cells[field] = _lines(f.value for f in item.facts.get(field))
        cells["languages"] = _lines(f.in_(self._language) for f in item.facts.get("languages"))
        cells["age_from"], cells["age_to"] = _ages(item.facts.get("age_range"))
        cells.update(self._week(item))
        if any(f.only for f in item.facts.get("appointment")):
            cells[ONLY_KEY] = self._words(self._language, "yes")
        if isinstance(item, Service):
            cells["serves"] = self._serves(item)
        return cells

    def _week(self, item: Item) -> Cells:
        """Days only where one fact says them all, and says them simply."""
        computable = [f.opening_hours for f in item.facts.get("hours") if f.opening_hours]
        week = slots.week_of(computable[0]) if len(computable) == 1 else None
        if week is None:
            return {}
        cells = {f"day_{day}": slots.shown(times) for day, times in week.items()}
        held = holidays_held(str(computable[0]), item.holidays)
        if held != "unknown" and not week.get(slots.HOLIDAYS):
            key = "closed" if held == "closed" else "as_usual"
            cells[HOLIDAYS_KEY] = self._words(self._language, key)
        return cells

    def _serves(self, service: Service) -> str:
        places = self._knowledge.places
        ids = (*service.serves.communes, *service.serves.quarters)
        names = [places[i].in_(self._language) for i in ids]
        if service.serves.national:
            names.insert(0, self._words(self._language, "whole_country"))
        return "; ".join(names)


def in_sheet(item: Item, field: str) -> tuple[Fact, ...]:
    """The shown facts of a field that the sheet holds. A season is changed in the files only."""
    return tuple(f for f in item.facts.get(field) if not f.season)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(texts))


def _ages(facts: tuple[Fact, ...]) -> tuple[str, str]:
    """From and to; both empty when several ranges are said, or one that is no number of years."""
    values = {fact.value for fact in facts}
    if len(values) != 1:
        return "", ""
    found = re.fullmatch(r"(\d+)-(\d+)|from (\d+)|to (\d+)", values.pop())
    if not found:
        return "", ""
    return found[1] or found[3] or "", found[2] or found[4] or ""


def plain(text: str) -> str:
    """Text as it is compared and stored: one line, no invisible characters."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def place_names(knowledge: Knowledge) -> dict[str, str]:
    """Every name of a place, in small letters, with its id."""
    names: dict[str, str] = {}
    for place in knowledge.places.values():
        said: list[Optional[str]] = [place.id, place.fr, place.de, place.lb, *place.other_names]
        said += [place.in_(language) for language in LANGUAGES]
        names.update({plain(name).casefold(): place.id for name in said if name})
    return names
