"""What the actions have in common: they get the knowledge base, and answer a `Turn`."""

from abc import ABC, abstractmethod
from typing import Any, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.leaving import ask_step
from actions.turn import DRAFT, LEAVING, WAY_IN, Turn
from knowledge import Knowledge, directory


class KnowingAction(Action, ABC):  # type: ignore[misc]  # the SDK ships no types
    """An action with a knowledge base; the process's own, as it is now, unless a test gives one.

    Abstract, so that Rasa's SDK, which instantiates every subclass it finds, leaves it out.
    """

    def __init__(self, knowledge: Optional[Knowledge] = None) -> None:
        self._knowledge = knowledge
        if knowledge is None:
            directory()  # a broken directory is said at the start, not in the first answer

    @abstractmethod
    def name(self) -> str:
        """The name in domain.yml, which is also the module's."""

    @abstractmethod
    def answer(self, out: CollectingDispatcher, turn: Turn) -> list[EventType]:
        """Says what is to be said; returns what is to be remembered."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        turn = Turn(tracker, self._knowledge or directory().current)
        if turn.abusive and turn.asks_something and not turn.in_danger:
            # A real question is answered, whatever stands around it.
            dispatcher.utter_message(response="utter_stay_polite")
        if turn.note("no_credit") and turn.intent != "no_credit":
            # Said beside something else; in danger, too, help does not fail for that.
            dispatcher.utter_message(response="utter_no_credit_beside")
        events = self.answer(dispatcher, turn)
        if turn.note("beside_message"):
            # Asked while a message is dictated: its step is still open.
            step, draft = str(turn.slot(LEAVING)), dict(turn.slot(DRAFT) or {})
            events = [*events, *ask_step(dispatcher, step, draft, turn)]
        return [*events, SlotSet(WAY_IN, True)] if turn.said_way_in else events
