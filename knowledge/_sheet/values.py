"""The values of a sheet as the facts of a file, and back."""

import re
from datetime import date
from typing import Optional

from knowledge._facts import Fact
from knowledge._sheet.cells import Value
from knowledge._sheet.edit import Data


def value_of(fact: Fact) -> Value:
    value: Value = {"value": fact.value}
    if fact.words:
        value["words"] = fact.words.dict()
    if fact.opening_hours:
        value["opening_hours"] = fact.opening_hours
    if fact.only:
        value["only"] = True
    return value


def confirmed_fact(value: Value, by: str, day: date) -> Data:
    return {
        **value,
        "source": f"confirmed by {by}",
        "date": day.isoformat(),
        "year": day.year,
        "reliability": "official",
        "confirmed": True,
    }


def bare(fact: Fact) -> Data:
    """A fact as `confirmed_fact` writes it, to see whether it is there already."""
    said = {"source": fact.source, "date": fact.date, "year": fact.year}
    rest = {"reliability": fact.reliability.value, "confirmed": fact.confirmed}
    return {**value_of(fact), **said, **rest}


def ages_of(values: list[Value]) -> Optional[Data]:
    """min and max for "12-25", "from 12" and "to 25"."""
    if not values:
        return None
    found = re.fullmatch(r"(?:from )?(\d+)?(?:-|to )?(\d+)?", values[0]["value"])
    assert found, values
    return {key: int(age) if age else None for key, age in (("min", found[1]), ("max", found[2]))}
