"""How urgent a note is, and how high the risk: the first rule that holds, and the words for it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Iterator, Literal, Mapping, Optional

import yaml

from bot.desk.triage._dates import Calendar
from bot.desk.triage._note import RULES, Note, Span
from bot.desk.triage._patterns import Patterns, compiled, hits, near
from bot.desk.triage._reading import Reading
from knowledge import Language

Level = Literal["immediate", "today", "soon", "routine"]
Risk = Literal["A", "B", "C", "D", "E"]
_REACH = 45


@dataclass(frozen=True)
class Urgency:
    """`rule`: which one decided; `why` it exists, per language; `words` of the note behind it.

    `beside`: why else the note tells of danger, with the words behind it.
    """

    level: Level
    risk: Risk
    rule: str
    why: Mapping[Language, str]
    words: tuple[str, ...]
    beside: tuple[tuple[Mapping[Language, str], tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class _Rule:
    name: str
    level: Level
    risk: Risk
    crisis: frozenset[str]
    needs: frozenset[str]
    words: Patterns
    near: Patterns
    reach: int
    due: Optional[int]
    after: int
    unless: Patterns
    why: Mapping[Language, str]


class Urgencies:
    """The rules of rules/urgency.yml, in their order. The last one holds always."""

    def __init__(self, folder: Path = RULES) -> None:
        content: Any = yaml.safe_load((folder / "urgency.yml").read_text(encoding="utf-8"))
        people: Any = yaml.safe_load((folder / "people.yml").read_text(encoding="utf-8"))
        self._rules = [_rule(entry, people["households"]) for entry in content]
        self._calendar = Calendar(folder)

    def judge(self, note: Note, reading: Reading, today: date) -> Urgency:
        """The urgency of a note. `today`: what "tomorrow" and "on the 15th" are counted from."""
        for rule in self._rules:
            words = self._holds(rule, note, reading, today)
            if words is not None:
                beside = tuple(self._beside(rule, reading))
                return Urgency(rule.level, rule.risk, rule.name, rule.why, words, beside)
        raise AssertionError("the last rule holds always")

    def _beside(
        self, decided: _Rule, reading: Reading
    ) -> Iterator[tuple[Mapping[Language, str], tuple[str, ...]]]:
        """The other dangers of a note, each with the sentence of its own rule."""
        for said in reading.crisis:
            if said.name not in decided.crisis:
                own = (r for r in self._rules if r.crisis == {said.name} and not r.words)
                yield from ((rule.why, said.words) for rule in own)

    def _holds(
        self, rule: _Rule, note: Note, reading: Reading, today: date
    ) -> Optional[tuple[str, ...]]:
        """The words that make a rule hold; None when it does not."""
        text = note.plain.text
        crisis = [s for s in reading.crisis if s.name in rule.crisis]
        needs = [s for s in reading.needs if s.name in rule.needs]
        if (rule.crisis and not crisis) or (rule.needs and not needs) or hits(rule.unless, text):
            return None
        spans = self._spans(rule, text, today)
        if spans is None:
            return None
        quoted = [note.quote(*note.plain.span(*span)) for span in spans]
        told = [w for said in (*crisis, *needs) for w in said.words]
        return tuple(dict.fromkeys(quoted or told))

    def _spans(self, rule: _Rule, text: str, today: date) -> Optional[list[Span]]:
        """Where the words and days of a rule are; None when one is missing."""
        said = hits(rule.words, text)
        if rule.words and not said:
            return None
        others: Optional[list[Span]] = None
        if rule.near:
            others = hits(rule.near, text)
        elif rule.due is not None:
            days = self._calendar.find(text, today)
            others = [day.span for day in days if rule.after <= day.days <= rule.due]
        if others is None:
            return said
        if not rule.words:
            return others or None
        pair = near(said, others, rule.reach)
        return list(pair) if pair else None


def _rule(entry: Mapping[str, Any], households: Mapping[str, list[str]]) -> _Rule:
    household = households[entry["household"]] if "household" in entry else []
    return _Rule(
        name=str(entry["id"]),
        level=entry["level"],
        risk=entry["risk"],
        crisis=frozenset(entry.get("crisis", ())),
        needs=frozenset(entry.get("needs", ())),
        words=compiled([*entry.get("words", ()), *household]),
        near=compiled(entry.get("near")),
        reach=int(entry.get("reach", _REACH)),
        due=entry.get("due"),
        after=int(entry.get("from", 0)),
        unless=compiled(entry.get("unless")),
        why=dict(entry["why"]),
    )


def examples(folder: Path = RULES) -> Iterator[tuple[str, str, bool]]:
    """The notes that a rule says it catches, or not: (rule, note, catches)."""
    for entry in yaml.safe_load((folder / "urgency.yml").read_text(encoding="utf-8")):
        yield from ((entry["id"], text, True) for text in entry.get("catches", ()))
        yield from ((entry["id"], text, False) for text in entry.get("not", ()))
