"""Puts a note's reading, its urgency and the directory together."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Optional

from bot.desk.triage._note import Reader as NoteReader
from bot.desk.triage._parts import Said
from bot.desk.triage._people import Home, People
from bot.desk.triage._reading import Reader, Understand
from bot.desk.triage._services import Fitting, fitting
from bot.desk.triage._urgency import Urgencies, Urgency
from knowledge import LUXEMBOURG, Helpline, Knowledge, Place, UnknownId

_HELPLINES = 5


@dataclass(frozen=True)
class Case:
    """What a note says, and who helps. `needs` and `crisis`: the most urgent first.

    `place` is a canonical French name; `ages` are years, in the order of the note.
    """

    language: str
    needs: tuple[Said, ...]
    crisis: tuple[Said, ...]
    urgency: Urgency
    place: Optional[str]
    ages: list[float]
    household: Optional[Home]
    services: list[Fitting]
    helplines: list[Helpline]

    def public(self) -> dict[str, Any]:
        """The object of `python -m bot triage`."""
        return {
            "language": self.language,
            "needs": [said.name for said in self.needs],
            "crisis": [said.name for said in self.crisis],
            "urgency": self.urgency.level,
            "place": self.place,
            "ages": [int(age) if age == int(age) else age for age in self.ages],
            "services": [{"id": s.id, "reasons": list(s.reasons)} for s in self.services],
            "helplines": [line.id for line in self.helplines],
        }


class Triage:
    """Reads notes. `understand` parses one text; `knowledge` gives the directory of the moment."""

    def __init__(self, understand: Understand, knowledge: Callable[[], Knowledge]) -> None:
        self._knowledge = knowledge
        self._notes = NoteReader()
        self._people = People()
        self._reader = Reader(understand, frozenset(knowledge().needs))
        self._urgencies = Urgencies()

    async def read(self, text: str, *, at: Optional[datetime] = None) -> Case:
        """What the notes say. `at`: the moment to count from; a naive one is Luxembourg's."""
        moment = at or datetime.now(LUXEMBOURG)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=LUXEMBOURG)
        knowledge = self._knowledge()
        note = self._notes.read(text)
        reading = await self._reader.read(note)
        ages = self._people.ages(note, reading.entities)
        household = self._people.household(note)
        services = fitting(
            knowledge,
            [said.name for said in reading.needs],
            place=_place(knowledge, reading.place),
            ages=ages,
            household=household,
            at=moment,
        )
        today = moment.astimezone(LUXEMBOURG).date()
        return Case(
            language=reading.language,
            needs=reading.needs,
            crisis=reading.crisis,
            urgency=self._urgencies.judge(note, reading, today),
            place=reading.place,
            ages=ages,
            household=household,
            services=services,
            helplines=_helplines(knowledge, reading.crisis, reading.needs, moment),
        )


async def read_line(triage: Triage, line: str) -> dict[str, Any]:
    """What one line of `python -m bot triage` is answered with; `{"error"}` for a bad one."""
    try:
        given = json.loads(line)
        text, at = given["text"], given.get("at")
        moment = datetime.fromisoformat(at) if at is not None else None
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"error": "each line is a JSON object with text, and at (ISO 8601) if need be"}
    return (await triage.read(text, at=moment)).public()


def _place(knowledge: Knowledge, name: Optional[str]) -> Optional[Place]:
    try:
        return knowledge.place(name) if name else None
    except UnknownId:
        return None


def _helplines(
    knowledge: Knowledge, crisis: tuple[Said, ...], needs: tuple[Said, ...], at: datetime
) -> list[Helpline]:
    """The lines for the cries for help, then those that go with the needs, each once."""
    lines: dict[str, Helpline] = {}
    for said in crisis:
        lines |= {i.id: i for i in knowledge.crisis_lines(said.name, at=at) if i.id not in lines}
    for said in needs:
        lines |= {i.id: i for i in knowledge.need_lines(said.name, at=at) if i.id not in lines}
    return list(lines.values())[:_HELPLINES]
