"""What a note says: needs and cries for help, each with the words that caused it.

The trained model reads the whole note, its sentences and its clauses; words of rules/needs.yml
back it. A clause torn from its note may say anything, so it counts only where the rest agrees.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Awaitable, Callable, Mapping, Optional

import yaml

from bot.desk.triage._note import RULES, Note, Span, plain
from bot.desk.triage._patterns import compiled, hits

Parse = Mapping[str, Any]
Understand = Callable[[str], Awaitable[Parse]]

_CRISIS = "crisis_"
#: Several needs: these come before the others, as everywhere in the project.
_PRESSING = ("emergency_housing", "winter_shelter", "food_help")
#: Several cries for help: what cannot wait at all comes first.
_URGENT = ("crisis_medical", "crisis_suicide", "crisis_child", "crisis_violence")
_Names = tuple[str, ...]
_GROWN_UP = tuple(name for name in _URGENT if name != "crisis_child")
#: Set on data/dev/triage.jsonl. A need counts from `_NEED`; a word of the rules adds `_WORD`; a
#: part of the note counts `_PART` as much as the whole, if it is sure and the whole allows it.
_NEED, _WORD, _PART = 0.45, 0.46, 0.9
_PART_SURE, _PART_BACKED = 0.75, 0.02
#: When nothing counts, the likeliest need is offered from here.
_GUESS = 0.2
#: Beside a cry for help only what is said plainly is a need.
_NEED_BESIDE_CRISIS = 0.6
#: All cries for help together, in the whole note, a sentence or a clause, that no fixed pattern
#: hears. Set on data/dev/danger*.jsonl, low on purpose: a worker strikes a false alarm out with one
#: key, a missed one is missed.
_Floors = Mapping[str, float]
_CRIES: _Floors = {"whole": 0.2, "sentence": 0.3, "clause": 0.9}
_SURE_CRIES: _Floors = {"whole": 0.5, "sentence": 0.8, "clause": 0.9}
_CRY_BACKED = 0.06
#: A part that sounds of danger adds so much of it to the whole, which may talk of much else.
_CRY_OF_A_PART = 0.1
#: What is nearly as likely as the likeliest cry is said, too: each kind has its own numbers.
_CRY_BESIDE = 0.2
#: Beside "no …" or "years ago …" the model must be so sure of danger, whatever a pattern says.
_CRY_SURE = 0.97
_FEWEST_WORDS = 3


@dataclass(frozen=True)
class Said:
    """Something a note says: its name, how sure (0 to 1), and the words that caused it."""

    name: str
    sure: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A note understood. `needs` and `crisis`: the most urgent first."""

    language: str
    needs: tuple[Said, ...]
    crisis: tuple[Said, ...]
    place: Optional[str]
    entities: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    text: str
    span: Span
    whole: bool
    sentence: bool
    parse: Parse

    @property
    def readable(self) -> bool:
        """Whether it has words enough to be judged alone."""
        return len(self.text.split()) >= _FEWEST_WORDS

    @property
    def danger(self) -> float:
        """All cries for help together."""
        ranking = self.parse.get("intent_ranking") or []
        return sum(float(r["confidence"]) for r in ranking if r["name"].startswith(_CRISIS))

    def likely(self, name: str) -> float:
        ranking = self.parse.get("intent_ranking") or []
        return max((float(r["confidence"]) for r in ranking if r["name"] == name), default=0.0)


