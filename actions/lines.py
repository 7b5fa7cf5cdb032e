"""Answers what is asked about the helplines that were just shown, from their facts."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.telling import telling
from actions.turn import MISSES, Turn, show_lines
from actions.worrying import help_on
from knowledge import Helpline, sentences

_ALWAYS = "around_the_clock"
_MOST = 4
_FOR_PARENTS = "elterentelefon"


def answer_about_lines(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Says what is known of each topic asked, and what is not; then stays."""
    lines = _lines(turn)
    for topic in turn.note("about_lines"):
        if topic == "hours":
            _say_hours(out, turn, lines)
        elif topic == "visit":
            out.utter_message(response="utter_lines_visit")
            show_lines(out, turn, lines[:_MOST])
        elif topic == "number":
            show_lines(out, turn, lines[:_MOST])
        elif topic == "who" and turn.worry:
            return help_on(out, turn)
        elif topic == "who":
            out.utter_message(response="utter_lines_who")
            show_lines(out, turn, _who(turn, lines)[:_MOST])
        else:
            _say(out, turn, topic, lines)
    return [SlotSet(MISSES, 0)]


def _lines(turn: Turn) -> list[Helpline]:
    """Those of the worry or those just shown; not known any more, all that help in danger."""
    knowledge = turn.knowledge
    own = knowledge.worries[turn.worry].helplines if turn.worry else []
    danger = [i for lines in knowledge.crisis.values() for i in lines]
    shown = own or turn.metadata("lines") or danger
    found = [knowledge.helplines[i] for i in dict.fromkeys(shown) if i in knowledge.helplines]
    return [line for line in found if line.facts.get("phone")]


def _who(turn: Turn, lines: list[Helpline]) -> list[Helpline]:
    """The lines once more; first the one for parents, if these are to be advised."""
    own = turn.knowledge.helplines.get(_FOR_PARENTS) if turn.note("of_parents") else None
    return [*([own] if own else []), *(line for line in lines if line != own)]


def _say_hours(out: CollectingDispatcher, turn: Turn, lines: list[Helpline]) -> None:
    """Who answers day and night, with the numbers to tap; then the hours of the others."""
    opening = {line.id: turn.knowledge.opening(line, at=turn.at) for line in lines}
    always = [line for line in lines if opening[line.id].kind == _ALWAYS]
    if always:
        numbers = ", ".join(_number(turn, line) for line in always[:_MOST])
        out.utter_message(response="utter_lines_always", numbers=numbers)
    unknown = []
    for line in [i for i in lines if i not in always][:_MOST]:
        hours = turn.knowledge.helpline_card(line, turn.language, at=turn.at)["hours_text"]
        if hours:
            _say_line(out, turn, "hours", line, hours)
        else:
            unknown.append(line)
    if unknown:
        names = ", ".join(line.name.in_(turn.language) for line in unknown)
        out.utter_message(response="utter_lines_unknown_hours", names=names)
    show_lines(out, turn, always[:2])


def _say(out: CollectingDispatcher, turn: Turn, topic: str, lines: list[Helpline]) -> None:
    """What the lines themselves say of a topic, or that it is not known."""
    said = {line.id: _said(turn, topic, line) for line in lines}
    for line in [i for i in lines if said[i.id]][:_MOST]:
        _say_line(out, turn, topic, line, said[line.id])
    known = "some" if any(said.values()) else "none"
    if topic in ("write", "languages") and known == "some":
        return
    out.utter_message(response=f"utter_lines_{topic}_{known}")


def _said(turn: Turn, topic: str, line: Helpline) -> str:
    knowledge, language = turn.knowledge, turn.language
    if topic == "languages":
        return knowledge.text(line.as_service(), "languages", language, at=turn.at) or ""
    parts = telling(turn, line, topic)
    if topic == "write":
        email, website = line.facts.get("email"), line.facts.get("website")
        if email:
            parts.append(knowledge.with_notice(email[0], language, at=turn.at))
        elif website and parts:
            parts.append(website[0].value)
    return sentences(parts) or ""


def _say_line(
    out: CollectingDispatcher, turn: Turn, topic: str, line: Helpline, value: str
) -> None:
    kind = f"ask_{topic}" if topic in ("hours", "cost", "anonymous", "languages") else topic
    name = line.name.in_(turn.language)
    out.utter_message(response=f"utter_known_{kind}", name=name, value=value.rstrip("."))


def _number(turn: Turn, line: Helpline) -> str:
    card = turn.knowledge.helpline_card(line, turn.language, at=turn.at)
    return str(card["number"])
