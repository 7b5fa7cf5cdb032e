"""An entry as schema.org data for search engines: only facts without a notice, which gets lost."""

from typing import Any, Optional

from bot.channels.pages._entry import Entry
from knowledge import Holidays, holidays_held, rules

_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_MIDNIGHT = "00:00:00"


def structured(entry: Entry, association: Entry, url: str) -> dict[str, Any]:
    """JSON-LD of a page: a Service, or the association itself as an NGO.

    `association` is who provides what is not a partner's. No value that is still to be
    confirmed or old, and hours only when they can be computed with.
    """
    itself = entry.id == association.id
    address = _one(entry, "address")
    hours = weekly(entry.opening_hours, entry.holidays) if entry.opening_hours else None
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


def weekly(opening_hours: str, holidays: Holidays) -> Optional[list[dict[str, Any]]]:
    """`OpeningHoursSpecification`s of weekly hours in OpenStreetMap syntax.

    None when the hours are not the same every week: schema.org would say less than is known, and
    so something wrong.
    """
    found = rules(opening_hours)
    if found is None or any(rule.freq != "WEEKLY" for rule in found):
        return None
    specifications = [
        _specification(
            [_DAYS[code] for code in rule.byday.split(",")], rule.opens_at, rule.closes_at
        )
        for rule in found
    ]
    if holidays_held(opening_hours, holidays) == "closed":
        specifications.append(_specification(["PublicHolidays"], _MIDNIGHT, _MIDNIGHT))
    return specifications


def _specification(days: list[str], opens: str, closes: str) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": days,
        "opens": opens.removesuffix(":00"),
        # At midnight the day ends: the same two times would say closed, as on holidays.
        "closes": closes.removesuffix(":00"),
    }


def _numbers(entry: Entry) -> list[str]:
    return [phone.dialled for phone in entry.phones if not phone.notice]


def _one(entry: Entry, field: str) -> Optional[str]:
    values = entry.facts.get(field, ())
    return values[0] if len(values) == 1 else None
