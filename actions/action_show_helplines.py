"""Someone is in danger: the number first, then who listens. In any state of the conversation."""

from typing import Any, Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_find_services import find_services
from actions.base import KnowingAction
from actions.turn import (
    AFTER_CRISIS,
    ASKS,
    KEPT,
    LEAVING,
    MISSES,
    WORRY,
    Turn,
    show_cards,
    show_lines,
)
from knowledge import Helpline

#: As many as a list in knowledge/crisis.yml has: for a missing child the last one matters.
_MOST = 4
#: Of a second danger in the same message, at least so many, instead of the last ones.
_MORE = 1
#: A bed for tonight, and how many services for it are enough beside the helplines.
_BED, _BEDS = "emergency_housing", 2
#: The line for children and young people.
_YOUNG = "kanner-jugendtelefon"
#: These speak to the person in danger; a second wording speaks to whoever worries about one.
_TO_SOMEBODY = ("crisis_suicide", "crisis_violence")


class ActionShowHelplines(KnowingAction):
    def name(self) -> str:
        return "action_show_helplines"

    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        heard = list(dict.fromkeys([turn.intent, *turn.heard("crisis")]))
        other = turn.note("whom") == "other" and heard[0] in _TO_SOMEBODY
        if turn.note("foreign"):
            out.utter_message(response="utter_foreign_danger")
        worry = turn.note("worry")
        if worry:
            out.utter_message(response=f"utter_worry_{worry}")
            lines = turn.knowledge.worry_lines(worry, at=turn.at)
        else:
            out.utter_message(response=f"utter_{heard[0]}{'_other' if other else ''}")
            lines = self._lines(turn, heard[0])
        for crisis in heard[1:]:
            also = [line for line in self._lines(turn, crisis) if line not in lines]
            also = also[: max(_MORE, _MOST - len(lines))]
            lines = [*lines[: _MOST - len(also)], *also]
        show_lines(out, turn, lines)
        needs = turn.heard("needs")
        if turn.crisis_guessed and needs:
            # "Tomorrow I have no flat any more": in case it was that, the need is answered too.
            return [*find_services(out, turn, needs[0], new=True), SlotSet(AFTER_CRISIS, 1)]
        if "crisis_violence" in heard:
            _show_beds(out, turn)
        out.utter_message(response="utter_stay_open")
        kept = [SlotSet(KEPT, _interrupted(turn)), SlotSet(AFTER_CRISIS, 1), SlotSet(WORRY, None)]
        return [*kept, SlotSet(ASKS, None), SlotSet(LEAVING, None), SlotSet(MISSES, 0)]

    def _lines(self, turn: Turn, crisis: str) -> list[Helpline]:
        """The lines one can call, the most important first; a child hears of its own one next."""
        lines = [
            line
            for line in turn.knowledge.crisis_lines(crisis, at=turn.at)
            if line.facts.get("phone")
        ]
        if turn.note("whom") == "minor":
            closed = {
                i.id for i in lines if turn.knowledge.opening(i, at=turn.at).open_now is False
            }
            first, rest = lines[:1], lines[1:]
            rest.sort(key=lambda line: line.id != _YOUNG or line.id in closed)
            lines = [*first, *rest]
        return lines[:_MOST]


def _show_beds(out: CollectingDispatcher, turn: Turn) -> None:
    """Where somebody who fled may sleep, if the message says that there is no bed."""
    if _BED not in turn.heard("needs"):
        return
    matches = turn.knowledge.find(_BED, household=turn.household, at=turn.at)
    own = [m.service for m in matches if turn.household in m.service.serves.households]
    services = list(dict.fromkeys([*own, *(m.service for m in matches)]))[:_BEDS]
    out.utter_message(response="utter_bed_tonight")
    show_cards(out, turn, services)


def _interrupted(turn: Turn) -> Optional[dict[str, Any]]:
    """What was being asked, to be offered again afterwards."""
    if turn.slot(LEAVING):
        return {LEAVING: turn.slot(LEAVING)}
    if turn.need and turn.asks in ("place", "age"):
        return {"need": turn.need, "asks": turn.asks}
    before = turn.slot(KEPT) or {}
    return {k: v for k, v in before.items() if k != "offered"} or None
