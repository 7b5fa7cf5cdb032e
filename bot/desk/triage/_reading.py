"""What a note says: needs and cries for help, each with the words that caused it.

The trained model reads the whole note, its sentences and its clauses; words of the rules back
it. A clause torn from its note may say anything, so it counts only where the rest agrees.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Awaitable, Callable, Mapping, Optional

import yaml

from bot.desk.triage._needs import Needs
from bot.desk.triage._note import RULES, Note, Span, plain
from bot.desk.triage._parts import FEWEST_WORDS, Parse, Part, Said
from bot.desk.triage._patterns import compiled, hits

Understand = Callable[[str], Awaitable[Parse]]

#: Several cries for help: what cannot wait at all comes first.
_URGENT = ("crisis_medical", "crisis_suicide", "crisis_child", "crisis_violence")
_Names = tuple[str, ...]
_GROWN_UP = tuple(name for name in _URGENT if name != "crisis_child")
#: All cries for help together, in the whole note, a sentence or a clause, that no fixed pattern
#: hears. Set on data/dev/danger*.jsonl, low on purpose: a worker strikes a false alarm out with one
#: key, a missed one is missed.
_Floors = Mapping[str, float]
_CRIES: _Floors = {"whole": 0.15, "sentence": 0.3, "clause": 0.9}
_SURE_CRIES: _Floors = {"whole": 0.5, "sentence": 0.8, "clause": 0.9}
_CRY_BACKED = 0.06
#: What is nearly as likely as the likeliest cry is said, too: each kind has its own numbers.
_CRY_BESIDE = 0.2
#: Beside "no …" or "years ago …" the model must be so sure of danger, whatever a pattern says.
_CRY_SURE = 0.97


@dataclass(frozen=True)
class Reading:
    """A note understood. `needs` and `crisis`: the most urgent first."""

    language: str
    needs: tuple[Said, ...]
    crisis: tuple[Said, ...]
    place: Optional[str]
    entities: list[Mapping[str, Any]] = field(default_factory=list)


class Reader:
    """Reads notes with the trained model, which stands behind `understand`."""

    def __init__(self, understand: Understand, known: frozenset[str], folder: Path = RULES) -> None:
        self._understand = understand
        self._needs = Needs(known, folder)
        danger: Any = yaml.safe_load((folder / "crisis.yml").read_text(encoding="utf-8"))
        self._not_danger = compiled(danger.pop("unless"))
        self._grown, self._children = (
            compiled(danger.pop("grown")),
            compiled(danger.pop("children")),
        )
        self._danger = {n: compiled(e["words"] for e in found) for n, found in danger.items()}

    async def read(self, note: Note) -> Reading:
        whole, *parts = await self._parts(note)
        crisis = self._crisis(note, whole, parts)
        needs = self._needs.find(note, whole, parts, beside=bool(crisis))
        places = [e for e in whole.parse.get("entities") or [] if e["entity"] == "place"]
        return Reading(
            language=str(whole.parse.get("language")),
            needs=tuple(needs),
            crisis=tuple(crisis),
            place=str(places[0]["value"]) if places else None,
            entities=list(whole.parse.get("entities") or []),
        )

    async def _parts(self, note: Note) -> list[Part]:
        whole = (0, len(note.full))
        sentences, clauses = note.parts()
        found = [Part(note.full, whole, True, False, await self._understand(note.full))]
        for spans, sentence in ((sentences, True), (clauses, False)):
            for start, end in spans:
                text = note.full[start:end]
                if (start, end) == whole or len(text.split()) < FEWEST_WORDS - 1:
                    continue
                parse = await self._understand(text)
                found.append(Part(text, (start, end), False, sentence, parse))
        return found

    def _crisis(self, note: Note, whole: Part, parts: list[Part]) -> list[Said]:
        heard = {
            name: Said(name, 1.0, tuple(note.quote(*note.plain.span(*span)) for span in spans))
            for name, spans in self.dangers(note.plain.text).items()
        }
        possible = _URGENT if self._about_children(note) else _GROWN_UP
        for hears in (self._said, self._guessed):
            # Beside danger that is said, the model is believed only where it is sure.
            floors = _SURE_CRIES if heard else _CRIES
            for part in [whole, *parts]:
                for name in hears(part, floors, whole.danger, possible):
                    words = self._narrowest(note, name, parts) or (note.quote(*part.span),)
                    heard.setdefault(name, Said(name, max(part.likely(name), 0.5), words))
        return sorted(heard.values(), key=lambda s: _URGENT.index(s.name))

    def dangers(self, text: str) -> dict[str, list[Span]]:
        """The cries for help that words of rules/crisis.yml say in a folded text, and where."""
        sayings = hits(self._not_danger, text)
        found = {}
        for name, patterns in self._danger.items():
            spans = [
                (start, end)
                for start, end in hits(patterns, text)
                if not any(a < end and start < b for a, b in sayings)
            ]
            if spans:
                found[name] = spans
        return found

    def _about_children(self, note: Note) -> bool:
        """Unless somebody's age is told, and no child: what sounds of a child is violence then."""
        text = note.plain.text
        return not hits(self._grown, text) or bool(hits(self._children, text))

    def _said(self, part: Part, _: "_Floors", __: float, ___: _Names) -> list[str]:
        """The cries for help that fixed patterns hear in one part."""
        if part.parse.get("crisis_guessed") or self._calm(part):
            return []
        return list(part.parse.get("crisis") or [])

    def _guessed(
        self, part: Part, floors: "_Floors", backing: float, possible: _Names
    ) -> list[str]:
        """The likeliest possible cries in one part. `backing`: danger in the whole."""
        if not (part.readable or part.whole):
            return []
        kind = "whole" if part.whole else "sentence" if part.sentence else "clause"
        if part.danger < floors[kind] or backing < _CRY_BACKED or self._calm(part):
            return []
        likely = {name: part.likely(name) for name in possible}
        if "crisis_child" not in possible:
            likely["crisis_violence"] += part.likely("crisis_child")
        least = max(likely.values()) * _CRY_BESIDE
        return [name for name in possible if likely[name] >= least]

    def _calm(self, part: Part) -> bool:
        """Whether danger is denied or long ago, and the model is not sure of it all the same."""
        return part.danger < _CRY_SURE and bool(hits(self._not_danger, plain(part.text).text))

    def _narrowest(self, note: Note, name: str, parts: list[Part]) -> tuple[str, ...]:
        """The shortest part that says it too."""
        saying = [p for p in parts if name in (p.parse.get("crisis") or [])]
        shortest = min(saying, key=lambda p: p.span[1] - p.span[0], default=None)
        return (note.quote(*shortest.span),) if shortest else ()
