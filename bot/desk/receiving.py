"""What the directory knows of a service before somebody is sent there."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Optional

from knowledge import LUXEMBOURG, Knowledge, Language, Service


@dataclass(frozen=True)
class Receiving:
    """A service in words of a language; what is unknown is None or empty.

    `alert`: notices that hold or begin soon. `closures`: every exception that is not over.
    `availability`: free, waiting_list or full, as told on `told_on`; `fresh`: a week ago at most.
    """

    id: str
    name: str
    summary: str
    alert: Optional[str]
    closures: tuple[str, ...]
    confirmed: bool
    verified_on: Optional[str]
    open_now: Optional[bool]
    opening: str
    who: Optional[str]
    appointment: Optional[str]
    hours: Optional[str]
    phones: tuple[tuple[str, str], ...]
    email: Optional[str]
    website: Optional[str]
    reachable: bool
    availability: Optional[str] = None
    free_places: Optional[int] = None
    told_on: Optional[date] = None
    fresh: bool = False


def receiving(
    knowledge: Knowledge, service: Service, language: Language, at: datetime
) -> Receiving:
    """Reads a service. Its capacity is what an editor entered: no source reports it by itself."""
    told = service.capacity
    card = knowledge.service_card(service, language, at=at)
    return Receiving(
        id=service.id,
        name=card["name"],
        summary=card["summary"],
        alert=card["alert"],
        closures=tuple(knowledge.exceptions(service, language, at=at)),
        confirmed=card["confirmed"],
        verified_on=card["verified_on"],
        open_now=card["open_now"],
        opening=card["opening"],
        who=card["who"],
        appointment=knowledge.text(service, "appointment", language, at=at),
        hours=card["hours_text"],
        phones=tuple((p["number"], p["label"]) for p in card["phones"]),
        email=card["email"],
        website=card["website"],
        reachable=knowledge.reachable(service),
        availability=told.availability if told else None,
        free_places=told.free_places if told else None,
        told_on=told.told_on if told else None,
        fresh=told is not None and told.holds(at.astimezone(LUXEMBOURG).date()),
    )
