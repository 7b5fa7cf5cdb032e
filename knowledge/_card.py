"""Entries as they are shown: a service or a helpline in one language, with what is known of it."""

from datetime import datetime
from typing import Any, Optional

from opening_hours import OpeningHours

from knowledge._model import Fact, Facts, Helpline, Language, Service
from knowledge._phone import spoken
from knowledge._wording import Wording

Card = dict[str, Any]
_MAP = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}"


class Cards:
    """Renders entries with the words of the catalogues."""

    def __init__(self, wording: Wording, general: dict[str, dict[str, tuple[Fact, ...]]]) -> None:
        self._words = wording
        self._general = general

    def service(
        self, service: Service, language: Language, at: datetime, place: Optional[str] = None
    ) -> Card:
        """The `service` message of the contract; what is unknown is null.

        `alert` holds the notice that a value is to be confirmed, with its year.
        """
        facts = service.facts
        shown = {f: facts.get(f) for f in ("address", "phone", "email", "website", "hours")}
        flagged = [f for entries in shown.values() for f in entries if not f.confirmed]
        point = facts.get("coordinates")
        return {
            "type": "service",
            "lang": language,
            "id": service.id,
            "name": service.name.in_(language),
            "summary": service.description.in_(language),
            "address": self.value(facts, "address", language),
            "place": place,
            "phones": [self._phone(f, language) for f in shown["phone"]],
            "email": shown["email"][0].value if shown["email"] else None,
            "website": shown["website"][0].value if shown["website"] else None,
            "hours_text": self.value(facts, "hours", language),
            **_opening(facts, at),
            "cost": self.text(service, "cost", language),
            "who": self.who(service, language),
            "languages": [f.in_(language) for f in facts.get("languages")],
            "verified_on": _latest(shown.values()),
            "confirmed": not flagged,
            "map_url": _map_url(point),
            "alert": self._alert(shown, language),
        }

    def helpline(self, helpline: Helpline, language: Language, at: datetime) -> Card:
        """The `helpline` message of the contract."""
        phone = helpline.facts.get("phone")
        return {
            "type": "helpline",
            "lang": language,
            "id": helpline.id,
            "name": helpline.name.in_(language),
            "number": self._phone(phone[0], language)["number"] if phone else None,
            "hours_text": self.value(helpline.facts, "hours", language),
            "open_now": _opening(helpline.facts, at)["open_now"],
            "languages": list(helpline.languages),
        }

    def value(self, facts: Facts, field: str, language: Language) -> Optional[str]:
        """All values of a field that may be shown, each flagged one with its notice."""
        entries = facts.get(field)
        if not entries:
            return None
        texts = dict.fromkeys(self._with_notice(f, language) for f in entries)
        joined = self._words(language, "between_values").join(texts)
        if any(f.contradicted for f in entries):
            joined += " " + self._words(language, "sources_disagree")
        return joined

    def text(self, service: Service, field: str, language: Language) -> Optional[str]:
        """A field of the service, or else what holds for every service of its type."""
        own = self.value(service.facts, field, language)
        if own:
            return own
        texts = [self._with_notice(f, language) for f in self.general(service, field)]
        return " ".join(texts) or None

    def general(self, service: Service, field: str) -> tuple[Fact, ...]:
        """What holds for every service of its type."""
        return self._general.get(service.type, {}).get(field, ())

    def who(self, service: Service, language: Language) -> Optional[str]:
        """Who may come: ages, then conditions."""
        ages = service.facts.get("age_range")
        parts = []
        for fact in ages:
            if fact.words or "-" not in fact.value:
                parts.append(self._with_notice(fact, language))
            else:
                low, high = fact.value.split("-")
                span = self._words(language, "ages", low=low, high=high)
                parts.append(self._noticed(span, fact, language))
        conditions = self.text(service, "eligibility", language)
        return ". ".join(p.rstrip(".") for p in [*parts, conditions] if p) or None

    def _alert(self, shown: dict[str, tuple[Fact, ...]], language: Language) -> Optional[str]:
        """The notice for values that are shown bare because they are links."""
        parts = []
        for field in ("email", "website"):
            if shown[field] and not shown[field][0].confirmed:
                notice = self.notice(shown[field][0], language)
                parts.append(self._words(language, f"flagged_{field}", notice=notice))
        return " ".join(parts) or None

    def _phone(self, fact: Fact, language: Language) -> dict[str, str]:
        label = "" if fact.confirmed else self.notice(fact, language)
        return {"number": spoken(fact.value), "label": label}

    def _with_notice(self, fact: Fact, language: Language) -> str:
        return self._noticed(fact.in_(language), fact, language)

    def _noticed(self, text: str, fact: Fact, language: Language) -> str:
        if fact.confirmed:
            return text
        notice = self.notice(fact, language)
        return self._words(language, "noticed", text=text.rstrip("."), notice=notice)

    def notice(self, fact: Fact, language: Language) -> str:
        """The words "to be confirmed", with the year of the source when it shows one."""
        if fact.year:
            return self._words(language, "to_confirm", year=fact.year)
        return self._words(language, "to_confirm_undated")


def _opening(facts: Facts, at: datetime) -> dict[str, Any]:
    """open_now and next_opening; both null unless the hours can be computed with."""
    entries = [f for f in facts.get("hours") if f.opening_hours]
    if len(entries) != 1:
        return {"open_now": None, "next_opening": None}
    hours = OpeningHours(str(entries[0].opening_hours), country="LU")
    moment = at.replace(tzinfo=None)
    opened = hours.is_open(moment)
    change = None if opened else hours.next_change(moment)
    return {
        "open_now": opened,
        "next_opening": change.isoformat(timespec="minutes") if change else None,
    }


def _latest(groups: Any) -> Optional[str]:
    dates = [f.date for facts in groups for f in facts if f.date and f.confirmed]
    return max(dates) if dates else None


def _map_url(point: tuple[Fact, ...]) -> Optional[str]:
    if not point:
        return None
    lat, lon = point[0].value.split(",")
    return _MAP.format(lat=lat.strip(), lon=lon.strip())
