"""An entry as schema.org data for search engines: confirmed facts only, notices get lost there."""

import re
from typing import Any, Optional

from bot.channels.pages._entry import Entry

_DAYS = {
    "Mo": "Monday",
    "Tu": "Tuesday",
    "We": "Wednesday",
    "Th": "Thursday",
    "Fr": "Friday",
    "Sa": "Saturday",
    "Su": "Sunday",
}
_CODES = list(_DAYS)
_TIME = r"(?:[01]\d|2[0-4]):[0-5]\d"
_SPANS = rf"{_TIME}-{_TIME}(?:,\s?{_TIME}-{_TIME})*"
_DAY = rf"(?:{'|'.join(_CODES)})"
_RULE = re.compile(rf"({_DAY}(?:[-,]{_DAY})*) ({_SPANS}|off|closed)")


def structured(entry: Entry, association: Entry, url: str) -> dict[str, Any]:
    """JSON-LD of a page: a Service, or the association itself as an NGO.

    `association` is who provides what is not a partner's. No value that is still to be
    confirmed, and hours only when they can be computed with.
    """
    itself = entry.id == association.id
    address = _one(entry, "address")
    hours = weekly(entry.opening_hours) if entry.opening_hours else None
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NGO" if itself else "Service",
        "@id": url.partition("?")[0],
        "name": entry.name,
        "description": entry.summary,
        "url": url,
    }
    if itself:
        found = {
            "telephone": _numbers(entry),
            "email": _one(entry, "email"),
            "address": address,
            "sameAs": _one(entry, "website"),
        }
        return data | {key: value for key, value in found.items() if value}
    channel = {
        "servicePhone": [{"@type": "ContactPoint", "telephone": n} for n in _numbers(entry)],
        "serviceLocation": address and {"@type": "Place", "address": address},
        "serviceUrl": _one(entry, "website"),
    }
    channel = {key: value for key, value in channel.items() if value}
    if channel:
        data["availableChannel"] = {"@type": "ServiceChannel", **channel}
    if hours:
        data["hoursAvailable"] = hours
    if entry.by == "association":
        data["provider"] = {"@type": "NGO", "name": association.name}
    return data


def weekly(opening_hours: str) -> Optional[list[dict[str, Any]]]:
    """`OpeningHoursSpecification`s of weekly hours in OpenStreetMap syntax.

    None when the hours hold more than weekdays, times and public holidays off (a season,
    comments): schema.org would say less than is known, and so something wrong.
    """
    if opening_hours == "24/7":
        opening_hours = "Mo-Su 00:00-24:00"
    week: dict[str, str] = {}
    closed_on_holidays = False
    for rule in (part.strip() for part in opening_hours.split(";")):
        if rule in ("PH off", "PH closed"):
            closed_on_holidays = True
            continue
        found = _RULE.fullmatch(rule)
        if not found:
            return None
        week |= dict.fromkeys(_days(found[1]), found[2])
    spans: dict[str, list[str]] = {}
    for code in _CODES:
        if code in week and week[code] not in ("off", "closed"):
            for span in re.split(r",\s?", week[code]):
                spans.setdefault(span, []).append(_DAYS[code])
    specifications = [_specification(days, *span.split("-")) for span, days in spans.items()]
    if closed_on_holidays:
        specifications.append(_specification(["PublicHolidays"], "00:00", "00:00"))
    return specifications


def _days(codes: str) -> list[str]:
    """The weekdays of "Mo-We,Fr"; a range may run over the end of the week."""
    days = []
    for part in codes.split(","):
        first, _, last = part.partition("-")
        start = _CODES.index(first)
        length = (_CODES.index(last or first) - start) % len(_CODES) + 1
        days += [_CODES[(start + step) % len(_CODES)] for step in range(length)]
    return days


def _specification(days: list[str], opens: str, closes: str) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": days,
        "opens": opens,
        # Midnight at the day's end; schema.org knows no 24:00.
        "closes": "23:59" if closes == "24:00" else closes,
    }


def _numbers(entry: Entry) -> list[str]:
    return [phone.dialled for phone in entry.phones if not phone.notice]


def _one(entry: Entry, field: str) -> Optional[str]:
    values = entry.facts.get(field, ())
    return values[0] if len(values) == 1 else None
