"""Why a service is offered to a person, in words: the area it serves, the distance, who fits."""

from typing import Callable, Iterator, Mapping, Optional

from knowledge._find import Match, Person
from knowledge._languages import LANGUAGES, Language
from knowledge._model import Place, ServiceType
from knowledge._wording import Wording

#: Types whose label would tell a visitor nothing.
_VAGUE = ("other_body", "association")
#: Above this, kilometres between rough points are said in steps of five.
_FAR_KM = 20


class _WhenAsked(Mapping[Language, tuple[str, ...]]):
    """Put into words when a language is asked for: of forty services found, three are shown."""

    def __init__(self, words: Callable[[Language], tuple[str, ...]]) -> None:
        self._words = words

    def __getitem__(self, language: Language) -> tuple[str, ...]:
        if language not in LANGUAGES:
            raise KeyError(language)
        return self._words(language)

    def __iter__(self) -> Iterator[Language]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


class Reasons:
    """Puts the reasons of a match into words."""

    def __init__(
        self, wording: Wording, places: Mapping[str, Place], types: Mapping[str, ServiceType]
    ) -> None:
        self._words = wording
        self._places = places
        self._types = types

    def of(self, match: Match, person: Person) -> Mapping[Language, tuple[str, ...]]:
        """Sentences per language: the area first, then what perhaps does not fit."""
        return _WhenAsked(lambda code: self._of(match, person, code))

    def _of(self, match: Match, person: Person, language: Language) -> tuple[str, ...]:
        found = (self._area(match, person, language), *self._misfits(match, language))
        return tuple(sentence for sentence in found if sentence)

    def _area(self, match: Match, person: Person, language: Language) -> Optional[str]:
        asked = person.place
        if match.reason == "ask":
            return self._words(language, "why_ask")
        if match.reason == "national":
            return self._words(language, "why_national")
        if match.reason == "quarter" and asked:
            return self._words(language, "why_quarter", place=asked.in_(language))
        where = self._where(match, person, language)
        if match.reason != "commune" or not asked:
            return where
        name = self._places[asked.commune or asked.id].in_(language)
        said = self._words(language, "why_commune", place=name)
        return (
            f"{said} {where}" if where and match.place and match.place.kind != "commune" else said
        )

    def _where(self, match: Match, person: Person, language: Language) -> Optional[str]:
        if match.place is None:
            return None
        # From a whole commune to one of its quarters there is no distance worth saying.
        rough = match.reason == "commune" and person.place and person.place.kind == "commune"
        distance = "" if rough else self._distance(match.distance_km, language)
        gaps = {"place": match.place.in_(language), "distance": distance}
        serves = match.service.serves
        # Who serves several places may be in any of them: only the area can be said.
        one = len(serves.quarters or serves.communes) == 1
        where = self._words(language, "why_at" if one else "why_for", **gaps)
        if not match.nearest:
            return where
        vague = match.service.type in _VAGUE
        label = "" if vague else self._types[match.service.type].label.in_(language)
        key = "why_nearest_any" if vague else "why_nearest"
        return f"{self._words(language, key, label=label)} {where}"

    def _distance(self, km: Optional[float], language: Language) -> str:
        if km is None:
            return ""
        if km < 1:
            return self._words(language, "distance_short")
        said = round(km / 5) * 5 if km >= _FAR_KM else round(km)
        return self._words(language, "distance", km=said)

    def _misfits(self, match: Match, language: Language) -> list[str]:
        serves = match.service.serves
        places = ", ".join(self._places[p].in_(language) for p in serves.residents)
        households = ", ".join(self._words(language, f"household_{h}") for h in serves.households)
        return [
            self._words(language, f"unfit_{misfit}", places=places, households=households)
            for misfit in match.misfits
        ]
