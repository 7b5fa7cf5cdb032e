"""What Rasa talks to, in this process: its actions without HTTP, its trackers without a history."""

from typing import Any, Iterable, Optional

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):  # type: ignore[misc]  # Rasa's base class is untyped
    """An action endpoint whose request is a function call."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__()
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = None,
        compress: bool = False,
        return_method: str = "json",
        **kwargs: Any,
    ) -> Any:
        return await self._executor.run(kwargs["json"])


class Turns(TrackerStore):  # type: ignore[misc]  # Rasa's base class is untyped
    """Rasa's tracker of each turn at work, and nothing longer.

    What lasts is the application's own state (bot/store): a turn begins with a tracker that holds
    the slots and no history, so that the 200th costs what the first does.
    """

    def __init__(self) -> None:
        super().__init__(None)
        self._trackers: dict[str, DialogueStateTracker] = {}

    def begin(
        self, conversation: str, slots: dict[str, Any], said: Iterable[str] = ()
    ) -> DialogueStateTracker:
        """A tracker in which a session has begun, these slots are set and this was just said."""
        tracker = self.init_tracker(conversation)
        known = {name: value for name, value in slots.items() if name in tracker.slots}
        events = [
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            *(SlotSet(name, value) for name, value in known.items()),
            *(BotUttered(text) for text in said),
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
        tracker.update_with_events(events, self.domain)
        self._trackers[conversation] = tracker
        return tracker

    def end(self, conversation: str) -> Optional[DialogueStateTracker]:
        """The tracker after the turn; it is forgotten here."""
        return self._trackers.pop(conversation, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        self._trackers[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[str]:
        return list(self._trackers)
