"""What Rasa talks to, in this process: its actions without HTTP, its trackers without a history."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Iterable, Optional

from rasa.core.actions.action import Action, ActionListen, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

#: Rasa looks through all its classes for the kind of each event, each time.
Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


class InProcessActions(EndpointConfig):  # type: ignore[misc]  # Rasa's base class is untyped
    """An action endpoint whose request is a function call."""

    def __init__(self, package: str = "actions") -> None:
        # Our actions read no domain: it is not written out for each of them.
        super().__init__(enable_selective_domain=True)
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


class _OwnAction(RemoteAction):  # type: ignore[misc]  # Rasa's base class is untyped
    """One of ours: its result was made by Rasa's SDK in this process."""

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        # Rasa checks results of strangers against a schema, and that schema anew each time: more
        # than half of the time of a turn. tests/test_actions.py checks ours.
        return True


class _InOrder(DaskGraphRunner):  # type: ignore[misc]  # Rasa's base class is untyped
    """Calls each component after those it needs, and plans nothing anew for each message."""

    def run(
        self, inputs: Optional[dict[str, Any]] = None, targets: Optional[list[str]] = None
    ) -> dict[str, Any]:
        done = {name: (name, value) for name, value in (inputs or {}).items()}

        def result(name: str) -> tuple[str, Any]:
            if name not in done:
                needs = self._graph_schema.nodes[name].needs.values()
                done[name] = self._instantiated_nodes[name](*map(result, needs))
            return done[name]

        return dict(result(name) for name in targets or self._graph_schema.target_names)


class _Processor(MessageProcessor):  # type: ignore[misc]  # Rasa's base class is untyped
    """Rasa's, which knows our own actions, and that each rule of ours has one.

    What would change nothing here is left out (tests/test_inprocess.py compares the turns): checks
    of names, copies for a log that nobody reads.
    """

    #: What Rasa predicted for each intent: a rule looks at nothing else (tests/test_inprocess.py).
    known: dict[str, tuple[Action, PolicyPrediction]]

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        done = tracker.latest_action_name
        if done in self.domain.user_actions and not tracker.followup_action:
            # One rule per intent with one action (tests/test_inprocess.py): nothing is left to ask.
            listen = PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME)
            return ActionListen(), listen
        heard = tracker.latest_message
        intent = str(heard.intent.get("name")) if heard and done == ACTION_LISTEN_NAME else ""
        if intent in self.known and not tracker.followup_action:
            return self.known[intent]
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if type(action) is RemoteAction:
            action = _OwnAction(action.name(), self.action_endpoint)
        if intent and not tracker.followup_action:
            self.known[intent] = action, prediction
        return action, prediction

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        if not isinstance(action, ActionListen):
            return bool(await super()._run_action(action, tracker, output_channel, nlg, prediction))
        self._log_action_on_tracker(tracker, action, [], prediction)
        return False

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: Optional[list[Event]],
        prediction: PolicyPrediction,
    ) -> None:
        tracker.update_with_events(prediction.events, self.domain)
        tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events or [], self.domain)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        pass

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        pass


def agent_of(model: Path, turns: "Turns", generator: NaturalLanguageGenerator) -> Agent:
    """Rasa's agent of a model, with our actions in this process."""
    agent = Agent.load(
        model, tracker_store=turns, action_endpoint=InProcessActions(), generator=generator
    )
    # Rasa makes both itself, and offers no place to give it others.
    agent.processor.__class__ = _Processor
    agent.processor.known = {}
    agent.processor.graph_runner.__class__ = _InOrder
    return agent


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
