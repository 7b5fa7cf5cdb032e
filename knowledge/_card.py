"""Entries as they are shown: a service or a helpline in one language, with what is known of it."""

from datetime import datetime
from typing import Any, Iterable, Optional

from knowledge._facts import Fact, Facts
from knowledge._freshness import as_of, is_stale
from knowledge._hours import Hours, Opening
from knowledge._languages import Language
from knowledge._model import Helpline, Service
from knowledge._phone import spoken
from knowledge._shown import unbroken
from knowledge._wording import Wording

Card = dict[str, Any]
_MAP = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}"


class Cards:
    """Renders entries with the words of the catalogues."""

    def __init__(self, wording: Wording, general: dict[str, dict[str, tuple[Fact, ...]]]) -> None:
        self._words = wording
        self._general = general
        self.hours = Hours(wording, self._noticed)

    def service(
        self, service: Service, language: Language, at: datetime, place: Optional[str] = None
    ) -> Card:
        """The `service` message of the contract; what is unknown is null.

        `opening` says the state at the moment in words; `alert` holds short-term notices,
        announced closures and the notice that a link is to be confirmed, with its year, or is old.
        """
        facts = service.facts
        opening = self.hours.opening(service, at)
        shown = {f: facts.get(f) for f in ("address", "phone", "email", "website", "hours")}
        flagged = [f for entries in shown.values() for f in entries if not f.confirmed]
        point = facts.get("coordinates")
        alert = [*self.hours.notices(service, at, language), *self._links(shown, language, at)]
        card = {
            "type": "service",
            "lang": language,
            "id": service.id,
            "name": service.name.in_(language),
            "summary": service.description.in_(language),
            "address": self.value(facts, "address", language, at),
            "place": place,
            "phones": [self._phone(f, language, at) for f in shown["phone"]],
            "email": shown["email"][0].value if shown["email"] else None,
            "website": shown["website"][0].value if shown["website"] else None,
            "hours_text": self.value(facts, "hours", language, at),
            "open_now": opening.open_now,
            "opening": opening.words[language],
            "next_opening": _iso(opening),
            "cost": self.text(service, "cost", language, at),
            "who": self.who(service, language, at),
            "languages": [f.in_(language) for f in facts.get("languages")],
            "verified_on": _latest(shown.values()),
            "confirmed": not flagged,
            "map_url": _map_url(point),
            "alert": " ".join(alert) or None,
        }
        return dict(unbroken(card))

    def helpline(self, helpline: Helpline, language: Language, at: datetime) -> Card:
        """The `helpline` message of the contract; `opening` also holds short-term notices.

        `label` goes with the number, as with those of services.
        """
        phone = helpline.facts.get("phone")
        number: Card = {"number": None, "label": ""}
        if phone:
            number = dict(self._phone(phone[0], language, at))
        opening = self.hours.opening(helpline, at)
        notices = self.hours.notices(helpline, at, language)
        card = {
            "type": "helpline",
            "lang": language,
            "id": helpline.id,
            "name": helpline.name.in_(language),
            **number,
            "hours_text": self.value(helpline.facts, "hours", language, at),
            "open_now": opening.open_now,
            "opening": " ".join([opening.words[language], *notices]),
            "languages": list(helpline.languages),
        }
        return dict(unbroken(card))

    def value(self, facts: Facts, field: str, language: Language, at: datetime) -> Optional[str]:
        """All values of a field that may be shown, each flagged or old one with its notice."""
        entries = facts.get(field)
        if not entries:
            return None
        texts = dict.fromkeys(self.with_notice(f, language, at) for f in entries)
        joined = self._words(language, "between_values").join(texts)
        if any(f.contradicted for f in entries):
            joined += " " + self._words(language, "sources_disagree")
        return joined

    def text(self, service: Service, field: str, language: Language, at: datetime) -> Optional[str]:
        """A field of the service, or else what holds for every service of its type."""
        own = self.value(service.facts, field, language, at)
        texts = [self.with_notice(f, language, at) for f in self.general(service, field)]
        general = sentences(texts) if len(texts) > 1 else next(iter(texts), None)
        found: Optional[str] = unbroken(own or general)
        return found

    def general(self, service: Service, field: str) -> tuple[Fact, ...]:
        """What holds for every service of its type."""
        return self._general.get(service.type, {}).get(field, ())

    def who(self, service: Service, language: Language, at: datetime) -> Optional[str]:
        """Who may come: ages, then conditions."""
        ages = service.facts.get("age_range")
        parts = []
        for fact in ages:
            if fact.words or "-" not in fact.value:
                parts.append(self.with_notice(fact, language, at))
            else:
                low, high = fact.value.split("-")
                span = self._words(language, "ages", low=low, high=high)
                parts.append(self._noticed(span, fact, language, at))
        conditions = self.text(service, "eligibility", language, at)
        return sentences(p for p in [*parts, conditions] if p)

    def _links(
        self, shown: dict[str, tuple[Fact, ...]], language: Language, at: datetime
    ) -> list[str]:
        """The notices for values that are shown bare because they are links."""
        parts = []
        for field in ("email", "website"):
            if shown[field]:
                parts.append(self.link_notice(field, shown[field][0], language, at))
        return [part for part in parts if part]

    def link_notice(self, field: str, fact: Fact, language: Language, at: datetime) -> str:
        """The notice of an e-mail or website as a sentence of its own, or nothing."""
        notice = self.notice(fact, language, at)
        key = "stale" if fact.confirmed else "flagged"
        return notice and self._words(language, f"{key}_{field}", notice=notice)

    def _phone(self, fact: Fact, language: Language, at: datetime) -> dict[str, str]:
        return {"number": spoken(fact.value), "label": self.notice(fact, language, at)}

    def with_notice(self, fact: Fact, language: Language, at: datetime) -> str:
        """The text of a fact, with its notice."""
        return self._noticed(fact.in_(language), fact, language, at)

    def _noticed(self, text: str, fact: Fact, language: Language, at: datetime) -> str:
        notice = self.notice(fact, language, at)
        if not notice:
            return text
        # "… (2022) – to be confirmed (as of 2022)" says the year twice.
        text = text.removesuffix(f"({fact.year})").rstrip(" .")
        return self._words(language, "noticed", text=text, notice=notice)

    def notice(self, fact: Fact, language: Language, at: datetime) -> str:
        """What goes with a value: "to be confirmed" with its year, "as of" when old, or nothing."""
        if not fact.confirmed and fact.year:
            return self._words(language, "to_confirm", year=fact.year)
        if not fact.confirmed:
            return self._words(language, "to_confirm_undated")
        return as_of(fact, language, self._words) if is_stale(fact, at) else ""


def sentences(parts: Iterable[str]) -> Optional[str]:
    """The parts as sentences, without the last full stop; None for none."""
    found = [part.rstrip(".") for part in parts]
    return ". ".join([*found[:1], *map(_begun, found[1:])]) or None


def _begun(sentence: str) -> str:
    """With a capital; a link stays as it is."""
    link = "://" in sentence.split(" ")[0]
    return sentence if link else sentence[:1].upper() + sentence[1:]


def _iso(opening: Opening) -> Optional[str]:
    moment = opening.next_opening
    return moment.isoformat(timespec="minutes") if moment else None


def _latest(groups: Any) -> Optional[str]:
    dates = [f.date for facts in groups for f in facts if f.date and f.confirmed]
    return max(dates) if dates else None


def _map_url(point: tuple[Fact, ...]) -> Optional[str]:
    if not point:
        return None
    lat, lon = point[0].value.split(",")
    return _MAP.format(lat=lat.strip(), lon=lon.strip())
