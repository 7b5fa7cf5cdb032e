"""What stands in for parts of Rasa gives what Rasa's own gives."""

from typing import Any

import pytest
import yaml
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant import Assistant
from bot.settings import ROOT

TEXTS = ("Ech hu Scholden an hu Honger", "une crèche à Esch pour mon fils de 3 ans", "", "/restart")


def test_a_rule_is_one_intent_and_one_action() -> None:
    """After the action of a rule nothing is predicted any more (bot/inprocess.py): nothing is."""
    rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    assert len(rules) > 40
    shapes = {rule["rule"]: [sorted(step) for step in rule["steps"]] for rule in rules}
    assert {str(shape) for shape in shapes.values()} == {"[['intent'], ['action']]"}
    assert {key for rule in rules for key in rule} == {"rule", "steps"}


def test_for_each_intent_what_rasa_predicts_whatever_is_remembered(assistant: Assistant) -> None:
    """What was predicted for an intent is not asked again: Rasa would say the same."""
    assert assistant._agent and assistant._agent.processor and assistant._loaded
    processor, turns = assistant._agent.processor, assistant._loaded.turns
    remembered = {
        "place": "esch-sur-alzette",
        "need": "childcare",
        "asks": "place",
        "language": "de",
    }
    differing: set[str] = set()
    for intent in sorted(processor.domain.intents):
        for slots in ({}, remembered):
            tracker = turns.begin("somebody", slots, ["Wou wunnt Dir?"] if slots else [])
            tracker.update(UserUttered("x", {"name": intent, "confidence": 0.5}))
            action, found = processor.predict_next_with_tracker_if_should(tracker)
            theirs, wanted = MessageProcessor.predict_next_with_tracker_if_should(
                processor, tracker
            )
            if (action.name(), found.probabilities) != (theirs.name(), wanted.probabilities):
                differing.add(intent)
    turns.end("somebody")
    assert len(processor.known) > 40
    assert not differing


@pytest.mark.parametrize("text", TEXTS)
def test_in_order_a_message_is_understood_as_by_dask(assistant: Assistant, text: str) -> None:
    assert assistant._agent and assistant._agent.processor
    processor = assistant._agent.processor
    runner = processor.graph_runner
    tracker = DialogueStateTracker.from_events("somebody", [])
    given = {"__message__": [UserMessage(text=text, metadata={})], "__tracker__": tracker}
    target = processor.model_metadata.nlu_target
    ours = runner.run(dict(given), [target])
    theirs = DaskGraphRunner.run(runner, dict(given), [target])
    assert type(runner).run is not DaskGraphRunner.run
    assert list(ours) == list(theirs) == [target]
    assert ours[target][0].as_dict() == theirs[target][0].as_dict()


@pytest.mark.parametrize("text", TEXTS[:2])
async def test_after_an_action_rasa_would_listen(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    assert assistant._agent and assistant._agent.processor and assistant._loaded
    agent, turns = assistant._agent, assistant._loaded.turns
    told: list[tuple[str, str]] = []
    ours = type(agent.processor).predict_next_with_tracker_if_should

    def both(self: Any, tracker: DialogueStateTracker) -> tuple[Any, PolicyPrediction]:
        _, wanted = MessageProcessor.predict_next_with_tracker_if_should(self, tracker)
        action, found = ours(self, tracker)
        name = self.domain.action_names_or_texts[wanted.max_confidence_index]
        told.append((action.name(), name))
        return action, found

    monkeypatch.setattr(type(agent.processor), "predict_next_with_tracker_if_should", both)
    turns.begin("somebody", {})
    try:
        channel = CollectingOutputChannel()
        await agent.handle_message(
            UserMessage(text=text, output_channel=channel, sender_id="somebody")
        )
    finally:
        turns.end("somebody")
    assert len(told) == 2 and told[1][0] == ACTION_LISTEN_NAME != told[0][0]
    assert all(ours == theirs for ours, theirs in told)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("slots", [{}, {"place": "esch-sur-alzette", "language": "de"}])
async def test_what_is_left_out_changes_no_turn(
    assistant: Assistant, text: str, slots: dict[str, Any]
) -> None:
    """Slots, events and messages of a turn are those of Rasa's own processor."""
    assert assistant._agent and assistant._agent.processor and assistant._loaded
    agent, turns = assistant._agent, assistant._loaded.turns
    processor, ours = agent.processor, type(agent.processor)

    async def turn() -> tuple[Any, ...]:
        turns.begin("somebody", slots)
        channel = CollectingOutputChannel()
        try:
            await agent.handle_message(
                UserMessage(text=text, output_channel=channel, sender_id="somebody")
            )
        finally:
            tracker = turns.end("somebody")
        assert tracker
        said = [{k: v for k, v in m.items() if k != "recipient_id"} for m in channel.messages]
        events = [(e.type_name, getattr(e, "key", None) or str(e)) for e in tracker.events]
        return said, events, {name: slot.value for name, slot in tracker.slots.items()}

    here = await turn()
    processor.__class__ = MessageProcessor
    try:
        rasas = await turn()
    finally:
        processor.__class__ = ours
    assert here[0] and here == rasas
