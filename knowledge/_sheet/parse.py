"""Cells -> what they say. Each field's cells are read together, and only when they were changed."""

import re
from datetime import date
from functools import partial
from typing import Any, Callable, Mapping, Optional

from knowledge._base import Knowledge
from knowledge._forms import FORMS, has_right_postcodes
from knowledge._languages import LANGUAGES
from knowledge._model import Helpline, Holidays
from knowledge._phone import dialled, digits, is_short, spoken
from knowledge._sheet import slots
from knowledge._sheet.cells import RowCells, Value
from knowledge._sheet.columns import (
    DAY_KEYS,
    HOLIDAYS_KEY,
    ONLY_KEY,
    TEXT_FIELDS,
    place_names,
    plain,
)
from knowledge._wording import Wording

MAX_TEXT = 2_000
_HIGHEST_AGE = 120
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4})")


class Parser:
    """Reads changed fields. What is wrong is reported to the cells; the result is then void."""

    def __init__(self, knowledge: Knowledge, words: Wording) -> None:
        self._words = words
        self._places = knowledge.places
        self._place_ids = place_names(knowledge)
        self._codes = {
            plain(name).casefold(): code
            for code in words("fr", "language_codes").split()
            for name in (code, *(words(language, f"language_{code}") for language in LANGUAGES))
        }
        self._facts: Mapping[str, Callable[[RowCells], list[Value]]] = {
            "address": self._address,
            "phone": self._phone,
            "email": partial(self._links, name="email"),
            "website": partial(self._links, name="website"),
            "hours": self._hours,
            "languages": self._languages,
            "age_range": self._age_range,
            "coordinates": self._coordinates,
            **{name: partial(self._text, name=name) for name in TEXT_FIELDS},
            "appointment": self._appointment,
        }

    def fact(self, name: str, cells: RowCells) -> list[Value]:
        """The values of a fact; an empty list when the cells were emptied."""
        return self._facts[name](cells)

    def yes(self, cells: RowCells, key: str) -> bool:
        """Whether a yes/no cell says yes; empty is no."""
        said = plain(cells.new[key]).casefold()
        if said in self._said("yes"):
            return True
        if said and said not in self._said("no"):
            cells.report(key, "bad_yes_no", text=said)
        return False

    def day(self, cells: RowCells, today: date) -> Optional[date]:
        """The day of the confirmation; None when the cell is empty or no day."""
        text = plain(cells.new["confirmed_on"])
        if not text:
            return None
        found = _DATE.fullmatch(text)
        parts = [int(part) for part in (found.groups() if found else ()) if part]
        try:
            day = date(*(parts if found and found[1] else parts[::-1]))
        except (ValueError, TypeError):
            cells.report("confirmed_on", "bad_date", text=text)
            return None
        if day > today:
            cells.report("confirmed_on", "future_date", text=text)
        return day

    def names(self, name: str, cells: RowCells) -> dict[str, str]:
        """A name or a description in each language."""
        texts: dict[str, str] = {code: self._line(cells, f"{name}_{code}") for code in LANGUAGES}
        for code, text in texts.items():
            if not text:
                cells.report(f"{name}_{code}", "must_not_be_empty")
        return texts

    def serves(self, cells: RowCells) -> dict[str, Any]:
        """national, communes and quarters, as in the files."""
        said = self._parts(cells, "serves", r"[;\n]")
        if isinstance(cells.row.item, Helpline):
            cells.report("serves", "not_for_helplines")
        elif not said:
            cells.report("serves", "must_not_be_empty")
        national = False
        communes: dict[str, None] = {}
        quarters: dict[str, None] = {}
        for name in said:
            if name.casefold() in self._said("whole_country"):
                national = True
                continue
            place = self._places.get(self._place_ids.get(name.casefold(), ""))
            if place is None or place.kind == "locality":
                cells.report("serves", "bad_place", text=name)
                continue
            if place.kind == "quarter":
                quarters[place.id] = None
            communes[place.id if place.kind == "commune" else str(place.commune)] = None
        return {"national": national, "communes": [*communes], "quarters": [*quarters]}

    def _said(self, key: str) -> set[str]:
        return {plain(self._words(language, key)).casefold() for language in LANGUAGES}

    def _line(self, cells: RowCells, key: str) -> str:
        text = plain(cells.new[key])
        if len(text) > MAX_TEXT:
            cells.report(key, "too_long", limit=MAX_TEXT)
        if cells.changed(key) and text.startswith(("=", "@")):
            cells.report(key, "formula")
        return text

    def _parts(self, cells: RowCells, key: str, separators: str) -> list[str]:
        """What the cell lists, each once."""
        self._line(cells, key)
        parts = (plain(part) for part in re.split(separators, cells.new[key]))
        return list(dict.fromkeys(part for part in parts if part))

    def _address(self, cells: RowCells) -> list[Value]:
        text = self._line(cells, "address")
        if not has_right_postcodes(text):
            cells.report("address", "bad_postcode", text=text)
        return [{"value": text}] if text else []

    def _phone(self, cells: RowCells) -> list[Value]:
        numbers: dict[str, None] = {}
        for number in self._parts(cells, "phone", r"[;,\n]"):
            if not FORMS["phone"](number):
                cells.report("phone", "bad_phone", text=number)
                continue
            numbers[_international(number)] = None
        return [{"value": number} for number in numbers]

    def _links(self, cells: RowCells, name: str) -> list[Value]:
        values = self._parts(cells, name, r"[;,\s]" if name == "email" else r"[;\s]")
        for value in values:
            if not FORMS[name](value):
                cells.report(name, f"bad_{name}", text=value)
        return [{"value": value} for value in values]

    def _coordinates(self, cells: RowCells) -> list[Value]:
        text = self._line(cells, "coordinates").replace(" ", "")
        if ";" in text:  # as written where the comma is decimal: 49,6; 6,1
            text = text.replace(",", ".").replace(";", ",")
        if text and not FORMS["coordinates"](text):
            cells.report("coordinates", "bad_coordinates", text=text)
        return [{"value": text}] if text else []

    def _languages(self, cells: RowCells) -> list[Value]:
        codes: dict[str, None] = {}
        for name in self._parts(cells, "languages", r"[;,\n]"):
            code = self._codes.get(name.casefold())
            if code is None:
                cells.report("languages", "bad_language", text=name)
            else:
                codes[code] = None
        if not codes:
            return []
        words = {
            language: ", ".join(self._words(language, f"language_{code}") for code in codes)
            for language in LANGUAGES
        }
        return [{"value": ", ".join(codes), "words": words}]

    def _age_range(self, cells: RowCells) -> list[Value]:
        low, high = self._age(cells, "age_from"), self._age(cells, "age_to")
        if low is None and high is None:
            return []
        if low is not None and high is not None:
            if low > high:
                cells.report("age_to", "ages_order", low=low, high=high)
            return [{"value": f"{low}-{high}"}]
        key, value, age = ("ages_from", "from", low) if high is None else ("ages_to", "to", high)
        words = {language: self._words(language, key, age=age) for language in LANGUAGES}
        return [{"value": f"{value} {age}", "words": words}]

    def _age(self, cells: RowCells, key: str) -> Optional[int]:
        text = self._line(cells, key)
        if text and not (text.isascii() and text.isdigit() and int(text) <= _HIGHEST_AGE):
            cells.report(key, "bad_age", text=text)
            return None
        return int(text) if text else None

    def _text(self, cells: RowCells, name: str) -> list[Value]:
        """One text in all languages, or in one; never a new text beside an old translation."""
        keys = [f"{name}_{code}" for code in LANGUAGES]
        texts = {key: self._line(cells, key) for key in keys}
        filled = [key for key in keys if texts[key]]
        if not filled:
            return []
        rewritten = any(cells.old[key] and cells.changed(key) for key in keys)
        for key in keys:
            if len(filled) == 2 and not texts[key]:
                cells.report(key, "translation_missing")
            same = texts[key] and not cells.changed(key)
            if rewritten and same and not cells.all_confirmed:
                cells.report(key, "translation_old")
        value: Value = {"value": texts[filled[0]]}
        if len(filled) == len(keys):
            value["words"] = {code: texts[f"{name}_{code}"] for code in LANGUAGES}
        return [value]

    def _appointment(self, cells: RowCells) -> list[Value]:
        values = self._text(cells, "appointment")
        if not self.yes(cells, ONLY_KEY):
            return values
        words = {code: self._words(code, "only_by_appointment") for code in LANGUAGES}
        value = values[0] if values else {"value": words["fr"], "words": words}
        return [{**value, "only": True}]

    def _hours(self, cells: RowCells) -> list[Value]:
        """From the days, from the text, or both: then the text says what the days cannot.

        A text that was not changed while the days were is the old one, and is written anew.
        """
        days_changed = any(cells.changed(key) for key in (*DAY_KEYS, HOLIDAYS_KEY))
        text_changed = any(cells.changed(f"hours_{code}") for code in LANGUAGES)
        texts = self._text(cells, "hours") if text_changed or not days_changed else []
        week = {day: self._slots(cells, f"day_{day}") for day in slots.DAYS}
        if not any(week.values()):
            if self._line(cells, HOLIDAYS_KEY):
                cells.report(HOLIDAYS_KEY, "days_missing")
            return texts
        if texts and not days_changed:
            facts = cells.row.item.facts.get("hours")
            return [
                {**texts[0], "opening_hours": f.opening_hours} for f in facts if f.opening_hours
            ]
        holidays = self._holidays(cells)
        computable = slots.syntax(week, holidays)
        words = {
            language: slots.words(week, holidays, language, self._words) for language in LANGUAGES
        }
        text = texts[0] if texts else {"value": computable, "words": words}
        return [{**text, "opening_hours": computable}]

    def _slots(self, cells: RowCells, key: str) -> slots.Slots:
        text = self._line(cells, key)
        if text.casefold() in self._said("closed"):
            return ()
        try:
            return slots.parse(text)
        except slots.BadSlots as error:
            cells.report(key, error.key, text=error.text)
            return ()

    def held_on_holidays(self, cells: RowCells) -> Optional[Holidays]:
        """Whether the week holds on public holidays; None where nothing or other times are said."""
        text = plain(cells.new[HOLIDAYS_KEY]).casefold()
        if text in self._said("closed"):
            return "closed"
        return "open" if text in self._said("as_usual") else None

    def _holidays(self, cells: RowCells) -> Optional[slots.Slots]:
        """None: as on any other day; (): closed."""
        text = self._line(cells, HOLIDAYS_KEY)
        if not text:
            cells.report(HOLIDAYS_KEY, "holidays_missing")
        if text.casefold() in self._said("as_usual"):
            return None
        return self._slots(cells, HOLIDAYS_KEY)


def same_numbers(new: str, old: str) -> bool:
    """Whether two cells list the same telephone numbers, however they are written."""
    return _dialled(new) == _dialled(old)


def _dialled(text: str) -> list[str]:
    return sorted({dialled(part) for part in re.split(r"[;,\n]", text) if part.strip()})


def _international(number: str) -> str:
    """In groups, with the country code unless it is a short number."""
    said = spoken(number)
    return said if is_short(digits(number)) else f"+352 {said}"
