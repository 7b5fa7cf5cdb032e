"""The needs a note tells of: what the model makes of its parts, backed by words of the rules.

Where a note tells of danger the model hears little else in the whole of it. So a part without
danger then speaks for itself: danger never hides a need told in a sentence of its own.
"""

from pathlib import Path
from typing import Any, Optional

import yaml

from bot.desk.triage._note import RULES, Note, Span, plain
from bot.desk.triage._parts import Part, Said
from bot.desk.triage._patterns import compiled, hits

#: Several needs: these come before the others, as everywhere in the project.
_PRESSING = ("emergency_housing", "winter_shelter", "food_help")
#: Set on data/dev/triage.jsonl. A need counts from `_NEED`; a word of the rules adds `_WORD`; a
#: part of the note counts `_PART` as much as the whole, if it is sure and the whole allows it.
_NEED, _WORD, _PART = 0.45, 0.46, 0.9
_PART_SURE, _PART_BACKED = 0.75, 0.02
#: When nothing counts, the likeliest need is offered from here.
_GUESS = 0.2
#: Beside a cry for help only what is said plainly is a need, set on
#: data/dev/danger_and_needs.jsonl too; a part that is `_CALM`, names the
#: need in words and makes it `_LIKELY` says it plainly, and so do words for a roof or food.
_NEED_BESIDE_CRISIS = 0.6
_CALM, _LIKELY = 0.3, 0.2
#: Their word before a colon says who calls.
_CALLING = ("childcare", "youth_house", "homework_help")


class Needs:
    """Finds the needs among `known`."""

    def __init__(self, known: frozenset[str], folder: Path = RULES) -> None:
        self._known = known
        words: Any = yaml.safe_load((folder / "needs.yml").read_text(encoding="utf-8"))
        self._who_reports = compiled(words.pop("who_reports"))
        self._words = {need: compiled(patterns) for need, patterns in words.items()}

    def find(self, note: Note, whole: Part, parts: list[Part], *, beside: bool) -> list[Said]:
        """The most urgent first. `beside`: the note tells of danger, too."""
        found: list[tuple[int, Said]] = []
        reports = [p.span for p in parts if hits(self._who_reports, plain(p.text).text)]
        long = any(p.sentence for p in parts)
        for need in sorted(self._known):
            said = whole.likely(need)
            cued = self._cues(note, need)
            telling = parts
            if beside:
                # "Crèche rings: …" says who tells of the danger, not what is needed.
                heads = [p.span for p in parts if need in _CALLING and _speaks(note, p.span)]
                cued = [s for s in cued if not _within(s, [*reports, *heads])]
                telling = [p for p in parts if p.span not in [*reports, *heads]]
            best: Optional[Part] = None
            for part in telling:
                likely = part.likely(need)
                backed = long and part.sentence or said >= _PART_BACKED or bool(cued)
                if beside and not backed:
                    backed = any(_backs(around, part, need) for around in [whole, *parts])
                if likely >= _PART_SURE and backed and likely * _PART > said:
                    best, said = part, likely * _PART
            apart = [
                p.likely(need)
                for p in telling
                if p.danger < _CALM
                and p.likely(need) >= _LIKELY
                and any(_within(s, [p.span]) for s in cued)
            ]
            if beside and apart:
                said = max(said, *apart)
            sure = said + (_WORD if cued else 0.0)
            plainly = not beside or bool(cued) and (need in _PRESSING or bool(apart))
            if sure >= (_NEED if plainly else _NEED_BESIDE_CRISIS):
                spans = cued or ([best.span] if best else [])
                start = spans[0][0] if spans else 0
                words = tuple(dict.fromkeys(note.quote(*s) for s in spans))
                found.append((start, Said(need, min(sure, 1.0), words or (note.written,))))
        if not found and not beside:
            # Too doubtful for an answer to a visitor; a worker can strike it out with one key.
            likeliest = max(self._known, key=whole.likely)
            if whole.likely(likeliest) >= _GUESS:
                found = [(0, Said(likeliest, whole.likely(likeliest), (note.written,)))]
        found.sort(key=lambda f: _rank(f[1], f[0]))
        return [said for _, said in found]

    def _cues(self, note: Note, need: str) -> list[Span]:
        """Where words of the rules name a need, as spans of the note written out."""
        return [note.plain.span(*s) for s in hits(self._words.get(need, ()), note.plain.text)]


def _backs(around: Part, part: Part, need: str) -> bool:
    """Whether what stands around a part tells of the need, too, however loud the danger is."""
    if around is part or not _within(part.span, [around.span]):
        return False
    return need in (around.parse.get("needs") or []) or around.likely(need) >= _PART_BACKED


def _within(span: Span, others: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _speaks(note: Note, span: Span) -> bool:
    """Whether a colon follows: "Kita: boy of 5 …"."""
    return note.full[span[1] :].lstrip().startswith(":")


def _rank(said: Said, start: int) -> tuple[float, float, int]:
    """Pressing needs first, then the surer ones, then as they are told."""
    pressing = _PRESSING.index(said.name) if said.name in _PRESSING else len(_PRESSING)
    return (pressing, -round(said.sure, 1), start)