class Reader:
    """Reads notes with the trained model, which stands behind `understand`."""

    def __init__(self, understand: Understand, known: frozenset[str], folder: Path = RULES) -> None:
        self._understand = understand
        self._known = known
        words: Any = yaml.safe_load((folder / "needs.yml").read_text(encoding="utf-8"))
        danger: Any = yaml.safe_load((folder / "crisis.yml").read_text(encoding="utf-8"))
        self._not_danger = compiled(danger.pop("unless"))
        self._grown, self._children = (
            compiled(danger.pop("grown")),
            compiled(danger.pop("children")),
        )
        self._danger = {n: compiled(e["words"] for e in found) for n, found in danger.items()}
        self._words = {need: compiled(patterns) for need, patterns in words.items()}

    async def read(self, note: Note) -> Reading:
        whole, *parts = await self._parts(note)
        cues = {need: hits(p, note.plain.text) for need, p in self._words.items()}
        crisis = self._crisis(note, whole, parts)
        needs = self._needs(note, whole, parts, cues, beside=bool(crisis))
        places = [e for e in whole.parse.get("entities") or [] if e["entity"] == "place"]
        return Reading(
            language=str(whole.parse.get("language")),
            needs=tuple(needs),
            crisis=tuple(crisis),
            place=str(places[0]["value"]) if places else None,
            entities=list(whole.parse.get("entities") or []),
        )

    async def _parts(self, note: Note) -> list[_Part]:
        whole = (0, len(note.full))
        sentences, clauses = note.parts()
        found = [_Part(note.full, whole, True, False, await self._understand(note.full))]
        for spans, sentence in ((sentences, True), (clauses, False)):
            for start, end in spans:
                text = note.full[start:end]
                if (start, end) == whole or len(text.split()) < _FEWEST_WORDS - 1:
                    continue
                parse = await self._understand(text)
                found.append(_Part(text, (start, end), False, sentence, parse))
        return found

    def _crisis(self, note: Note, whole: _Part, parts: list[_Part]) -> list[Said]:
        heard = {
            name: Said(name, 1.0, tuple(note.quote(*note.plain.span(*span)) for span in spans))
            for name, spans in self.dangers(note.plain.text).items()
        }
        possible = _URGENT if self._about_children(note) else _GROWN_UP
        worst = max((p.danger for p in parts if p.readable), default=0.0)
        for hears in (self._said, self._guessed):
            # Beside danger that is said, the model is believed only where it is sure.
            floors = _SURE_CRIES if heard else _lowered(_CRIES, worst)
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

    def _said(self, part: _Part, _: "_Floors", __: float, ___: _Names) -> list[str]:
        """The cries for help that fixed patterns hear in one part."""
        if part.parse.get("crisis_guessed") or self._calm(part):
            return []
        return list(part.parse.get("crisis") or [])

    def _guessed(
        self, part: _Part, floors: "_Floors", backing: float, possible: _Names
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

    def _calm(self, part: _Part) -> bool:
        """Whether danger is denied or long ago, and the model is not sure of it all the same."""
        return part.danger < _CRY_SURE and bool(hits(self._not_danger, plain(part.text).text))

    def _narrowest(self, note: Note, name: str, parts: list[_Part]) -> tuple[str, ...]:
        """The shortest part that says it too."""
        saying = [p for p in parts if name in (p.parse.get("crisis") or [])]
        shortest = min(saying, key=lambda p: p.span[1] - p.span[0], default=None)
        return (note.quote(*shortest.span),) if shortest else ()

    def _needs(
        self,
        note: Note,
        whole: _Part,
        parts: list[_Part],
        cues: dict[str, list[Span]],
        *,
        beside: bool,
    ) -> list[Said]:
        found: list[tuple[int, Said]] = []
        long = any(p.sentence for p in parts)
        for need in sorted(self._known):
            said = whole.likely(need)
            cued = cues.get(need, [])
            best: Optional[_Part] = None
            for part in parts:
                likely = part.likely(need)
                backed = long and part.sentence or said >= _PART_BACKED or bool(cued)
                if likely >= _PART_SURE and backed and likely * _PART > said:
                    best, said = part, likely * _PART
            sure = said + (_WORD if cued else 0.0)
            floor = _NEED_BESIDE_CRISIS if beside else _NEED
            if sure >= floor:
                spans = [note.plain.span(*c) for c in cued] or ([best.span] if best else [])
                start = spans[0][0] if spans else 0
                words = tuple(dict.fromkeys(note.quote(*s) for s in spans))
                found.append((start, Said(need, min(sure, 1.0), words or (note.written,))))
        if not found and not beside:
            # Too doubtful for an answer to a visitor; a worker can strike it out with one key.
            likeliest = max(self._known, key=whole.likely)
            if whole.likely(likeliest) >= _GUESS:
                found = [(0, Said(likeliest, whole.likely(likeliest), (note.written,)))]
        found.sort(key=lambda f: self._rank(f[1], f[0]))
        return [said for _, said in found]

    @staticmethod
    def _rank(said: Said, start: int) -> tuple[float, float, int]:
        """Pressing needs first, then the surer ones, then as they are told."""
        pressing = _PRESSING.index(said.name) if said.name in _PRESSING else len(_PRESSING)
        return (pressing, -round(said.sure, 1), start)


def _lowered(floors: _Floors, worst: float) -> _Floors:
    """The floors for a note whose worst part sounds of danger so much."""
    return {**floors, "whole": floors["whole"] - _CRY_OF_A_PART * worst}
